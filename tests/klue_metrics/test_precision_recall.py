"""The area under precision-recall curves, weighted, against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import auc, precision_recall_curve

from klue_metrics.precision_recall import MANY_COLUMNS, macro_area

# Few distinct values, so that ties abound.
coarse = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])


def by_scikit_learn(scores: np.ndarray, gold: np.ndarray, weights: np.ndarray) -> float:
    """The mean area over the examples repeated as often as their weights say."""
    scores, gold = np.repeat(scores, weights, axis=0), np.repeat(gold, weights)
    areas = []
    for column in range(scores.shape[1]):
        positive = gold == column
        if not positive.any():
            areas.append(0.5)
            continue
        precision, recall, _ = precision_recall_curve(positive, scores[:, column])
        areas.append(auc(recall, precision))
    return 100 * float(np.mean(areas))


@given(
    st.integers(1, 12).flatmap(
        lambda n: st.tuples(
            arrays(float, (n, 3), elements=coarse),
            arrays(int, n, elements=st.integers(0, 2)),
            arrays(int, (n, 2), elements=st.integers(0, 3)).filter(lambda w: w.sum(axis=0).all()),
        )
    )
)
def test_weights_are_repetitions(case: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    scores, gold, weights = case
    found = macro_area(scores, gold)(weights.astype(float)).official()
    expected = [by_scikit_learn(scores, gold, w) for w in weights.T]
    assert found == pytest.approx(expected, abs=1e-9)


def test_many_columns_at_once_are_as_one_by_one() -> None:
    """The sparse product and the plain sums give the same."""
    rng = np.random.default_rng(0)
    scores, gold = np.round(rng.random((300, 6)), 2), rng.integers(0, 5, 300)
    weights = rng.integers(0, 4, (300, 3 * MANY_COLUMNS)).astype(float)
    area = macro_area(scores, gold)
    one_by_one = [area(column[:, None]).official()[0] for column in weights.T]
    assert area(weights).official() == pytest.approx(one_by_one, abs=1e-12)


def test_a_class_that_the_data_miss_counts_half() -> None:
    """And one that a resample misses is left out of it: the others stand for it."""
    scores = np.array([[0.9, 0.1, 0.3], [0.2, 0.8, 0.3]])
    area = macro_area(scores, np.array([0, 1]))
    data, resample = area(np.ones((2, 1))), area(np.array([[2.0], [0.0]]))
    assert data.official() == pytest.approx([250 / 3])
    assert resample.resampled(data) == pytest.approx([250 / 3])
    # As a test set of its own, the resample has one class of three.
    assert resample.official() == pytest.approx([200 / 3])
