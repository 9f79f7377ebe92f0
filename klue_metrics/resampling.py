"""One mechanism of uncertainty: a resample is a vector of weights, and a score is a function of
weighted sums.

The bootstrap draws annotated units with replacement; how often each unit was drawn is its weight.
For scores that are functions of sums, a thousand resamples are one matrix product. A score that
needs the examples in sorted order (the area under a precision-recall curve) is a `Curve`, which
takes the same weights.

A class that vanishes. A resample misses each example with probability 1/e, and with its only
example a class. Such a resample says nothing of the class, which is left out of that resample's
mean: the classes that it does hold stand for it. What the official scores give to a class that the
data do not have (0.5 under a precision-recall curve, 1 to a tag, 0 to an F1 of nothing) is given
to the classes that the data do not have, and to them in every resample. `ClassMean` is this rule.

An interval is of the score that test sets of this size have on the average. `speed/coverage.py`
measures how often it holds that, and how often the score of unlimited data; the metric card has the
numbers. Where classes have one or two examples it is too narrow, since resamples cannot hold what
the data do not, and may even leave out the data's own score, since an example that was drawn twice
ties with itself and lifts the area under its curve: whoever shows such an interval shows
`interval_note` beside it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# Resamples computed at once: few enough for their running sums to stay in the processor's cache.
CHUNK = 32
# Multiplications of a matrix product that OpenBLAS still does on one core.
PRODUCT = 1 << 18


@dataclass(frozen=True)
class ClassMean:
    """A score that is a mean over classes.

    Attributes:
        values: the classes' own scores [..., classes], 0-1; nan where there is nothing of a class.
        absent: what a class counts that the data do not have.
    """

    values: np.ndarray
    absent: float

    def official(self) -> np.ndarray:
        """Return the mean in which all that is missing counts `absent` [...], 0-100."""
        return 100 * np.where(np.isnan(self.values), self.absent, self.values).mean(axis=-1)

    def resampled(self, data: "ClassMean") -> np.ndarray:
        """Return the mean for resamples of `data` [...]; nan where no class of the data is left.

        >>> data = ClassMean(np.array([0.8, 0.2, np.nan]), absent=0.5)
        >>> float(data.official()), float(data.resampled(data))
        (50.0, 50.0)
        >>> resample = ClassMean(np.array([0.8, np.nan, np.nan]), absent=0.5)
        >>> round(float(resample.resampled(data)), 6)  # 0.8 twice and 0.5 once
        70.0
        """
        in_data = ~np.isnan(data.values.ravel())
        drawn = self.values[..., in_data]
        n_classes, n_in_data = len(in_data), in_data.sum()
        if n_in_data == 0:
            return self.official()
        with np.errstate(invalid="ignore"):
            mean = np.nansum(drawn, axis=-1) / (~np.isnan(drawn)).sum(axis=-1)
        rest = self.absent * (n_classes - n_in_data)
        return np.asarray(100 * (mean * n_in_data + rest) / n_classes)


Score = np.ndarray | ClassMean
# Maps weights (counts) [examples, resamples] to scores [resamples], 0-100.
Curve = Callable[[np.ndarray], Score]
FromSums = Callable[[np.ndarray], Mapping[str, Score]]


def official(scores: Mapping[str, Score]) -> dict[str, np.ndarray]:
    """Return {score: [...]} of data as they are."""
    return {k: v.official() if isinstance(v, ClassMean) else v for k, v in scores.items()}


def resampled(scores: Mapping[str, Score], data: Mapping[str, Score]) -> dict[str, np.ndarray]:
    """Return {score: [resamples]} of resamples of data whose own scores are `data`."""
    found = {}
    for name, score in scores.items():
        of_data = data[name]
        if isinstance(score, ClassMean) and isinstance(of_data, ClassMean):
            score = score.resampled(of_data)
        found[name] = score
    return official(found)


@dataclass(frozen=True)
class Statistics:
    """Per-example numbers of a metric.

    Attributes:
        per_example: float64 [examples, k], to be summed under weights.
        curves: score -> the function that takes the weights themselves.
    """

    per_example: np.ndarray
    curves: Mapping[str, Curve] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.per_example)


def scores_of(
    statistics: Statistics, from_sums: FromSums, inside: np.ndarray | None = None
) -> dict[str, float]:
    """Return {score: value} of all examples or of those marked `inside`; nan where undefined."""
    rows = statistics.per_example if inside is None else statistics.per_example[inside]
    weights = np.ones(len(statistics)) if inside is None else inside.astype(np.float64)
    found = dict(from_sums(rows.sum(axis=0)))
    found |= {name: curve(weights[:, None]) for name, curve in statistics.curves.items()}
    return {name: float(value.item()) for name, value in official(found).items()}


def number_units(units: Sequence[Any] | None, n_examples: int) -> np.ndarray:
    """Return the unit of each example as a number from 0, in the order of first appearance.

    >>> number_units(["b", "a", "b"], 3)
    array([0, 1, 0])
    """
    if units is None:
        return np.arange(n_examples)
    numbers: dict[Any, int] = {}
    return np.fromiter((numbers.setdefault(u, len(numbers)) for u in units), np.int64, n_examples)


def summed_by_unit(rows: np.ndarray, unit: np.ndarray, n_units: int) -> np.ndarray:
    """Return the sums of rows [examples, k] per unit [units, k]."""
    if n_units == len(unit):
        return rows  # Units were numbered as they appear: each example is its own.
    order = np.argsort(unit, kind="stable")
    starts = np.flatnonzero(np.diff(unit[order], prepend=-1))
    return np.asarray(np.add.reduceat(rows[order], starts, axis=0))


def bootstrap_weights(n_units: int, n_resamples: int, seed: int) -> Iterator[np.ndarray]:
    """Yield weights float64 [units, at most CHUNK]: how often each unit was drawn."""
    rng = np.random.default_rng(seed)
    for start in range(0, n_resamples, CHUNK):
        size = min(CHUNK, n_resamples - start)
        drawn = rng.integers(0, n_units, (n_units, size)) * size
        drawn += np.arange(size)
        counts = np.bincount(drawn.ravel(), minlength=size * n_units)
        yield counts.reshape(n_units, size).astype(np.float64)


def weigher(per_unit: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function from weights [units, resamples] to weighted sums [resamples, k].

    The matrix product is taken in pieces: a whole one of this shape would be spread over all
    cores, which then wait for each other.
    """
    columns = np.ascontiguousarray(per_unit.T)
    step = max(1, PRODUCT // (CHUNK * max(1, len(columns))))

    def sums_of(weights: np.ndarray) -> np.ndarray:
        sums = np.zeros((len(columns), weights.shape[1]))
        for start in range(0, len(weights), step):
            piece = slice(start, start + step)
            sums += columns[:, piece] @ weights[piece]
        return sums.T

    return sums_of


def replicates(
    statistics: Statistics, from_sums: FromSums, unit: np.ndarray, n_resamples: int, seed: int
) -> dict[str, np.ndarray]:
    """Return {score: [resamples]} of the bootstrap over units; nan where a score is undefined.

    Args:
        statistics: of all examples.
        from_sums: of the metric.
        unit: the number of the unit of each example [examples].
        n_resamples: how many resamples.
        seed: of the random numbers.
    """
    n_units = int(unit.max()) + 1
    sums_of = weigher(summed_by_unit(statistics.per_example, unit, n_units))

    def scores_under(weights: np.ndarray) -> dict[str, Score]:
        curves = {name: curve(weights[unit]) for name, curve in statistics.curves.items()}
        return {**from_sums(sums_of(weights)), **curves}

    data = scores_under(np.ones((n_units, 1)))
    drawn = bootstrap_weights(n_units, n_resamples, seed)
    parts = [resampled(scores_under(weights), data) for weights in drawn]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def percentile_interval(values: np.ndarray, confidence: float) -> list[float] | None:
    """Return [low, high], the central `confidence` of the replicates; None without a defined one.

    A resample in which the score is undefined says nothing and is left out. Bounds are rounded to
    ten decimals: what follows is the order in which a sum was taken.
    """
    defined = values[~np.isnan(values)]
    if not defined.size:
        return None
    tail = (1 - confidence) / 2
    return [round(float(q), 10) + 0.0 for q in np.quantile(defined, [tail, 1 - tail])]


def intervals(
    statistics: Statistics,
    from_sums: FromSums,
    units: Sequence[Any] | None,
    confidence: float,
    n_resamples: int,
    seed: int,
) -> dict[str, list[float] | None]:
    """Return {"<score>_ci": [low, high]} of the percentile bootstrap over units."""
    unit = number_units(units, len(statistics))
    found = replicates(statistics, from_sums, unit, n_resamples, seed)
    return {f"{name}_ci": percentile_interval(v, confidence) for name, v in found.items()}


def breakdown(
    statistics: Statistics,
    from_sums: FromSums,
    by: Sequence[Any],
    units: Sequence[Any] | None,
    confidence: float | None,
    n_resamples: int,
    seed: int,
) -> dict[str, dict[str, Any]]:
    """Return {group: {"examples": n, score: value or None}}, groups in natural order."""
    names = sorted({str(group) for group in by}, key=natural_key)
    group = np.array([str(value) for value in by])
    unit = number_units(units, len(statistics))
    parts = {}
    for name in names:
        inside = group == name
        scores = scores_of(statistics, from_sums, inside)
        part: dict[str, Any] = {"examples": int(inside.sum())}
        part |= {k: None if np.isnan(value) else value for k, value in scores.items()}
        if confidence is not None:
            found = within(statistics, from_sums, inside, unit, n_resamples, seed)
            part |= {f"{k}_ci": percentile_interval(v, confidence) for k, v in found.items()}
        parts[name] = part
    return parts


def within(
    statistics: Statistics,
    from_sums: FromSums,
    inside: np.ndarray,
    unit: np.ndarray,
    n_resamples: int,
    seed: int,
) -> dict[str, np.ndarray]:
    """Return the replicates of the examples inside a group; the others weigh nothing."""
    rows = np.flatnonzero(inside)

    def embedded(curve: Curve) -> Curve:
        def area(weights: np.ndarray) -> Score:
            whole = np.zeros((len(inside), weights.shape[1]))
            whole[rows] = weights
            return curve(whole)

        return area

    part = Statistics(
        statistics.per_example[rows], {k: embedded(c) for k, c in statistics.curves.items()}
    )
    _, numbers = np.unique(unit[rows], return_inverse=True)
    return replicates(part, from_sums, numbers, n_resamples, seed)


def natural_key(text: str) -> list[tuple[int, int, str]]:
    """Return a sort key under which numbers inside text count as numbers.

    >>> sorted(["100-119", "20-39", "a"], key=natural_key)
    ['20-39', '100-119', 'a']
    """
    parts = re.findall(r"\d+|\D+", text)
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts]
