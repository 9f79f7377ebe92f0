"""mrc: exact match, ROUGE-W and the textbook scores."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_metrics import METRICS, MetricError
from klue_metrics.reading_comprehension import excerpt

METRIC = METRICS["mrc"]
text = st.text("가나 .《a", max_size=8)
question = st.tuples(text, st.lists(text, max_size=3))


def columns(rows: list[tuple[str, list[str]]]) -> dict[str, list[Any]]:
    return {
        "predictions": [
            {"guid": f"q{at}", "prediction_text": predicted}
            for at, (predicted, _) in enumerate(rows)
        ],
        "references": [
            {"guid": f"q{at}", "answers": {"text": gold, "answer_start": [0] * len(gold)}}
            for at, (_, gold) in enumerate(rows)
        ],
    }


@given(st.lists(question, min_size=1, max_size=5))
def test_rouge_w_is_at_least_exact_match(rows: list[tuple[str, list[str]]]) -> None:
    scores = METRIC.compute(**columns(rows), textbook=True)
    assert scores["rouge_w"] >= scores["exact_match"] - 1e-9
    assert scores["rouge_w_whole_match"] == pytest.approx(scores["rouge_w"])
    assert scores["exact_match_without_brackets"] >= scores["exact_match"] - 1e-9


def test_predictions_are_found_by_guid() -> None:
    inputs = columns([("가", ["가"]), ("나", ["나"]), ("다", ["라"])])
    expected = METRIC.compute(**inputs)
    shuffled = [inputs["predictions"][at] for at in (2, 0, 1)]
    assert METRIC.compute(references=inputs["references"], predictions=shuffled) == expected


def test_is_impossible_decides_where_it_is_given() -> None:
    """Rows of the Hub dataset carry plausible answers of impossible questions."""
    inputs = columns([("", ["그럴듯한 답"])])
    assert METRIC.compute(**inputs)["exact_match"] == 0
    inputs["references"][0]["is_impossible"] = True
    assert METRIC.compute(**inputs)["exact_match"] == 100


def test_answers_may_be_a_list_of_dicts() -> None:
    inputs = columns([("가", [])])
    inputs["references"][0]["answers"] = [{"text": "가", "answer_start": 0}]
    assert METRIC.compute(**inputs)["exact_match"] == 100


def test_textbook() -> None:
    long = "가나다라마" * 45
    scores = METRIC.compute(
        **columns([(long[81:131], [long]), ("〈아리랑〉", ["아리랑"])]), textbook=True
    )
    assert scores["rouge_w"] == pytest.approx(100 * (0 + 6 / 8) / 2)
    assert scores["rouge_w_whole_match"] == pytest.approx(100 * (100 / 275 + 6 / 8) / 2)
    assert (scores["exact_match"], scores["exact_match_without_brackets"]) == (0, 50)
    assert scores["rouge_l"] == pytest.approx(100 * (100 / 275 + 6 / 8) / 2)


def test_rouge_l_allows_gaps_and_knows_hangul() -> None:
    scores = METRIC.compute(**columns([("가나라", ["가나다라"])]), textbook=True)
    assert scores["rouge_l"] == pytest.approx(100 * 6 / 7)
    assert scores["rouge_w"] == pytest.approx(100 * 4 / 7)


@pytest.mark.parametrize(
    ("predictions", "message"),
    [
        ([{"guid": "x", "prediction_text": ""}], r"references\[0\]\['guid'\]: found 'q0'"),
        (
            [{"guid": "q0", "prediction_text": None}],
            r"predictions\[0\]\['prediction_text'\]: found N",
        ),
        ([{"guid": "q0"}], r"predictions\[0\]\['prediction_text'\]"),
        (["가"], r"predictions\[0\]: found '가', expected a dict with a text as guid"),
        ([], r"predictions\[0\]: found 0, expected 1"),
    ],
)
def test_bad_predictions(predictions: list[Any], message: str) -> None:
    with pytest.raises(MetricError, match=message):
        METRIC.compute(references=columns([("", ["가"])])["references"], predictions=predictions)


def test_a_doubled_guid() -> None:
    inputs = columns([("가", ["가"]), ("나", ["나"])])
    inputs["predictions"][1]["guid"] = "q0"
    with pytest.raises(MetricError, match=r"predictions\[1\]\['guid'\]: found 'q0', the guid of"):
        METRIC.compute(**inputs)


def test_bad_references() -> None:
    for answers, message in [
        (None, r"references\[0\]\['answers'\]: found None"),
        (
            {"text": "하나", "answer_start": 0},
            r"references\[0\]\['answers'\]: found {'text': '하나'",
        ),
        ({"text": [3], "answer_start": [0]}, r"references\[0\]\['answers'\]\['text'\]: found 3"),
    ]:
        inputs = columns([("가", ["가"])])
        inputs["references"][0]["answers"] = answers
        with pytest.raises(MetricError, match=message):
            METRIC.compute(**inputs)


@pytest.mark.parametrize("gold", [["가나"], [], ["-"]])
def test_no_answer_at_all_may_count_as_wrong(gold: list[str]) -> None:
    """Even where the empty answer is right."""
    inputs = columns([("가", gold)])
    inputs["predictions"][0]["prediction_text"] = None
    with pytest.raises(MetricError, match="found None, expected a text, '' for no answer"):
        METRIC.compute(**inputs)
    scores = METRIC.compute(**inputs, unknown_label="wrong", textbook=True)
    del inputs["predictions"][0]["prediction_text"]
    assert METRIC.compute(**inputs, unknown_label="wrong", textbook=True) == scores
    assert scores.pop("unknown_labels") == {"invented": 0, "empty": 1}
    assert set(scores.values()) == {0}


def test_the_unit_is_the_context() -> None:
    row = {"context": "하나", "question": "?", "answers": {"text": ["하"], "answer_start": [0]}}
    rows = [
        {**row, "guid": guid, "context": c}
        for guid, c in [("a", "하나"), ("b", "하나"), ("c", "하")]
    ]
    gold = METRIC.gold(rows)
    assert gold.units[0] == gold.units[1] != gold.units[2]


def test_excerpt() -> None:
    assert excerpt("가" * 10 + "답" + "나" * 10, "답", around=2) == "…가가답나나…"
    assert excerpt("짧은 글", "", around=100) == "짧은 글"
