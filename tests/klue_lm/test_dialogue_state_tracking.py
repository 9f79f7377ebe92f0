"""wos: what is known to be sound by its slot is not looked at again."""

from __future__ import annotations

import json

import pytest

from klue_lm.dialogue_state_tracking import LM
from klue_lm.task import ANSWERED, OUTSIDE, Question
from klue_metrics.slots import SLOTS, entry_problem, split_entry


def test_an_entry_of_a_known_slot_is_split_there() -> None:
    for slot in SLOTS:
        assert split_entry(f"{slot}-가-나") == (slot, "가-나")


@pytest.mark.parametrize(
    "content",
    [
        {"식당-종류": "한식당", "식당-지역": ["서울", "none", "부산"]},
        {"식당": {"종류": "한식당", "예약 명수": 3, "주차 가능": True, "이름": None}},
        {"식당-종류": "- 한식당"},
        {"식당-종류-한식당": "예"},
        {"식당-맛": "좋음"},
        {"식당": "종류-한식당"},
        {" 식당-종류 ": " 한식당 "},
    ],
)
def test_outside_is_what_the_metric_calls_a_problem(content: dict[str, object]) -> None:
    reading = LM.read(Question("a", "", 9), json.dumps(content, ensure_ascii=False))
    odd = any(entry_problem(entry) for entry in reading.fields["state"])
    assert reading.kind == (OUTSIDE if odd else ANSWERED)
    assert reading.fields["state"]
