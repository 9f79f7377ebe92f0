"""nli, natural language inference: accuracy.

Prediction file: {"guid": "klue-nli-v1_dev_00000", "label": "entailment"}
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .f1_counts import count_block, macro_f1
from .gold import GoldExample, length_group, named_groups, row_guid
from .labels import LabelSet, UnknownLabels
from .prediction_files import PredictionsIn, label_field, no_label
from .resampling import Statistics
from .task import TaskMetric
from .unicode_forms import label_texts

INFERENCES = LabelSet(("entailment", "neutral", "contradiction"))


def statistics(
    predictions: Sequence[Any], references: Sequence[Any], unknown_label: str = "error"
) -> Statistics:
    """Return [right, 1] per pair, float64 [examples, 2]."""
    gold = INFERENCES.encode(references, "references")
    predicted = INFERENCES.encode(predictions, "predictions", unknown_label)
    return Statistics(np.stack([predicted == gold, np.ones(len(gold))], axis=1))


def from_sums(sums: np.ndarray) -> dict[str, np.ndarray]:
    """Return the accuracy of summed [right, 1]."""
    with np.errstate(invalid="ignore"):
        return {"accuracy": 100 * sums[..., 0] / sums[..., 1]}


def textbook(
    predictions: Sequence[Any], references: Sequence[Any], unknown_label: str = "error"
) -> dict[str, float]:
    """Return the textbook score.

    macro_f1: the mean F1 of the labels that occur, beside the accuracy that ignores their balance.
    """
    gold = INFERENCES.encode(references, "references")
    predicted = INFERENCES.encode(predictions, "predictions", unknown_label)
    counts = count_block(predicted, gold, len(INFERENCES))
    return {"macro_f1": float(macro_f1(counts.sum(axis=0)))}


def examples(row: Mapping[str, Any]) -> Iterator[GoldExample]:
    """Yield the one example of a dataset row."""
    guid = row_guid(row)
    label = INFERENCES.name(row["label"], f"{guid}: label")
    length = len(row["premise"]) + len(row["hypothesis"])
    groups = named_groups(source=row.get("source"), label=label, length=length_group(length, 20))
    shown = {"premise": row["premise"], "hypothesis": row["hypothesis"]}
    yield GoldExample(guid, label, guid, groups=groups, shown=shown)


METRIC = TaskMetric(
    name="nli",
    title="Natural language inference",
    headings={"accuracy": "Accuracy"},
    main_score="accuracy",
    columns={"predictions": "label", "references": "label"},
    statistics=statistics,
    from_sums=from_sums,
    textbook=textbook,
    examples=examples,
    fields=(label_field(INFERENCES),),
    from_records=PredictionsIn("label"),
    labels=INFERENCES,
    unknown=UnknownLabels(INFERENCES),
    missing=no_label,
    texts=label_texts,
)
