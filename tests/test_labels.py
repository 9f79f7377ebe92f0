"""What the data and the metric both say about a task, since each is a Hub repository of its own."""

from __future__ import annotations

import pytest

from klue_datasets import TASKS, textual_similarity
from klue_datasets.report.counts import class_names
from klue_metrics import METRICS
from klue_metrics.textual_similarity import SIMILAR_FROM

WITHOUT_LABELS = ("sts", "mrc", "wos")  # scored by numbers, texts and states


@pytest.mark.parametrize("name", TASKS)
def test_labels_are_equal_in_names_and_order(name: str) -> None:
    labels = METRICS[name].labels
    assert (labels is None) == (name in WITHOUT_LABELS)
    if labels is not None:
        assert TASKS[name].label_sets[TASKS[name].label_column[0]] == labels.names


@pytest.mark.parametrize("name", TASKS)
def test_label_sets_are_those_of_the_columns(name: str) -> None:
    for column, labels in TASKS[name].label_sets.items():
        of_column = class_names(TASKS[name].full_features, column.split("."))
        assert of_column is None or of_column == list(labels)
        assert len(set(labels)) == len(labels)


def test_the_border_between_similar_and_dissimilar_pairs_is_one() -> None:
    assert textual_similarity.THRESHOLD == SIMILAR_FROM
