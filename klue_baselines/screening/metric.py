"""Macro F1 for bias and for hate, each over its three labels, by the machinery of KLUE's scores.

`macro_f1` is the mean of the two; checkpoints are chosen by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from klue_metrics.f1_counts import count_block, macro_f1
from klue_metrics.gold import GoldExample
from klue_metrics.labels import LabelSet
from klue_metrics.prediction_files import Field, LabelCheck
from klue_metrics.resampling import Statistics
from klue_metrics.task import TaskMetric

from .labels import HEADS, NAME, WIDTH

Labelled = Mapping[str, str]


def statistics(
    predictions: Sequence[Labelled], references: Sequence[Labelled], unknown_label: str = "error"
) -> Statistics:
    """Return a block of counts for each head, float64 [examples, 18]."""

    def ids(labels: LabelSet, head: str, given: Sequence[Labelled], name: str) -> Any:
        return labels.encode([one[head] for one in given], name, unknown_label)

    blocks = [
        count_block(
            ids(labels, head, predictions, "predictions"),
            ids(labels, head, references, "references"),
            WIDTH,
        )
        for head, labels in HEADS.items()
    ]
    return Statistics(np.concatenate(blocks, axis=1))


def from_sums(sums: np.ndarray) -> dict[str, np.ndarray]:
    """Return the macro F1 of summed counts, of each head and their mean."""
    bias, hate = (macro_f1(part) for part in np.split(sums, len(HEADS), axis=-1))
    return {"bias_macro_f1": bias, "hate_macro_f1": hate, "macro_f1": (bias + hate) / 2}


def examples(row: Mapping[str, Any]) -> Iterator[GoldExample]:
    """Yield the one example of a comment."""
    labels = {head: names.name(row[head], row["guid"]) for head, names in HEADS.items()}
    yield GoldExample(row["guid"], labels, row["guid"], shown={"text": row["text"]})


def from_records(records: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the columns of `TaskMetric.compute` that records hold."""
    return {"predictions": [{head: record[head] for head in HEADS} for record in records]}


METRIC = TaskMetric(
    name=NAME,
    title="Social bias and hate in comments",
    headings={"bias_macro_f1": "bias F1", "hate_macro_f1": "hate F1", "macro_f1": "mean F1"},
    main_score="macro_f1",
    columns={"predictions": dict.fromkeys(HEADS, "string"), "references": {}},
    statistics=statistics,
    from_sums=from_sums,
    examples=examples,
    fields=tuple(Field(name, "the label's name", LabelCheck(of)) for name, of in HEADS.items()),
    from_records=from_records,
    undefined=dict.fromkeys(("bias_macro_f1", "hate_macro_f1", "macro_f1"), "at least one label"),
)
