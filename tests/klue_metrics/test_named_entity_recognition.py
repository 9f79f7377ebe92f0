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
from klue_metrics.characters import spaces
from klue_metrics.entities import TAGS, entity_spans, tag_parts

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


def test_textbook() -> None:
    scores = METRIC.compute(
        references=[["B-PS", "I-PS", "O"], ["B-LC", "O"]],
        predictions=[["B-PS", "I-PS", "O"], ["O", "I-OG"]],
        textbook=True,
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


def as_wrong(predicted: list[Any], gold: list[str], **options: Any) -> dict[str, Any]:
    """The scores of one sentence in which unknown tags are wrong."""
    return METRIC.compute(
        predictions=[predicted], references=[gold], unknown_label="wrong", **options
    )


def test_an_entity_of_an_invented_type_is_a_spurious_one() -> None:
    scores = as_wrong(["B-FOO", "O", "B-PS"], ["O", "O", "B-PS"])
    assert scores["entity_macro_f1"] == pytest.approx(50)
    assert scores["unknown_labels"] == {"invented": 1, "empty": 0}
    # As for a known one: B-PS once too often costs least, the other tags are on neither side.
    known = METRIC.compute(predictions=[["B-PS", "O", "B-PS"]], references=[["O", "O", "B-PS"]])
    assert scores["character_macro_f1"] == pytest.approx(known["character_macro_f1"])


def test_all_invented_types_are_one() -> None:
    gold = ["O", "O", "O", "B-PS", "I-PS", "O"]
    scores = as_wrong(["B-FOO", "B-BAR", "I-FOO", "B-PS", "I-PS", "B-BAR"], gold, textbook=True)
    assert scores["entity_macro_f1"] == pytest.approx(50)
    assert scores["entity_f1_by_type"] == {"PS": 100.0, "invented": 0.0}


@pytest.mark.parametrize("tag", ["FOO", "", None, float("nan"), "B-", "I-", "I-FOO", "PS", "o"])
def test_a_tag_that_starts_no_entity_is_no_entity(tag: Any) -> None:
    scores = as_wrong([tag, "O", "B-PS"], ["O", "O", "B-PS"])
    assert scores["entity_macro_f1"] == 100
    assert scores["character_macro_f1"] < 97


def test_an_unknown_tag_misses_the_gold_one_and_breaks_an_entity() -> None:
    scores = as_wrong(["B-PER", "I-PS"], ["B-PS", "I-PS"])
    assert scores["entity_macro_f1"] == 0
    # B-PS is missed; as one of 2 + 1 predicted O, it makes 4/5 of O's two sentinels.
    assert scores["character_macro_f1"] == pytest.approx(100 * (11 + 4 / 5) / 13)
    assert as_wrong(["B-PS", "I-LOC", "O"], ["B-PS", "I-PS", "O"])["entity_macro_f1"] == 0


UNKNOWN_TAGS = ("B-FOO", "I-FOO", "B-BAR", "FOO", "", None, "B-", "I-", "BPS", "B-PS ", "B-O")
any_tag = tag | st.sampled_from(UNKNOWN_TAGS)
soup = st.lists(st.tuples(tag, any_tag), min_size=1, max_size=8)


@given(soup)
def test_no_invention_scores_above_o_or_every_known_wrong_tag(rows: list[Any]) -> None:
    gold, predicted = (["B-PS", *side] for side in zip(*rows, strict=True))
    predicted[0] = "B-PS"  # There is an entity, so that both scores are defined.

    def scores_of(tags: list[Any]) -> dict[str, float]:
        found = as_wrong(tags, gold)
        return {name: found[name] for name in METRIC.scores}

    found = scores_of(predicted)
    inventions = [at for at, tag in enumerate(predicted) if tag not in TAGS.ids]
    nothing = ["O" if at in inventions else tag for at, tag in enumerate(predicted)]
    assert all(found[name] <= value + 1e-9 for name, value in scores_of(nothing).items())
    for at in inventions:
        replaced = {
            other: scores_of([*predicted[:at], other, *predicted[at + 1 :]]) for other in TAGS.names
        }
        for name, value in found.items():
            assert value <= replaced["O"][name] + 1e-9
            wrong = [scores[name] for other, scores in replaced.items() if other != gold[at]]
            assert value <= max(wrong) + 1e-9


@given(soup)
def test_inventions_equal_seqevals_with_one_type_more(rows: list[Any]) -> None:
    gold, predicted = map(list, zip(*rows, strict=True))
    assume("B" in {str(tag)[:1] for tag in gold})
    names = {"B": "B-X", "I": "I-X", "": "O"}
    shown = [t if t in TAGS.ids else names[tag_parts(t)[0]] for t in predicted]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = seqeval_f1(
            [gold], [shown], average="macro", mode="strict", scheme=IOB2, zero_division=0
        )
    assert as_wrong(predicted, gold)["entity_macro_f1"] == pytest.approx(100 * expected)


def test_the_score_of_inventions_is_the_one_that_has_an_interval_and_groups() -> None:
    sentences = [["B-FOO", "O"], ["B-PS", ""], ["B-PS", "O"], [None, "B-LC"]]
    gold = [["O", "O"], ["B-PS", "O"], ["B-PS", "I-PS"], ["O", "B-LC"]]
    inputs = {"predictions": sentences, "references": gold, "unknown_label": "wrong"}
    scores = METRIC.compute(**inputs, confidence=0.9, n_resamples=50, by=["a", "b", "b", "b"])
    for name in METRIC.scores:
        low, high = scores[f"{name}_ci"]
        assert low <= scores[name] <= high
    assert scores["by"]["a"]["entity_macro_f1"] == 0.0
    assert scores["unknown_labels"] == {"invented": 1, "empty": 2}


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
    unknown = ["B-FOO", "O", "I-", None, "B-"]
    assert entity_spans(unknown, ["가", "나", "다", "라", "마"]) == [(0, 1, "FOO")]
