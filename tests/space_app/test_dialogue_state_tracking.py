"""What changes from turn to turn."""

from __future__ import annotations

from space_app.dialogue_state_tracking import DEMO, state_table
from space_app.texts import ENGLISH

IN_WOS = ENGLISH.of(DEMO.texts)


def test_changes_are_marked() -> None:
    before = {"식당-지역": "서울 중앙", "식당-종류": "한식당", "식당-이름": "가"}
    after = {"식당-지역": "서울 중앙", "식당-종류": "양식당", "식당-예약 명수": "4"}
    html = state_table(before, after, IN_WOS)
    rows = {line.split("</th>")[0].rsplit(">", 1)[1]: line for line in html.split("<tr>")[2:]}
    assert "tag" not in rows["식당-지역"]
    assert "was 한식당" in rows["식당-종류"]
    assert ">new<" in rows["식당-예약 명수"]
    assert ">removed<" in rows["식당-이름"]


def test_no_slot_is_said() -> None:
    assert "The state is empty" in state_table({}, {}, IN_WOS)
