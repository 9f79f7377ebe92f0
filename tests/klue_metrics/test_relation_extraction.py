"""re: micro F1 against scikit-learn; AUPRC is in test_precision_recall.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score

from klue_metrics import METRICS, MetricError
from klue_metrics.relation_extraction import RELATIONS

METRIC = METRICS["re"]
pairs = st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), min_size=1)


@given(pairs)
def test_equals_scikit_learn(rows: list[tuple[int, int]]) -> None:
    gold, predicted = map(list, zip(*rows, strict=True))
    scores = METRIC.compute(predictions=predicted, references=gold)
    expected = f1_score(gold, predicted, average="micro", labels=range(1, 30), zero_division=0)
    assert scores == {"micro_f1": pytest.approx(100 * expected)}


def test_average_precision_equals_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 5, 200)
    scores = np.round(rng.random((200, 30)), 1)
    found = METRIC.compute(predictions=gold, references=gold, probabilities=scores, detail=True)
    expected = np.mean([average_precision_score(gold == c, scores[:, c]) for c in range(5)])
    assert found["average_precision"] == pytest.approx(100 * expected)
    assert found["accuracy"] == 100


def test_an_unknown_label_is_no_relation_at_all() -> None:
    """It misses the gold relation and is no wrong one of the 29."""
    scores = METRIC.compute(
        predictions=["작가", "per:title", "작가"],
        references=["per:title", "per:title", "no_relation"],
        unknown_label="wrong",
    )
    assert scores["micro_f1"] == pytest.approx(200 / 3)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([0.5] * 29, r"probabilities\[1\]: found 29 values, expected 30 finite numbers"),
        ([0.5] * 29 + [float("nan")], r"probabilities\[1\]: found nan for per:title"),
        (["a"] * 30, r"probabilities\[1\]: found 'a' for no_relation"),
        (None, r"probabilities\[1\]: found None"),
    ],
)
def test_bad_probabilities(row: Any, message: str) -> None:
    with pytest.raises(MetricError, match=message):
        METRIC.compute(predictions=[0, 1], references=[0, 1], probabilities=[[0.5] * 30, row])


def test_whole_numbers_do_as_scores() -> None:
    right = np.eye(30, dtype=int)
    scores = METRIC.compute(predictions=range(30), references=range(30), probabilities=right)
    assert scores == {"micro_f1": 100, "auprc": 100}
    assert len(RELATIONS) == 30
