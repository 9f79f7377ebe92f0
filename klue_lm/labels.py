"""Answers that are one label of a closed set: what ynat, nli and re share."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from klue_metrics import METRICS
from klue_metrics.labels import LabelSet

from .forms import Form, label_form
from .reading import label_of
from .task import Fields, Question, Reading, Row, Wording, one_hot


def label_set(task: str) -> LabelSet:
    """Return the labels of a task, in the order of the Hub's ClassLabel.

    >>> label_set("nli").names
    ('entailment', 'neutral', 'contradiction')
    """
    labels = METRICS[task].labels
    if labels is None:
        raise ValueError(f"{task}: has no label set")
    return labels


@dataclass(frozen=True)
class LabelAnswers:
    """How one label of a set is written, read and ranked.

    Attributes:
        labels: the set.
        wordings: language -> the task's texts, whose `labels` say how each label is written.
        probabilities: whether a record holds them, as re's does.
    """

    labels: LabelSet
    wordings: Mapping[str, Wording]
    probabilities: bool = False

    @cached_property
    def names(self) -> dict[str, str]:
        """What may be written for a label, in any language -> the label."""
        written = {
            text: label
            for wording in self.wordings.values()
            for label, text in wording.labels.items()
        }
        return {**written, **{name: name for name in self.labels.names}}

    @cached_property
    def longest(self) -> int:
        """Characters of the longest name of a label."""
        return max(map(len, self.names))

    def gold(self, row: Row) -> str:
        """Return a row's label by name."""
        return self.labels.name(row["label"], "label")

    def show(self, row: Row, wording: Wording) -> list[str]:
        """Return the gold answer as a model should write it."""
        return [wording.labels[self.gold(row)]]

    def read(self, question: Question, reply: str) -> Reading:
        """Return the label that a reply gives."""
        return label_of(reply, self.names)

    def always(self, label: str) -> Callable[[Row], list[Fields]]:
        """Return the answer without a model: one label for every row."""
        share = [float(p) for p in one_hot(self.labels.ids[label], len(self.labels))]
        fields: Fields = {"label": label}
        if self.probabilities:
            fields["probabilities"] = share
        return lambda row: [dict(fields)]

    def kinds(self, row: Row) -> Iterable[Hashable]:
        """Return what a row is an example of: its label."""
        return (self.gold(row),)

    def weigh(self, probabilities: np.ndarray) -> Fields:
        """Return the most probable label, float64 [labels] in the set's order."""
        fields: Fields = {"label": self.labels.names[int(probabilities.argmax())]}
        if self.probabilities:
            fields["probabilities"] = [float(p) for p in probabilities]
        return fields

    def wanted(self, row: Row) -> np.ndarray:
        """Return the probabilities of a model that is sure of the gold label."""
        return one_hot(self.labels.ids[self.gold(row)], len(self.labels))

    def form(self, question: Question, wording: Wording) -> Form:
        """Return the form of an answer: one of the labels as they are written."""
        return label_form(wording.labels.values())
