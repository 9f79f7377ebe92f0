"""Acceptability: accuracy."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .error_views import View, compared_lines, text_lines
from .gold import GoldExample, row_guid
from .labels import LabelSet
from .prediction_files import PredictionsIn, label_field
from .resampling import Statistics
from .task import TaskMetric

LABELS = LabelSet(("acceptable", "unacceptable"))


def statistics(
    predictions: Sequence[Any], references: Sequence[Any], unknown_label: str = "error"
) -> Statistics:
    """Return [right, 1] per sentence."""
    gold = LABELS.encode(references, "references")
    predicted = LABELS.encode(predictions, "predictions", unknown_label)
    return Statistics(np.stack([predicted == gold, np.ones(len(gold))], axis=1))


def from_sums(sums: np.ndarray) -> dict[str, np.ndarray]:
    """Return the accuracy of summed counts."""
    return {"accuracy": 100 * sums[..., 0] / sums[..., 1]}


def examples(row: Mapping[str, Any]) -> Iterator[GoldExample]:
    """Yield the one example of a dataset row."""
    guid = row_guid(row)
    label = LABELS.name(row["label"], guid)
    shown = {"sentence": row["sentence"]}
    yield GoldExample(guid, label, guid, groups={"label": label}, shown=shown)


def view(parts: Mapping[str, Any], reference: Any, record: Mapping[str, Any]) -> View:
    """Return the sentence with both judgements."""
    return View((*text_lines(parts), *compared_lines(reference, record["label"])))


METRIC = TaskMetric(
    name="acceptability",
    title="Acceptability",
    headings={"accuracy": "Accuracy"},
    main_score="accuracy",
    columns={"predictions": "label", "references": "label"},
    statistics=statistics,
    from_sums=from_sums,
    examples=examples,
    fields=(label_field(LABELS),),
    from_records=PredictionsIn("label"),
    labels=LABELS,
    view=view,
)
