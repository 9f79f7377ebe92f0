"""Thresholds flag as many harmful texts as was said, and no more than they need to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_baselines.screening.thresholds import flagged_share, threshold_for, working

SCORED = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30)


@given(SCORED, st.floats(0.01, 1))
def test_the_highest_threshold_of_a_recall(scored: list[tuple[float, bool]], recall: float) -> None:
    scores = np.array([score for score, _ in scored])
    gold = np.array([harmful for _, harmful in scored])
    threshold = threshold_for(recall, scores, gold)
    if not gold.any():
        assert not (scores >= threshold).any()
        return
    assert (scores[gold] >= threshold).mean() >= recall - 1e-9
    flagged = scores >= threshold
    assert (scores[gold] > scores[flagged].min()).mean() < recall


def test_shares_of_flags() -> None:
    flagged = np.array([True, True, True, False])
    gold = np.array([True, True, False, False])
    found = working(flagged, gold)
    values = {name: share["value"] for name, share in found.items()}
    assert values == pytest.approx({"recall": 100, "precision": 200 / 3, "false_alarms": 50})
    low, high = found["precision"]["interval"]
    assert 0 <= low <= values["precision"] <= high <= 100
    assert flagged_share(flagged)["value"] == 75


def test_a_share_of_nothing_is_none() -> None:
    none = np.zeros(3, bool)
    found = working(none, none)
    assert found["recall"]["value"] is None and found["recall"]["interval"] is None
    assert found["false_alarms"]["value"] == 0
