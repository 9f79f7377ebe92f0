"""Two systems on the same examples: the difference, its interval, and whether it is one.

Both systems stand in one table of statistics, system A's examples first, and every question is a
weighting of it. The paired bootstrap draws units and weighs both systems alike. Approximate
randomisation swaps the two systems' predictions in half of the units: it weighs A's examples by
1 - s and B's by s.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .checks import check_options
from .errors import MetricError
from .gold import Gold
from .interval_notes import ROUNDING, Estimates
from .resampling import (
    CHUNK,
    Score,
    Statistics,
    bootstrap_weights,
    number_units,
    official,
    percentile_interval,
    resampled,
    summed_by_unit,
    weigher,
)
from .task import TaskMetric

# Weights of the units of A and of B, float64 [units, resamples] each.
Weights = tuple[np.ndarray, np.ndarray]
Scorer = Callable[[Weights], dict[str, np.ndarray]]


def compare(
    metric: TaskMetric,
    gold: Gold,
    a: Sequence[Mapping[str, Any]],
    b: Sequence[Mapping[str, Any]],
    confidence: float = 0.95,
    n_resamples: int = 1000,
    seed: int = 0,
    unknown_label: str = "error",
) -> dict[str, dict[str, Any]]:
    """Return for each official score what is known about A minus B.

    Args:
        metric: of the task.
        gold: the references.
        a: the records of system A in the order of `gold`.
        b: those of system B.
        confidence: of the intervals; 1 - confidence is the level of the test.
        n_resamples: of the bootstrap and of the randomisation.
        seed: of the random numbers.
        unknown_label: as in `TaskMetric.compute`.

    Returns:
        {score: {"a", "b", "difference", "difference_ci": [low, high], "p_bootstrap",
        "p_randomisation", "told_apart"}}; p-values are two-sided, and the systems are told apart
        where the interval leaves out 0 and both p-values are below 1 - confidence.
    """
    check_options(confidence, n_resamples, seed)
    pair = Pair.of(metric, gold, a, b, unknown_label)
    data_a, data_b = pair.data()
    of_a, of_b = official(data_a), official(data_b)
    drawn = differences(
        lambda weights: resampled(pair.scores_of(weights), data_a),
        lambda weights: resampled(pair.scores_of(weights), data_b),
        bootstrap_pairs(pair.n_units, n_resamples, seed),
    )
    swapped = pair.swapped(n_resamples, seed)
    results = {}
    for name in of_a:
        values = {"a": float(of_a[name][0]), "b": float(of_b[name][0])}
        if np.isnan(list(values.values())).any():
            raise MetricError(f"{name}: found nothing to score, expected {metric.undefined[name]}")
        difference = values["a"] - values["b"]
        results[name] = values | verdict(difference, drawn[name], swapped[name], confidence)
    return results


@dataclass(frozen=True)
class Pair:
    """Two systems on the same examples.

    Attributes:
        scores_of: weights of A's and of B's units -> {score: [resamples]}.
        n_units: what is drawn and swapped: sentences, pairs, questions, dialogues.
    """

    scores_of: Callable[[Weights], dict[str, Score]]
    n_units: int

    @classmethod
    def of(
        cls,
        metric: TaskMetric,
        gold: Gold,
        a: Sequence[Mapping[str, Any]],
        b: Sequence[Mapping[str, Any]],
        unknown_label: str,
    ) -> "Pair":
        """Return the pair of two systems' records, which `compare` describes."""
        columns = doubled(metric, gold, a, b, unknown_label)
        statistics = metric.statistics(**columns, unknown_label=unknown_label)
        unit = number_units(gold.units, len(gold))
        n_units = int(unit.max()) + 1
        return cls(scorer(metric, statistics, unit, n_units), n_units)

    def data(self) -> tuple[dict[str, Score], dict[str, Score]]:
        """Return the scores of A and those of B."""
        ones, zeros = np.ones((self.n_units, 1)), np.zeros((self.n_units, 1))
        return self.scores_of((ones, zeros)), self.scores_of((zeros, ones))

    def swapped(self, n_resamples: int, seed: int) -> dict[str, np.ndarray]:
        """Return {score: differences [resamples]} where predictions are swapped at random.

        Swapping misses no example: what comes of it are other predictions of the same data.
        """

        def scores_of(weights: Weights) -> dict[str, np.ndarray]:
            return official(self.scores_of(weights))

        return differences(scores_of, scores_of, swap_pairs(self.n_units, n_resamples, seed))


