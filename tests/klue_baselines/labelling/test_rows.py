"""Examples in rows: which columns they stand in, and what is wrong with a row that has none."""

from __future__ import annotations

from typing import Any

import pytest

from klue_baselines.labelling.rows import Bad, Question, Row, Tally
from klue_baselines.tasks import BASELINES
from klue_common.errors import InputError

SENTENCE = "세종대왕은 조선의 왕이다."


def parts(
    task: str, fields: dict[str, Any], names: tuple[str, ...] | None = None, of_texts: bool = False
) -> Any:
    found = Question(BASELINES[task], names, of_texts).ask(Row("in.csv:17", 17, fields)).parts
    return found.message if isinstance(found, Bad) else found


def test_columns_are_klues_own_unless_they_are_named() -> None:
    assert parts("ynat", {"label": 3, "title": "비가 온다"}) == ("비가 온다",)
    assert parts("ynat", {"제목": "비", "title": "눈"}, ("제목",)) == ("비",)
    assert parts("nli", {"b": "눈", "a": "비"}, ("a", "b")) == ("비", "눈")
    assert parts("mrc", {"question": "왜?", "context": "비.", "guid": "0"}) == ("왜?", "비.")
    assert parts("dp", {"sentence": "비가 온다", "pos": None}) == ("비가 온다", None)


def test_lists_and_objects_stand_in_cells_as_json() -> None:
    cells = {"sentence": SENTENCE, "subject_entity": "[0, 4]", "object_entity": "[6, 8]"}
    assert parts("re", cells, of_texts=True) == (SENTENCE, [0, 4], [6, 8])
    entity = {"word": "세종", "start_idx": 0, "end_idx": 3}
    cells["subject_entity"] = '{"word": "세종", "start_idx": 0, "end_idx": 3}'
    assert parts("re", cells, of_texts=True) == (SENTENCE, entity, [6, 8])
    assert parts("wos", {"dialogue": '["안녕", "네", "끝"]'}, of_texts=True) == (
        ["안녕", "네", "끝"],
    )
    assert parts("dp", {"sentence": "비가 온다", "pos": ""}, of_texts=True) == ("비가 온다", None)


def test_a_text_that_looks_like_json_is_a_text() -> None:
    assert parts("ynat", {"title": "[1, 2]"}, of_texts=True) == ("[1, 2]",)
    assert parts("ynat", {"title": "[속보] 비"}, of_texts=True) == ("[속보] 비",)
    assert parts("ynat", {"title": '["비"]'}) == ('["비"]',)


@pytest.mark.parametrize(
    ("task", "fields", "message"),
    [
        ("ynat", {"title": None}, "in.csv:17: title: found None, expected a text"),
        ("ynat", {"title": " "}, "in.csv:17: title: found no text, expected a headline"),
        ("ynat", {"a": 1}, "in.csv:17: found the fields 'a', expected 'title'"),
        (
            "nli",
            {"premise": "비", "hypothesis": ""},
            "in.csv:17: hypothesis: found no text, expected",
        ),
        (
            "wos",
            {"dialogue": []},
            "in.csv:17: dialogue: found [], expected a list of what was said",
        ),
    ],
)
def test_what_is_no_example_is_named(task: str, fields: dict[str, Any], message: str) -> None:
    assert parts(task, fields).startswith(message)


def test_the_wrong_number_of_columns_is_refused() -> None:
    with pytest.raises(
        InputError, match="columns: found 'a', expected 3 for re: a sentence and two"
    ):
        Question(BASELINES["re"], ("a",))
    with pytest.raises(InputError, match=r"in\.csv: found the columns 'a', 'b', expected 'c'"):
        Question(BASELINES["nli"], ("a", "c")).check(["a", "b"], "in.csv")


def test_bad_rows_are_counted_and_the_first_named() -> None:
    tally, question = Tally(), Question(BASELINES["ynat"], None)
    for number, title in enumerate(["비", None, *[""] * 7]):
        tally.count(question.ask(Row(f"in:{number}", number, {"title": title})))
    tally.count(Bad("in:9: found no JSON"))
    assert (tally.rows, tally.empty, tally.left_out, tally.bad, len(tally.named)) == (
        10,
        8,
        1,
        9,
        5,
    )
