"""sts: Pearson's r and F1 against SciPy and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import pearsonr
from sklearn.metrics import f1_score

from klue_metrics import METRICS, MetricError

METRIC = METRICS["sts"]
scores_list = st.lists(st.tuples(st.floats(0, 5), st.floats(0, 5)), min_size=3).filter(
    lambda rows: all(np.std(side) > 1e-3 for side in zip(*rows, strict=True))
)


@given(scores_list)
def test_equals_scipy(rows: list[tuple[float, float]]) -> None:
    gold, predicted = (np.array(side) for side in zip(*rows, strict=True))
    scores = METRIC.compute(predictions=predicted, references=gold)
    assert scores["pearsonr"] == pytest.approx(100 * pearsonr(predicted, gold)[0], abs=1e-9)
    f1 = f1_score(gold >= 3, predicted >= 3, zero_division=0)
    assert scores["f1"] == pytest.approx(100 * f1)


@pytest.mark.parametrize("scale", [1e-150, 1e-6, 1.0, 1e9, 1e150])
def test_moments_keep_their_digits(scale: float) -> None:
    """Sums of squares would lose them far from 0, and overflow."""
    rng = np.random.default_rng(0)
    gold = rng.normal(size=50)
    predicted = gold + rng.normal(size=50)
    expected = 100 * pearsonr(predicted, gold)[0]
    found = METRIC.compute(predictions=1e3 * scale + scale * predicted, references=gold)
    assert found["pearsonr"] == pytest.approx(expected, abs=1e-8)


def test_single_floats_are_compared_as_given() -> None:
    assert np.float32(2.99999999) == 3
    single = METRIC.compute(predictions=np.float32([2.99999999, 1]), references=[4.0, 1.0])
    double = METRIC.compute(predictions=[2.99999999, 1], references=[4.0, 1.0])
    assert (single["f1"], double["f1"]) == (100, 0)


@pytest.mark.parametrize(
    ("predictions", "message"),
    [
        ([1.0, float("nan")], r"predictions\[1\]: found nan, expected a finite number"),
        ([1.0, float("inf")], r"predictions\[1\]: found inf"),
        ([1.0, None], r"predictions\[1\]: found None"),
        ([1.0, "3"], r"predictions\[1\]: found '3'"),
        ([1.0, 10**400], r"predictions\[1\]: found 1000"),
        ([1.0, True], r"predictions\[1\]: found True"),
        ([2.5, 2.5], r"predictions\[0\] to predictions\[1\]: found 2.5 every time"),
        ([1.0], r"predictions\[1\]: found 1, expected 2"),
    ],
)
def test_bad_scores(predictions: list[object], message: str) -> None:
    with pytest.raises(MetricError, match=message):
        METRIC.compute(predictions=predictions, references=[1.0, 2.0])


def test_a_group_without_two_scores_has_no_correlation() -> None:
    scores = METRIC.compute(
        predictions=[1.0, 2.0, 4.0], references=[1.0, 3.0, 5.0], by=["a", "b", "b"]
    )
    assert scores["by"]["a"] == {"examples": 1, "pearsonr": None, "f1": 0.0}
    assert scores["by"]["b"]["pearsonr"] == pytest.approx(100)
