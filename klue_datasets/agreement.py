"""Krippendorff's alpha: how far annotators agree, corrected for chance.

The definition is that of Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011): one
minus the mean difference between two ratings of the same unit, divided by that between any two.
Units with fewer than two ratings are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np


def interval_alpha(units: Sequence[Sequence[float]]) -> float:
    """Compute alpha with the squared difference of two ratings.

    Args:
        units: the ratings of each unit, any number of them.

    Returns:
        1 for full agreement, 0 for what chance gives; nan if there is nothing to compare or all
        ratings are alike.

    Example:
        >>> interval_alpha([[1, 1], [5, 5]]), round(interval_alpha([[1, 2], [5, 4]]), 3)
        (1.0, 0.85)
    """
    rated = [np.asarray(unit, float) for unit in units if len(unit) > 1]
    if not rated:
        return float("nan")
    # The squared differences of all ordered pairs of n numbers sum to 2 n^2 times their variance.
    within = sum(2 * len(unit) ** 2 * unit.var() / (len(unit) - 1) for unit in rated)
    everything = np.concatenate(rated)
    n = len(everything)
    return _alpha(float(within) / n, float(2 * n**2 * everything.var()) / (n * (n - 1)))


def nominal_alpha(units: Sequence[Sequence[Hashable]]) -> float:
    """Compute alpha with two ratings either alike or not.

    Args:
        units: the labels of each unit, any number of them.

    Returns:
        1 for full agreement, 0 for what chance gives; nan if there is nothing to compare or all
        labels are alike.

    Example:
        >>> nominal_alpha([["a", "a"], ["b", "b"]]), nominal_alpha([["a", "b"], ["a", "b"]])
        (1.0, -0.5)
    """
    rated = [Counter(unit) for unit in units if len(unit) > 1]
    if not rated:
        return float("nan")
    within = sum(_unlike(unit) / (unit.total() - 1) for unit in rated)
    everything: Counter[Hashable] = Counter()
    for unit in rated:
        everything.update(unit)
    n = everything.total()
    return _alpha(within / n, _unlike(everything) / (n * (n - 1)))


def _unlike(counts: Counter[Hashable]) -> int:
    """Count the ordered pairs of unlike labels."""
    return counts.total() ** 2 - sum(count**2 for count in counts.values())


def _alpha(observed: float, expected: float) -> float:
    return 1 - observed / expected if expected else float("nan")
