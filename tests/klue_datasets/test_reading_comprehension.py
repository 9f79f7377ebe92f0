from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from klue_datasets import DataError, load
from klue_datasets.reading_comprehension import FULL_SCHEMA, find, narrow

CONTEXT = " 서울은 한국의 수도이다. 부산은 항구이다.\n"
YES = {
    "question": "한국의 수도는?",
    "answers": [{"text": "서울", "answer_start": 1}, {"text": "서울은", "answer_start": 1}],
    "question_type": 1,
    "is_impossible": False,
    "guid": "klue-mrc-v1_dev_00000",
}
NO = {
    "question": "일본의 수도는?",
    "answers": [],
    "plausible_answers": [{"text": "서울", "answer_start": 1}],
    "question_type": 3,
    "is_impossible": True,
    "guid": "klue-mrc-v1_dev_00001",
}


def document(*questions: dict[str, Any], **article: Any) -> dict[str, Any]:
    paragraph = {"context": CONTEXT, "qas": list(questions)}
    whole = {"title": "제목", "news_category": "사회", "source": "hankyung"} | article
    return {"version": "x", "data": [whole | {"paragraphs": [paragraph]}]}


def test_all_columns(read: Callable[..., Any]) -> None:
    rows, notes = read("mrc", document(YES, NO))
    assert [row["context"] for row in rows] == [CONTEXT, CONTEXT]
    assert rows[0]["answers"] == {"answer_start": [1, 1], "text": ["서울", "서울은"]}
    assert rows[0]["plausible_answers"] == {"answer_start": [], "text": []}
    assert rows[1]["answers"] == {"answer_start": [], "text": []}
    assert rows[1]["plausible_answers"] == {"answer_start": [1], "text": ["서울"]}
    assert notes.lines() == []
    assert notes.rows == 2


def test_default_columns_have_the_plausible_answers_in_answers(read: Callable[..., Any]) -> None:
    rows, _ = read("mrc", document(YES, NO), full=False)
    assert [row["answers"]["text"] for row in rows] == [["서울", "서울은"], ["서울"]]
    assert "plausible_answers" not in rows[0]


def test_nothing_is_stripped(read: Callable[..., Any]) -> None:
    [row], _ = read("mrc", document(YES), full=False)
    for start, text in zip(row["answers"]["answer_start"], row["answers"]["text"], strict=True):
        assert row["context"][start : start + len(text)] == text


def test_several_articles_and_paragraphs(read: Callable[..., Any]) -> None:
    raw = document(YES)
    raw["data"][0]["paragraphs"].append({"context": "b", "qas": []})
    raw["data"][0]["paragraphs"].append({"context": "서울", "qas": [NO]})
    raw["data"].insert(0, {"title": "빈 글", "source": "x", "paragraphs": []})
    rows, _ = read("mrc", raw)
    assert [(row["title"], row["context"]) for row in rows] == [
        ("제목", CONTEXT),
        ("제목", "서울"),
    ]


def test_an_absent_category_is_empty_where_there_is_a_source(read: Callable[..., Any]) -> None:
    wikipedia = document(YES, news_category=None, source="wikipedia")
    [row], notes = read("mrc", wikipedia)
    assert row["news_category"] == ""
    assert not notes.missing


def test_partial_files_have_nulls(read: Callable[..., Any]) -> None:
    question = {name: value for name, value in YES.items() if name != "question_type"}
    [row], notes = read("mrc", document(question, news_category=None, source=None))
    assert row["question_type"] is row["news_category"] is row["source"] is None
    assert set(notes.missing) == {"question_type", "news_category", "source"}


@pytest.mark.parametrize(
    ("answer", "there"),
    [
        ({"text": "부산", "answer_start": 14}, False),
        ({"text": "서울", "answer_start": -1}, False),
        ({"text": "서울", "answer_start": 10_000}, False),
        ({"text": "부산", "answer_start": 15}, True),
    ],
)
def test_shifted_answers_are_noted_and_found(
    read: Callable[..., Any], answer: dict[str, Any], there: bool
) -> None:
    rows, notes = read("mrc", document(YES | {"answers": [answer]}))
    assert notes.shifted == ([] if there else ["klue-mrc-v1_dev_00000"])
    table = pa.Table.from_pylist(rows, schema=FULL_SCHEMA.arrow)
    assert [one.field for one in find(table, {})] == ([] if there else ["answers"])


def test_answers_and_is_impossible_must_agree(read: Callable[..., Any]) -> None:
    for question in (YES | {"is_impossible": True}, NO | {"is_impossible": False}):
        rows, _ = read("mrc", document(question))
        [one] = find(pa.Table.from_pylist(rows, schema=FULL_SCHEMA.arrow), {})
        assert "is_impossible" in one.found


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (YES | {"answers": [{"text": "서울"}]}, r"klue-mrc-v1_dev_00000: answers\[\].answer_start"),
        (YES | {"answers": None}, "answers: found null, expected a list"),
        (NO | {"plausible_answers": 3}, "plausible_answers: found 3, expected a list"),
        (YES | {"is_impossible": 0}, "is_impossible: found 0, expected true or false"),
        (YES | {"question_type": "1"}, "question_type: found '1', expected a whole number"),
    ],
)
def test_errors_name_the_question(
    read: Callable[..., Any], question: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        read("mrc", document(question))


def test_errors_outside_questions_name_the_article(read: Callable[..., Any]) -> None:
    raw = document(YES)
    raw["data"].append({"title": "x", "source": "y", "paragraphs": [{"qas": [YES]}]})
    with pytest.raises(DataError, match=r"article 2: paragraphs\[\].context: found nothing"):
        read("mrc", raw)


def test_narrow_keeps_order() -> None:
    row = {"context": CONTEXT, "guid": "g", "answers": {"answer_start": [1], "text": ["서"]}}
    row["plausible_answers"] = {"answer_start": [2], "text": ["울"]}
    table = pa.Table.from_pylist([row], schema=FULL_SCHEMA.arrow)
    assert narrow(table)["answers"].to_pylist() == [{"answer_start": [1, 2], "text": ["서", "울"]}]


def test_real_files(data_dir: list[Path]) -> None:
    rows = load("mrc", "validation", data_dir=data_dir, full=True)
    assert len(rows) == 1_350
    findings = list(find(rows.data.table, {}))
    assert {one.field for one in findings} == {"plausible_answers"}
    assert len({one.row for one in findings}) == 113
    default = load("mrc", "validation", data_dir=data_dir)
    assert all(answers["text"] for answers in default["answers"])
