"""The bootstrap: weights, intervals, breakdowns, coverage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from klue_metrics import METRICS
from klue_metrics.f1_counts import macro_f1
from klue_metrics.interval_notes import interval_note, left_out
from klue_metrics.resampling import (
    CHUNK,
    Statistics,
    bootstrap_weights,
    number_units,
    percentile_interval,
    replicates,
    summed_by_unit,
    weigher,
)


def test_weights_are_a_sample_with_replacement() -> None:
    weights = np.concatenate(list(bootstrap_weights(50, 2 * CHUNK + 1, seed=0)), axis=1)
    assert weights.shape == (50, 2 * CHUNK + 1)
    assert (weights.sum(axis=0) == 50).all()
    assert weights.var() == pytest.approx(1 - 1 / 50, rel=0.1)


@given(st.lists(st.sampled_from("abc"), min_size=1))
def test_sums_by_unit(units: list[str]) -> None:
    rows = np.arange(2.0 * len(units)).reshape(-1, 2)
    numbers = number_units(units, len(units))
    sums = summed_by_unit(rows, numbers, int(numbers.max()) + 1)
    for unit, number in zip(units, numbers, strict=True):
        inside = [unit == other for other in units]
        assert sums[number].tolist() == rows[inside].sum(axis=0).tolist()


@pytest.mark.parametrize("columns", [0, 1, 3, 600])
def test_weighted_sums_are_the_matrix_product(columns: int) -> None:
    rng = np.random.default_rng(columns)
    rows = rng.integers(0, 5, (3000, columns)).astype(float)
    sums_of = weigher(rows)
    for weights in bootstrap_weights(len(rows), 40, seed=0):
        assert np.array_equal(sums_of(weights), weights.T @ rows)


def test_replicates_are_scores_of_resampled_examples() -> None:
    """The matrix product gives what scoring the drawn examples one by one gives."""
    rng = np.random.default_rng(0)
    gold, predicted = rng.integers(0, 30, 60), rng.integers(0, 30, 60)
    predicted[:40] = gold[:40]
    scores = np.round(rng.random((60, 30)), 1)
    metric = METRICS["re"]
    inputs = {"predictions": predicted, "references": gold, "probabilities": scores}
    statistics = metric.statistics(**inputs)
    found = replicates(statistics, metric.from_sums, np.arange(60), 40, seed=1)
    weights = np.concatenate(list(bootstrap_weights(60, 40, seed=1)), axis=1).astype(int)
    for number, weight in enumerate(weights.T):
        drawn = np.repeat(np.arange(60), weight)
        expected = metric.compute(**{name: column[drawn] for name, column in inputs.items()})
        # A relation that the data miss counts 0.5, one that the resample misses is left out.
        missed, in_data = 30 - len(set(gold[drawn])), len(set(gold))
        of_drawn = (30 * expected["auprc"] - 50 * missed) / (30 - missed)
        expected["auprc"] = (in_data * of_drawn + 50 * (30 - in_data)) / 30
        assert {k: v[number] for k, v in found.items()} == pytest.approx(expected)


def test_a_seed_gives_the_same_interval_and_another_another() -> None:
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 3, 300)
    inputs = {"references": gold, "predictions": np.where(rng.random(300) < 0.7, gold, 0)}
    first, again, other = (
        METRICS["nli"].compute(**inputs, confidence=0.95, seed=seed)["accuracy_ci"]
        for seed in (0, 0, 1)
    )
    assert first == again != other
    wide = METRICS["nli"].compute(**inputs, confidence=0.99)["accuracy_ci"]
    assert wide[0] < first[0] < first[1] < wide[1]


def test_whole_units_make_wider_intervals() -> None:
    """Ten turns that stand and fall together are worth one."""
    rng = np.random.default_rng(0)
    right = np.repeat(rng.random(50) < 0.5, 10)
    inputs = {
        "references": [["식당-이름-a"]] * 500,
        "predictions": [["식당-이름-a"] if r else ["식당-이름-b"] for r in right],
    }
    alone, together = (
        METRICS["wos"].compute(**inputs, units=units, confidence=0.95)["joint_goal_accuracy_ci"]
        for units in (None, [at // 10 for at in range(500)])
    )
    assert together[1] - together[0] > 2 * (alone[1] - alone[0])


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_value_is_in_its_interval_or_named(value: float, other: float) -> None:
    """What rounding does to a bound is no difference."""
    assume(abs(value - 1 - other) > 1e-6)
    bounds = percentile_interval(np.array([value]), 0.95)
    assert left_out({"f1": (value, bounds)}) == []
    low, high = sorted([value, other])
    assert left_out({"f1": (value, [low, high])}) == []
    assert left_out({"f1": (value, [low + 1, high + 1])}) == ([] if other < value - 1 else ["f1"])
    assert interval_note({"f1": (value, None), "g": (None, [1, 2])}) == ""


def test_a_resample_without_a_score_is_left_out() -> None:
    values = np.array([np.nan, 1.0, 2.0, 3.0])
    assert percentile_interval(values, 0.5) == [1.5, 2.5]
    assert percentile_interval(np.array([np.nan]), 0.5) is None


def test_parts_and_whole_agree() -> None:
    """Weighted by their size, the parts' accuracies are the whole's."""
    rng = np.random.default_rng(0)
    gold, predicted = rng.integers(0, 3, 100), rng.integers(0, 3, 100)
    by = rng.choice(["a", "b", "c"], 100)
    scores = METRICS["nli"].compute(predictions=predicted, references=gold, by=by)
    parts = scores["by"].values()
    assert sum(part["examples"] for part in parts) == 100
    whole = sum(part["examples"] * part["accuracy"] for part in parts) / 100
    assert whole == pytest.approx(scores["accuracy"])


def test_a_part_is_scored_as_if_it_were_the_whole() -> None:
    rng = np.random.default_rng(0)
    gold, predicted = rng.integers(0, 30, 80), rng.integers(0, 30, 80)
    scores, by = rng.random((80, 30)), np.array(["x", "y"] * 40)
    inputs = {"predictions": predicted, "references": gold, "probabilities": scores}
    options: dict[str, Any] = {"confidence": 0.9, "n_resamples": 30}
    found = METRICS["re"].compute(**inputs, by=by, **options)["by"]["x"]
    alone = {name: column[by == "x"] for name, column in inputs.items()}
    expected = METRICS["re"].compute(**alone, **options)
    assert found.pop("examples") == 40
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert found[name] == pytest.approx(value), name


def test_groups_stand_in_natural_order() -> None:
    scores = METRICS["nli"].compute(
        predictions=[0] * 3, references=[0] * 3, by=["100-119", "20-39", 3]
    )
    assert list(scores["by"]) == ["3", "20-39", "100-119"]


def coverage(draw: Any, from_sums: Any, truth: float, trials: int) -> float:
    """The share of trials whose 95 % interval has the truth in it."""
    rng = np.random.default_rng(0)
    hits = 0
    for trial in range(trials):
        statistics = Statistics(draw(rng))
        values = replicates(statistics, from_sums, np.arange(len(statistics)), 400, seed=trial)
        low, high = percentile_interval(next(iter(values.values())), 0.95) or [0, 0]
        hits += low <= truth <= high
    return 100 * hits / trials


N = 500
# 1,000 trials have a standard error of 0.7 points: 92 to 97 leaves room for nothing but chance.
TRIALS = 1000


@pytest.mark.slow
def test_coverage_of_accuracy() -> None:
    def draw(rng: np.random.Generator) -> np.ndarray:
        return np.stack([rng.random(N) < 0.8, np.ones(N)], axis=1).astype(float)

    assert 92 <= coverage(draw, METRICS["nli"].from_sums, 80.0, TRIALS) <= 97


@pytest.mark.slow
def test_coverage_of_macro_f1() -> None:
    rng = np.random.default_rng(1)
    joint = rng.random((7, 7)) * 0.3 + np.diag(rng.random(7) * 6 + 2)
    joint /= joint.sum()
    right, predicted, gold = np.diag(joint), joint.sum(axis=1), joint.sum(axis=0)
    truth = float(macro_f1(np.concatenate([right, predicted, gold])))
    identity = np.eye(7)

    def draw(rng: np.random.Generator) -> np.ndarray:
        cells = rng.choice(49, N, p=joint.ravel())
        p, g = identity[cells // 7], identity[cells % 7]
        return np.concatenate([p * g, p, g], axis=1)

    def from_sums(sums: np.ndarray) -> dict[str, np.ndarray]:
        return {"macro_f1": macro_f1(sums)}

    assert 92 <= coverage(draw, from_sums, truth, TRIALS) <= 97


@pytest.mark.slow
def test_coverage_of_pearson() -> None:
    def draw(rng: np.random.Generator) -> np.ndarray:
        gold = rng.normal(size=N)
        predicted = 0.9 * gold + np.sqrt(1 - 0.81) * rng.normal(size=N)
        inputs = {"predictions": predicted, "references": gold}
        return np.asarray(METRICS["sts"].statistics(**inputs).per_example)

    assert 92 <= coverage(draw, METRICS["sts"].from_sums, 90.0, TRIALS) <= 97
