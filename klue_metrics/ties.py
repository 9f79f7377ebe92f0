"""Several systems on the same examples: which of them cannot be told apart, and what follows.

Each pair is tested by approximate randomisation (`comparison`), and the p-values are corrected for
the number of pairs (Holm 1979): where all systems are equally good, at most 5 % of boards show any
difference at the 5 % level, whatever the dependence between the pairs. From the pairs that are told
apart follow, with the same guarantee, intervals of ranks (Al Mohamad, Goeman and van Zwet 2018) and
letters: systems that share one are not told apart (Piepho 2004).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import erfc, sqrt
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np

from .checks import check_options
from .comparison import Pair, randomisation_p
from .errors import MetricError
from .gold import Gold
from .resampling import official
from .task import TaskMetric

POWER = 0.8
# Below so many swaps beyond the difference, their share says little about how rare it is.
FEW = 10


class Outcome(NamedTuple):
    """A pair of systems by one score.

    Attributes:
        a, b: their scores, 0-100.
        p: of their difference, by itself.
        deviation: of the difference between systems that are equally good, in points.
    """

    a: float
    b: float
    p: float
    deviation: float


@dataclass(frozen=True)
class Ties:
    """What is known about the order of several systems by one score.

    Attributes:
        systems: their names, the best first.
        values: their scores, 0-100.
        p: of each pair, corrected for the number of pairs [systems, systems]; 1 of one with itself.
        level: of the tests.
        smallest: points by which two systems have to differ to be told apart, as one pair and with
            80 % power: the median over the pairs.
    """

    systems: tuple[str, ...]
    values: tuple[float, ...]
    p: np.ndarray
    level: float
    smallest: float

    @property
    def told_apart(self) -> np.ndarray:
        """Return which pairs differ, bool [systems, systems]."""
        return np.asarray(self.p < self.level)

    @property
    def ranks(self) -> list[tuple[int, int]]:
        """Return for each system the best and the worst rank that it may have."""
        better = np.tril(self.told_apart).sum(axis=1)
        worse = np.triu(self.told_apart).sum(axis=1)
        last = len(self.systems)
        return [(1 + int(b), last - int(w)) for b, w in zip(better, worse, strict=True)]

    @property
    def letters(self) -> list[str]:
        """Return for each system its letters; systems that share one are not told apart."""
        return letters_of(self.told_apart)

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as data."""
        return {
            "systems": [
                {"system": name, "value": value, "ranks": list(ranks), "letters": letters}
                for name, value, ranks, letters in zip(
                    self.systems, self.values, self.ranks, self.letters, strict=True
                )
            ],
            "p": self.p.tolist(),
            "level": self.level,
            "smallest_difference": self.smallest,
        }


def ties(
    metric: TaskMetric,
    gold: Gold,
    systems: Mapping[str, Sequence[Mapping[str, Any]]],
    confidence: float = 0.95,
    n_resamples: int = 1000,
    seed: int = 0,
    unknown_label: str = "error",
) -> dict[str, Ties]:
    """Return for each official score that all systems have what is known about their order.

    Args:
        metric: of the task.
        gold: the references.
        systems: name -> records in the order of `gold`; two at least.
        confidence: 1 - confidence is the level of the tests.
        n_resamples: of the randomisation of each pair.
        seed: of the random numbers.
        unknown_label: as in `TaskMetric.compute`.

    Raises:
        MetricError: fewer than two systems, or a score is not defined.
    """
    check_options(confidence, n_resamples, seed)
    if len(systems) < 2:
        raise MetricError(f"systems: found {len(systems)}, expected two at least")
    values: dict[str, dict[str, float]] = {}
    found: dict[str, dict[tuple[str, str], tuple[float, float]]] = {}
    for a, b in combinations(systems, 2):
        tested = tested_pair(metric, gold, systems[a], systems[b], n_resamples, seed, unknown_label)
        for name, one in tested.items():
            values.setdefault(name, {}).update({a: one.a, b: one.b})
            found.setdefault(name, {})[a, b] = one.p, one.deviation
    n_pairs = len(systems) * (len(systems) - 1) // 2
    return {
        name: ordered(values[name], pairs, 1 - confidence)
        for name, pairs in found.items()
        if len(pairs) == n_pairs  # else a system lacks what the score is made from
    }


