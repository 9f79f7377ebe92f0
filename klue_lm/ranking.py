"""From the log-probabilities of all labels to a record: plain, by length, calibrated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from .task import Fields, LMTask

PLAIN, BY_LENGTH, CALIBRATED = "plain", "by length", "calibrated"
# What a question without content holds in place of its texts (Zhao et al. 2021, 2102.09690).
CONTENT_FREE = ("N/A", "[MASK]", "")


class LabelScores(NamedTuple):
    """What a model gives the labels of one question, in the wording's order.

    Attributes:
        logprobs: of each label's text as a whole, float64 [labels].
        lengths: characters of each label's text, int64 [labels].
    """

    logprobs: np.ndarray
    lengths: np.ndarray


def softmax(scores: np.ndarray) -> np.ndarray:
    """Return the probabilities of log-probabilities, float64 [labels].

    >>> softmax(np.array([0.0, 0.0]))
    array([0.5, 0.5])
    """
    shifted = np.exp(scores - scores.max())
    return np.asarray(shifted / shifted.sum())


def rankings(scores: LabelScores, prior: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Return the labels' probabilities by each way to rank them, float64 [labels].

    plain: the probability of the label's whole text; the main one.
    by length: of each of its characters, so that a long name costs nothing.
    calibrated: beside what the label gets without a question, where `prior` is given.

    Args:
        scores: of one question.
        prior: log-probabilities of the labels without content, float64 [labels].
    """
    found = {
        PLAIN: softmax(scores.logprobs),
        BY_LENGTH: softmax(scores.logprobs / np.maximum(scores.lengths, 1)),
    }
    if prior is not None:
        found[CALIBRATED] = softmax(scores.logprobs - prior)
    return found


def prior_of(content_free: Sequence[LabelScores]) -> np.ndarray:
    """Return the log of the labels' mean probability over questions without content."""
    shares = np.mean([softmax(scores.logprobs) for scores in content_free], axis=0)
    return np.asarray(np.log(np.maximum(shares, np.finfo(np.float64).tiny)))


def fields_by_ranking(task: LMTask, found: Mapping[str, np.ndarray]) -> dict[str, Fields]:
    """Return the record's fields by each way to rank."""
    if task.weigh is None:
        raise ValueError(f"{task.name}: its answers cannot be ranked")
    return {name: task.weigh(probabilities) for name, probabilities in found.items()}
