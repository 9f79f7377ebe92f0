"""ynat, topic classification: macro F1 over the topics of a headline.

Definition: the mean of F1 over the classes that occur in gold or predictions (not always seven);
an undefined F1 is 0.

Prediction file: {"guid": "ynat-v1_dev_00000", "label": "사회"}
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .f1_counts import count_block, f1, macro_f1
from .gold import GoldExample, length_group, row_guid
from .labels import LabelSet, UnknownLabels
from .prediction_files import PredictionsIn, label_field, no_label
from .resampling import Statistics
from .task import TaskMetric
from .unicode_forms import label_texts

TOPICS = LabelSet(("IT과학", "경제", "사회", "생활문화", "세계", "스포츠", "정치"))


def statistics(
    predictions: Sequence[Any], references: Sequence[Any], unknown_label: str = "error"
) -> Statistics:
    """Return a block of counts: [right | predicted | gold] per topic, float64 [examples, 21]."""
    gold = TOPICS.encode(references, "references")
    predicted = TOPICS.encode(predictions, "predictions", unknown_label)
    return Statistics(count_block(predicted, gold, len(TOPICS)))


def from_sums(sums: np.ndarray) -> dict[str, np.ndarray]:
    """Return the macro F1 of summed counts."""
    return {"macro_f1": macro_f1(sums)}


def textbook(
    predictions: Sequence[Any], references: Sequence[Any], unknown_label: str = "error"
) -> dict[str, float]:
    """Return the textbook scores.

    macro_f1_all_topics: the mean over all seven topics, whether or not they occur.
    accuracy: the share of headlines with the right topic.
    """
    counts = statistics(predictions, references, unknown_label).per_example
    sums = counts.sum(axis=0)
    right = counts[:, : len(TOPICS)].sum()
    return {
        "macro_f1_all_topics": float(100 * f1(sums).mean()),
        "accuracy": float(100 * right / len(references)),
    }


def examples(row: Mapping[str, Any]) -> Iterator[GoldExample]:
    """Yield the one example of a dataset row."""
    guid = row_guid(row)
    label = TOPICS.name(row["label"], f"{guid}: label")
    groups = {"label": label, "length": length_group(len(row["title"]), 10)}
    yield GoldExample(guid, label, guid, groups=groups, shown={"title": row["title"]})


METRIC = TaskMetric(
    name="ynat",
    title="Topic classification",
    headings={"macro_f1": "F1"},
    main_score="macro_f1",
    columns={"predictions": "label", "references": "label"},
    statistics=statistics,
    from_sums=from_sums,
    textbook=textbook,
    examples=examples,
    fields=(label_field(TOPICS),),
    from_records=PredictionsIn("label"),
    undefined={"macro_f1": "at least one label"},
    labels=TOPICS,
    unknown=UnknownLabels(TOPICS),
    missing=no_label,
    texts=label_texts,
)