def tested_pair(
    metric: TaskMetric,
    gold: Gold,
    a: Sequence[Mapping[str, Any]],
    b: Sequence[Mapping[str, Any]],
    n_resamples: int = 1000,
    seed: int = 0,
    unknown_label: str = "error",
) -> dict[str, Outcome]:
    """Return for each official score what one pair of systems tells; `ties` says of what.

    Raises:
        MetricError: a score is not defined.
    """
    pair = Pair.of(metric, gold, a, b, unknown_label)
    of_a, of_b = map(official, pair.data())
    found = {}
    for name, swapped in pair.swapped(n_resamples, seed).items():
        both = float(of_a[name][0]), float(of_b[name][0])
        if np.isnan(both).any():
            expected = metric.undefined[name]
            raise MetricError(f"{name}: found nothing to score, expected {expected}")
        found[name] = Outcome(*both, tail_p(both[0] - both[1], swapped), spread(swapped))
    return found


def ordered(
    values: Mapping[str, float], pairs: Mapping[tuple[str, str], tuple[float, float]], level: float
) -> Ties:
    """Return the systems in order, with the pairs' corrected p-values.

    Args:
        values: system -> its score.
        pairs: two systems -> the p-value of their difference, and its standard deviation if both
            are equally good.
        level: of the tests.
    """
    systems = sorted(values, key=lambda name: -values[name])
    place = {name: at for at, name in enumerate(systems)}
    p = np.ones((len(systems), len(systems)))
    corrected = holm([tested for tested, _ in pairs.values()])
    for (a, b), tested in zip(pairs, corrected, strict=True):
        p[place[a], place[b]] = p[place[b], place[a]] = tested
    deviation = float(np.median([deviation for _, deviation in pairs.values()]))
    return Ties(
        tuple(systems),
        tuple(values[name] for name in systems),
        p,
        level,
        smallest_difference(deviation, level),
    )


def holm(p: Sequence[float]) -> list[float]:
    """Return p-values that may be held against one level together.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    factors = np.arange(len(p), 0, -1)
    raised = np.minimum(1, np.maximum.accumulate(np.asarray(p)[order] * factors))
    found = np.empty(len(p))
    found[order] = raised
    return found.tolist()


def tail_p(difference: float, swapped: np.ndarray) -> float:
    """Return the two-sided p-value of a difference, which may be smaller than swaps can show.

    The share of swaps beyond the difference; where those are few, the tail of the normal
    distribution with the swaps' deviation, which sums over thousands of swaps come near to: of many
    pairs each has to stand a level that a thousand swaps do not reach.
    """
    share = randomisation_p(difference, swapped)
    deviation = spread(swapped)
    if share * (len(swapped) + 1) > FEW or deviation == 0:
        return share
    return min(share, erfc(abs(difference) / deviation / sqrt(2)))


def spread(swapped: np.ndarray) -> float:
    """Return the standard deviation of differences around 0, which is their mean by symmetry."""
    return float(np.sqrt(np.nanmean(np.square(swapped))))


def smallest_difference(deviation: float, level: float = 0.05, power: float = POWER) -> float:
    """Return how far apart two systems have to be for a test to find it.

    Args:
        deviation: of the difference between systems that are equally good.
        level: of the test, which is two-sided.
        power: how often it is to be found.

    >>> round(smallest_difference(1.0), 2)
    2.8
    """
    normal = NormalDist()
    return deviation * (normal.inv_cdf(1 - level / 2) + normal.inv_cdf(power))


def letters_of(told_apart: np.ndarray) -> list[str]:
    """Return letters for systems in order; two share one if and only if they are not told apart.

    Piepho's way: a letter for all, which each pair that is told apart splits in two; what lies
    within another letter goes.

    Args:
        told_apart: which pairs are, bool [systems, systems].

    >>> apart = np.zeros((3, 3), bool)
    >>> apart[0, 2] = apart[2, 0] = True  # the first and the last, and none beside
    >>> letters_of(apart)
    ['a', 'ab', 'b']
    """
    n = len(told_apart)
    groups = [frozenset(range(n))]
    for a, b in combinations(range(n), 2):
        if told_apart[a, b]:
            split = [group - {one} for group in groups if {a, b} <= group for one in (a, b)] + [
                group for group in groups if not {a, b} <= group
            ]
            split = list(dict.fromkeys(split))
            groups = [one for one in split if not any(one < other for other in split)]
    groups.sort(key=lambda group: sorted(group))
    return [
        "".join(letter(at) for at, group in enumerate(groups) if one in group) for one in range(n)
    ]


def letter(number: int) -> str:
    """Return a letter for a number from 0; after z come A to Z, then letters with a prime.

    >>> letter(0), letter(26), letter(52)
    ('a', 'A', "a'")
    """
    primes, at = divmod(number, 52)
    return chr(ord("a") + at if at < 26 else ord("A") + at - 26) + "'" * primes
