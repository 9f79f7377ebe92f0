"""How far intervals can be trusted: what `python -m speed.coverage` measures, within bounds."""

from __future__ import annotations

import numpy as np
import pytest

from klue_datasets import load
from klue_metrics.relation_extraction import RELATIONS
from speed.coverage import (
    DEV_COUNTS,
    SAMPLE_COUNTS,
    SAMPLE_SENTENCES,
    Scenario,
    coverage,
    covered,
    entities,
    relations,
)


def test_sizes_are_those_of_the_sample_and_of_dev() -> None:
    gold = load("re", "validation", sample=True)["label"]
    counts = np.bincount(gold, minlength=len(RELATIONS))
    assert counts[0] == SAMPLE_COUNTS[0]
    assert sorted(counts[1:]) == sorted(SAMPLE_COUNTS[1:])
    assert len(load("ner", "validation", sample=True)) == SAMPLE_SENTENCES
    assert DEV_COUNTS.sum() == 7765


def test_what_is_counted() -> None:
    scenario = Scenario("x", lambda rng: None, dict, {"f1": 50.0})  # type: ignore[arg-type,return-value]
    bounds = np.array([[40.0, 60.0], [51.0, 70.0], [30.0, 45.0], [20.0, 40.0]])
    found = covered(scenario, "f1", np.array([50.0, 60.0, 44.0, 46.0]), bounds)
    assert (found.of_size, found.holds_truth, found.holds_of_size) == (50, 25, 25)
    assert (found.leaves_out, found.width) == (25, 18.5)


@pytest.mark.slow
def test_areas_at_the_samples_size_are_no_more_than_a_hint() -> None:
    """One example a relation: too narrow for a good model, beside the point for a weak one."""
    (good,) = coverage(relations(4.0, "good")[0], 200, 300)
    assert 65 <= good.holds_truth <= 90
    assert 65 <= good.holds_of_size <= 90
    assert good.leaves_out <= 1
    (weak,) = coverage(relations(1.0, "weak")[0], 200, 300)
    assert 75 <= weak.holds_of_size <= 95
    assert weak.leaves_out <= 10
    assert weak.of_size > weak.truth + 5  # so few examples score too high


@pytest.mark.slow
def test_areas_at_devs_size() -> None:
    (good,) = coverage(relations(4.0, "good")[1], 25, 200)
    assert good.holds_truth >= 80
    assert good.leaves_out == 0


@pytest.mark.slow
def test_entities() -> None:
    """A little too narrow at the sample's size, right at dev's."""
    small, large = entities(0.9, "good")
    for row in coverage(small, 300, 300):
        assert 82 <= row.holds_truth <= 97, row
        assert row.leaves_out <= 1
    for row in coverage(large, 60, 200):
        assert row.holds_truth >= 86, row
        assert row.leaves_out == 0