def doubled(
    metric: TaskMetric,
    gold: Gold,
    a: Sequence[Mapping[str, Any]],
    b: Sequence[Mapping[str, Any]],
    unknown_label: str,
) -> dict[str, list[Any]]:
    """Return the columns of A, then B; an input that only one of them has is left out."""
    sides = []
    for records in (a, b):
        columns = {**gold.inputs, **metric.from_records(records)}
        predictions = columns.pop("predictions")
        sides.append(metric.check(predictions, gold.references, unknown_label, columns))
    return {name: sides[0][name] + sides[1][name] for name in sides[0] if name in sides[1]}


def scorer(
    metric: TaskMetric, statistics: Statistics, unit: np.ndarray, n_units: int
) -> Callable[[Weights], dict[str, Score]]:
    """Return the function from weights of A's and B's units to {score: [resamples]}."""
    halves = np.split(statistics.per_example, [len(unit)])
    sums_of_a, sums_of_b = (weigher(summed_by_unit(half, unit, n_units)) for half in halves)

    def scores_of(weights: Weights) -> dict[str, Score]:
        scores = dict(metric.from_sums(sums_of_a(weights[0]) + sums_of_b(weights[1])))
        for name, curve in statistics.curves.items():
            scores[name] = curve(np.concatenate([part[unit] for part in weights]))
        return scores

    return scores_of


def bootstrap_pairs(n_units: int, n_resamples: int, seed: int) -> Iterator[tuple[Weights, Weights]]:
    """Yield the weights of both systems' scores under the paired bootstrap."""
    for drawn in bootstrap_weights(n_units, n_resamples, seed):
        nothing = np.zeros_like(drawn)
        yield (drawn, nothing), (nothing, drawn)


def swap_pairs(n_units: int, n_resamples: int, seed: int) -> Iterator[tuple[Weights, Weights]]:
    """Yield the weights of both systems' scores with predictions swapped at random."""
    rng = np.random.default_rng(seed)
    for start in range(0, n_resamples, CHUNK):
        size = min(CHUNK, n_resamples - start)
        swap = rng.integers(0, 2, (n_units, size)).astype(np.float64)
        yield (1 - swap, swap), (swap, 1 - swap)


def differences(
    scores_of_a: Scorer, scores_of_b: Scorer, pairs: Iterator[tuple[Weights, Weights]]
) -> dict[str, np.ndarray]:
    """Return {score: differences [resamples]}; nan where a score is undefined."""
    parts = []
    for first, second in pairs:
        ones, others = scores_of_a(first), scores_of_b(second)
        parts.append({name: ones[name] - others[name] for name in ones})
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def verdict(
    difference: float, drawn: np.ndarray, swapped: np.ndarray, confidence: float
) -> dict[str, Any]:
    """Return difference, interval, p-values and whether the systems are told apart."""
    interval = percentile_interval(drawn, confidence)
    p_bootstrap = bootstrap_p(drawn)
    p_randomisation = randomisation_p(difference, swapped)
    level = 1 - confidence
    outside = interval is not None and not interval[0] <= 0 <= interval[1]
    return {
        "difference": difference,
        "difference_ci": interval,
        "p_bootstrap": p_bootstrap,
        "p_randomisation": p_randomisation,
        "told_apart": outside and p_bootstrap < level and p_randomisation < level,
    }


def difference_estimates(found: Mapping[str, Mapping[str, Any]]) -> Estimates:
    """Return each difference of a comparison with its interval."""
    return {
        f"{name}, A - B": (part["difference"], part["difference_ci"])
        for name, part in found.items()
    }


def bootstrap_p(drawn: np.ndarray) -> float:
    """Return twice the share of resampled differences on the rarer side of 0, at most 1.

    This is the smallest level whose percentile interval leaves out 0. The data themselves count
    as one more resample on either side, so that no p-value is 0.
    """
    drawn = drawn[~np.isnan(drawn)]
    sides = [(drawn <= ROUNDING).sum(), (drawn >= -ROUNDING).sum()]
    return min(1.0, 2 * float(min(sides) + 1) / (len(drawn) + 1))


def randomisation_p(difference: float, swapped: np.ndarray) -> float:
    """Return the share of swaps whose difference is at least as far from 0, the data among them."""
    swapped = swapped[~np.isnan(swapped)]
    extreme = (np.abs(swapped) >= abs(difference) - ROUNDING).sum()
    return float(extreme + 1) / (len(swapped) + 1)
