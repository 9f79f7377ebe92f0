"""ner: against seqeval and scikit-learn on random tag soup."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from seqeval.metrics import f1_score as seqeval_f1
from seqeval.scheme import IOB2
from sklearn.metrics import f1_score

from klue_metrics import METRICS, MetricError
from klue_metrics.named_entity_recognition import TAGS, entity_spans, spaces

METRIC = METRICS["ner"]
tag = st.sampled_from(TAGS.names)
sentence = st.lists(st.tuples(tag, tag, st.sampled_from(["가", " "])), min_size=1, max_size=12)
sentences = st.lists(sentence, min_size=1, max_size=6)


def columns(rows: Any) -> dict[str, list[Any]]:
    sides = [[list(part) for part in zip(*row, strict=True)] for row in rows]
    return {
        "references": [side[0] for side in sides],
        "predictions": [side[1] for side in sides],
        "tokens": [side[2] for side in sides],
    }


def with_sentinels(side: list[list[str]]) -> list[str]:
    """One sequence with an O on both sides of each sentence, as the original scores it."""
    return [tag for tags in side for tag in ["O", *tags, "O"]]


@given(sentences)
def test_equals_seqeval_and_scikit_learn(rows: Any) -> None:
    """Strict IOB2 on random tags, orphan I- among them, without spaces."""
    inputs = columns(rows)
    gold, predicted = (
        [
            [tag for tag, token in zip(tags, tokens, strict=True) if token != " "]
            for tags, tokens in zip(inputs[side], inputs["tokens"], strict=True)
        ]
        for side in ("references", "predictions")
    )
    assume(any(tag[0] == "B" for tags in gold + predicted for tag in tags))
    scores = METRIC.compute(**inputs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = seqeval_f1(
            gold, predicted, average="macro", mode="strict", scheme=IOB2, zero_division=0
        )
    assert scores["entity_macro_f1"] == pytest.approx(100 * expected)
    flat = [with_sentinels(side) for side in (gold, predicted)]
    characters = f1_score(*flat, average="macro", labels=TAGS.names, zero_division=1.0)
    assert scores["character_macro_f1"] == pytest.approx(100 * characters)


@given(sentences)
def test_the_flat_original_is_the_same(rows: Any) -> None:
    """Sentence by sentence or as one sequence, entities are the same."""
    inputs = columns(rows)
    del inputs["tokens"]
    assume(any(tag[0] == "B" for side in inputs.values() for tags in side for tag in tags))
    flat = [[with_sentinels(inputs[side])] for side in ("references", "predictions")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = seqeval_f1(*flat, average="macro", mode="strict", scheme=IOB2, zero_division=0)
    assert METRIC.compute(**inputs)["entity_macro_f1"] == pytest.approx(100 * expected)


def test_an_entity_that_starts_on_a_space() -> None:
    """Without its B- the rest is an orphan and so no entity."""
    inputs = {
        "references": [["B-QT", "I-QT", "O"], ["B-PS", "O"]],
        "predictions": [["O", "O", "O"], ["B-PS", "O"]],
    }
    assert METRIC.compute(**inputs)["entity_macro_f1"] == pytest.approx(50)
    with_tokens = METRIC.compute(**inputs, tokens=[[" ", "1", "개"], ["김", "씨"]])
    assert with_tokens["entity_macro_f1"] == pytest.approx(100)
    assert METRIC.compute(**inputs, tokens=[" 1개", "김씨"]) == with_tokens


def test_spaces_are_not_scored() -> None:
    inputs = {"references": [["B-PS", "O", "B-PS"]], "predictions": [["B-PS", "B-LC", "B-PS"]]}
    assert METRIC.compute(**inputs, tokens=[["김", " ", "이"]])["character_macro_f1"] == 100
    assert METRIC.compute(**inputs)["character_macro_f1"] < 100


@given(
    st.lists(st.lists(st.sampled_from([" ", "가", "", "  ", "𠮷", "나다"]), min_size=1), min_size=1)
)
def test_a_token_that_is_one_space_is_a_space(tokens: list[list[str]]) -> None:
    """Whatever the other tokens are: of several characters, of none, beyond the first plane."""
    lengths = np.array([len(sentence) for sentence in tokens])
    expected = [token == " " for sentence in tokens for token in sentence]
    assert spaces(tokens, lengths).tolist() == expected


def test_a_sentence_of_spaces_only() -> None:
    inputs = {"references": [["O"], ["B-PS"]], "predictions": [["O"], ["B-PS"]]}
    scores = METRIC.compute(**inputs, tokens=[[" "], ["김"]])
    assert scores == {"entity_macro_f1": 100, "character_macro_f1": 100}


def test_detail() -> None:
    scores = METRIC.compute(
        references=[["B-PS", "I-PS", "O"], ["B-LC", "O"]],
        predictions=[["B-PS", "I-PS", "O"], ["O", "I-OG"]],
        detail=True,
    )
    assert scores["entity_f1_by_type"] == {"LC": 0.0, "PS": 100.0}
    # Seqeval's default takes the orphan I-OG for an entity: one right of two and two.
    assert scores["entity_micro_f1"] == pytest.approx(50)
    # B-PS and I-PS right, B-LC missed, I-OG added.
    assert scores["character_macro_f1_without_o"] == pytest.approx(50)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"predictions": [["O", "B-XX"]]}, r"predictions\[0\]\[1\]: found 'B-XX', expected one of"),
        ({"predictions": [["O"]]}, r"predictions\[0\]: found 1 tags, expected 2 as in references"),
        ({"predictions": ["O B"]}, r"predictions\[0\]: found 'O B', expected a list"),
        ({"predictions": [None]}, r"predictions\[0\]: found None, expected a list"),
        ({"tokens": [["가"]]}, r"tokens\[0\]: found 1 tokens, expected 2"),
        ({"tokens": [["가", 3]]}, r"tokens\[0\]\[1\]: found 3, expected a character"),
        ({"tokens": []}, r"tokens\[0\]: found 0, expected 1 as there are references"),
        ({"references": [["O", 13]]}, r"references\[0\]\[1\]: found 13, expected one of B-DT"),
        ({"words": [["가", "나"]]}, r"words: found an input, expected for ner: tokens"),
        (
            {"references": [["O", "O"]], "predictions": [["O", "O"]]},
            "entity_macro_f1: found nothing to score, expected an entity",
        ),
    ],
)
def test_bad_input(changed: dict[str, Any], message: str) -> None:
    inputs = {"references": [["O", "B-PS"]], "predictions": [["O", "B-PS"]], **changed}
    with pytest.raises(MetricError, match=message):
        METRIC.compute(**inputs)


def test_an_unknown_tag_counted_as_wrong() -> None:
    inputs = {"references": [["B-PS", "I-PS"]], "predictions": [["B-PER", "I-PS"]]}
    scores = METRIC.compute(**inputs, unknown_label="wrong")
    assert scores["entity_macro_f1"] == 0
    # B-PS is missed, the other tags are right or absent from both sides.
    assert scores["character_macro_f1"] == pytest.approx(100 * 12 / 13)


def test_ids_and_arrays_give_what_names_give() -> None:
    rng = np.random.default_rng(0)
    ids = [rng.integers(0, 13, 20) for _ in range(10)]
    noisy = [np.where(rng.random(20) < 0.3, rng.integers(0, 13, 20), row) for row in ids]
    names = [[[TAGS.names[i] for i in row] for row in side] for side in (ids, noisy)]
    by_name = METRIC.compute(references=names[0], predictions=names[1])
    assert METRIC.compute(references=ids, predictions=names[1]) == by_name
    assert METRIC.compute(references=names[0], predictions=noisy) == by_name


def test_entity_spans_agree_with_the_scorer() -> None:
    tags, tokens = ["B-PS", "I-PS", "I-LC", "B-LC", "B-LC"], ["김", " ", "씨", "시", "군"]
    assert entity_spans(tags, tokens) == [(0, 1, "PS"), (3, 4, "LC"), (4, 5, "LC")]
