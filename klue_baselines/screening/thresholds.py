"""From probabilities to flags: a threshold for a stated recall, and how it works elsewhere."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from klue_metrics.resampling import Statistics, intervals, scores_of

from .labels import HEADS, KINDS, WIDTH

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
CONFIDENCE, RESAMPLES = 0.95, 1000


def kind_scores(given: Sequence[Sequence[float]]) -> dict[str, Numbers]:
    """Return the probability of each kind from the two softmaxes of each text.

    >>> {kind: found.tolist() for kind, found in kind_scores([[1, 0, 0, 0.25, 0.5, 0.25]]).items()}
    {'bias': [0.0], 'toxicity': [0.75]}
    """
    softmaxes = np.reshape(np.asarray(given, float), (-1, len(HEADS), WIDTH))
    places = {head: place for place, head in enumerate(HEADS)}
    return {kind: 1 - softmaxes[:, places[head], 0] for kind, head in KINDS.items()}


def harmful(rows: Mapping[str, Sequence[int]]) -> dict[str, Flags]:
    """Return which comments are of each kind, from the ids of their labels by head."""
    return {kind: np.asarray(rows[head]) != 0 for kind, head in KINDS.items()}


def threshold_for(recall: float, scores: Numbers, gold: Flags) -> float:
    """Return the threshold at which a share of the harmful texts is flagged, and no text more.

    It lies halfway to the next lower score, so that another batch's rounding does not matter.

    Args:
        recall: the share, above 0, at most 1.
        scores: probabilities of texts.
        gold: which of them are harmful; at least one is, else nothing is ever flagged.

    Example:
        >>> scores, gold = np.array([0.9, 0.6, 0.4, 0.1]), np.array([True, True, False, True])
        >>> threshold_for(0.6, scores, gold), threshold_for(1, scores, gold)
        (0.5, 0.1)
    """
    found = np.sort(scores[gold])[::-1]
    if not len(found):
        return math.nextafter(1, 2)
    lowest = found[math.ceil(recall * len(found) - 1e-9) - 1]
    below = scores[scores < lowest]
    if not len(below):
        return float(lowest)
    halfway = (lowest + below.max()) / 2
    return float(halfway if halfway > below.max() else lowest)


def working(flagged: Flags, gold: Flags) -> dict[str, Any]:
    """Return how flags work on labelled texts, in percent: each share and its interval.

    recall: of harmful texts, those flagged. precision: of flagged texts, those harmful.
    false_alarms: of the others, those flagged. None where there is nothing to count.
    """
    columns = (flagged & gold, gold, flagged, flagged & ~gold, ~gold)
    return shares(np.stack(columns, axis=1).astype(float), SHARES)


def flagged_share(flagged: Flags) -> dict[str, Any]:
    """Return how many texts are flagged, in percent, and the interval."""
    rows = np.stack([flagged, np.ones_like(flagged)], axis=1).astype(float)
    return shares(rows, {"flagged": (0, 1)})["flagged"]


# The columns that each share of `working` divides.
SHARES = {"recall": (0, 1), "precision": (0, 2), "false_alarms": (3, 4)}


def shares(rows: Numbers, of: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
    """Return shares of summed columns, in percent, with their bootstrap intervals over texts."""

    def from_sums(sums: np.ndarray) -> dict[str, np.ndarray]:
        with np.errstate(invalid="ignore", divide="ignore"):
            return {name: 100 * sums[..., a] / sums[..., b] for name, (a, b) in of.items()}

    statistics = Statistics(rows)
    found = scores_of(statistics, from_sums)
    around = intervals(statistics, from_sums, None, CONFIDENCE, RESAMPLES, 0)
    return {
        name: {"value": None if math.isnan(value) else value, "interval": around[f"{name}_ci"]}
        for name, value in found.items()
    }
