"""dp: against scikit-learn on random trees."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from klue_metrics import METRICS, MetricError
from klue_metrics.eojeols import RELATIONS

METRIC = METRICS["dp"]
word = st.tuples(
    st.integers(0, 6),
    st.integers(0, 9),
    st.sampled_from(RELATIONS.names[12:20]),
    st.sampled_from(RELATIONS.names[12:20]),
)
sentences = st.lists(st.lists(word, min_size=1, max_size=6), min_size=1, max_size=5)


def columns(rows: Any) -> dict[str, Any]:
    sides = [list(zip(*row, strict=True)) for row in rows]
    return {
        "references": [{"head": list(s[0]), "deprel": list(s[2])} for s in sides],
        "predictions": [{"head": list(s[1]), "deprel": list(s[3])} for s in sides],
    }


@given(sentences)
def test_equals_scikit_learn(rows: Any) -> None:
    scores = METRIC.compute(**columns(rows), textbook=True)
    gold_head, head, gold, deprel = zip(*[word for row in rows for word in row], strict=True)
    merged = [[min(RELATIONS.ids[name], 15) for name in side] for side in (gold, deprel)]
    predicted = [m if h == g else -2 for m, h, g in zip(merged[1], head, gold_head, strict=True)]
    expected = {
        "uas_macro_f1": f1_score(gold_head, head, average="macro"),
        "uas_micro_f1": accuracy_score(gold_head, head),
        "las_macro_f1": f1_score(merged[0], predicted, average="macro"),
        "las_micro_f1": accuracy_score(merged[0], predicted),
        "las_macro_f1_without_pad": f1_score(
            merged[0], predicted, average="macro", labels=sorted({*merged[0], *predicted} - {-2})
        ),
        "las_accuracy": np.mean(
            [h == g and d == e for g, h, e, d in [w for row in rows for w in row]]
        ),
    }
    assert scores == pytest.approx({name: 100 * value for name, value in expected.items()})
    assert scores["las_micro_f1"] <= scores["uas_micro_f1"]
    assert scores["las_accuracy"] <= scores["las_micro_f1"]


def test_one_wrong_head_caps_las_macro() -> None:
    heads, names = [0] * 16, list(RELATIONS.names[:16])
    gold = [{"head": heads * 50, "deprel": names * 50}]
    predicted = [{"head": [1, *heads[1:]] + heads * 49, "deprel": names * 50}]
    scores = METRIC.compute(predictions=predicted, references=gold, textbook=True)
    assert scores["las_macro_f1"] < 100 * 16 / 17 < 99 < scores["las_macro_f1_without_pad"]


def test_padding_is_not_scored() -> None:
    """Words with gold head -1 are left out whatever stands there."""
    scores = METRIC.compute(
        references=[{"head": [2, 0, -1], "deprel": ["NP", "VP", ""]}],
        predictions=[{"head": [2, 0, 1], "deprel": ["NP", "VP", None]}],
    )
    assert set(scores.values()) == {100}


def test_an_unknown_relation_counted_as_wrong() -> None:
    """With the right head it is no class at all; with a wrong one it is PAD like any other."""
    gold = [{"head": [2, 0], "deprel": ["NP", "VP"]}]
    right_head = [{"head": [2, 0], "deprel": ["nsubj", "VP"]}]
    wrong_head = [{"head": [0, 0], "deprel": ["nsubj", "VP"]}]
    first, second = (
        METRIC.compute(predictions=p, references=gold, unknown_label="wrong")
        for p in (right_head, wrong_head)
    )
    assert first["las_macro_f1"] == pytest.approx(50)
    assert second["las_macro_f1"] == pytest.approx(100 / 3)


def test_a_head_that_is_not_there_counts_as_wrong() -> None:
    """It is at no position, so that it adds no class to the mean over positions."""
    gold = [{"head": [2, 3, 0], "deprel": ["NP", "NP_SBJ", "VP"]}]
    inputs = {"references": gold, "unknown_label": "wrong"}
    none = [{"head": [2, None, 0], "deprel": ["NP", None, "VP"]}]
    scores = METRIC.compute(predictions=none, **inputs)
    # Positions 2, 3 and 0, of which 3 is missed; NP and VP, NP_SBJ missed, PAD.
    assert scores == {
        "uas_macro_f1": pytest.approx(200 / 3),
        "las_macro_f1": pytest.approx(200 / 4),
        "uas_micro_f1": pytest.approx(200 / 3),
        "las_micro_f1": pytest.approx(200 / 3),
        "unknown_labels": {"invented": 0, "empty": 1},
    }
    known = METRIC.compute(predictions=[{**none[0], "head": [2, 2, 0]}], **inputs)
    assert known["las_macro_f1"] == scores["las_macro_f1"]
    nothing = METRIC.compute(predictions=[dict.fromkeys(gold[0], [None] * 3)], **inputs)
    assert {nothing[name] for name in METRIC.scores} == {0}


def test_what_stands_at_padding_is_no_unknown_label() -> None:
    scores = METRIC.compute(
        references=[{"head": [2, 0, -1], "deprel": ["NP", "VP", ""]}],
        predictions=[{"head": [2, 0, 1], "deprel": ["NP", "nsubj", "?"]}],
        unknown_label="wrong",
    )
    assert scores["unknown_labels"] == {"invented": 1, "empty": 0}


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ({"head": [2], "deprel": ["NP", "VP"]}, r"\[0\]: found 1 values of head, expected 2"),
        ({"head": [2, 0], "deprel": ["NP"]}, r"\[0\]: found 1 values of deprel, expected 2"),
        ({"head": [2, 0.5], "deprel": ["NP", "VP"]}, r"\[0\]\['head'\]\[1\]: found 0.5"),
        ({"head": [2, None], "deprel": ["NP", "VP"]}, r"\[0\]\['head'\]\[1\]: found None"),
        ({"head": [2, 10**20], "deprel": ["NP", "VP"]}, r"\[0\]\['head'\]\[1\]: found 1000"),
        ({"head": [2, 0], "deprel": ["NP", "root"]}, r"\[0\]\['deprel'\]\[1\]: found 'root'"),
        ({"head": [2, 0]}, r"\[0\]: found \{'head': \[2, 0\]\}, expected"),
        ([2, 0], r"\[0\]: found \[2, 0\], expected"),
    ],
)
def test_bad_predictions(sentence: Any, message: str) -> None:
    gold = [{"head": [2, 0], "deprel": ["NP", "VP"]}]
    with pytest.raises(MetricError, match=r"predictions" + message):
        METRIC.compute(predictions=[sentence], references=gold)


def test_relations_may_be_ids() -> None:
    gold = [{"head": [2, 0], "deprel": ["NP", "VP"]}]
    predicted = [{"head": np.array([2, 0]), "deprel": np.array([0, 2])}]
    assert METRIC.compute(predictions=predicted, references=gold)["las_micro_f1"] == 100
