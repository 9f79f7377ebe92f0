"""re, relation extraction: micro F1 without no_relation, and AUPRC.

Definitions: micro F1 pools the 29 relations: a predicted no_relation for a relation is one missed,
a relation for a gold no_relation is one too many, a wrong relation is both; 0 if nothing is
counted. AUPRC is the mean over all 30 classes, no_relation among them, of the area under the
one-against-the-rest precision-recall curve by the trapezoid rule; a class without a positive
example counts 0.5. Any score per class will do, as long as it orders the examples.

Under unknown_label="wrong" an invented relation is a wrong relation: one too many, and one missed
where there is one. So is no answer.

Prediction file: {"guid": "klue-re-v1_dev_00000", "label": "per:title", "probabilities": [30 numbers
in the order of RELATIONS]}; a file without any probabilities has no AUPRC.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .checks import is_finite_number, is_single
from .errors import MetricError, shown
from .f1_counts import count_block, micro_f1
from .gold import GoldExample, length_group, named_groups, row_guid
from .labels import LabelSet, UnknownLabels
from .precision_recall import macro_area
from .prediction_files import Field, label_field, no_label
from .resampling import Score, Statistics
from .task import TaskMetric
from .unicode_forms import label_texts

RELATIONS = LabelSet(
    (
        "no_relation",
        "org:dissolved",
        "org:founded",
        "org:place_of_headquarters",
        "org:alternate_names",
        "org:member_of",
        "org:members",
        "org:political/religious_affiliation",
        "org:product",
        "org:founded_by",
        "org:top_members/employees",
        "org:number_of_employees/members",
        "per:date_of_birth",
        "per:date_of_death",
        "per:place_of_birth",
        "per:place_of_death",
        "per:place_of_residence",
        "per:origin",
        "per:employee_of",
        "per:schools_attended",
        "per:alternate_names",
        "per:parents",
        "per:children",
        "per:siblings",
        "per:spouse",
        "per:other_family",
        "per:colleagues",
        "per:product",
        "per:religion",
        "per:title",
    )
)
NO_RELATION = RELATIONS.ids["no_relation"]


def statistics(
    predictions: Sequence[Any],
    references: Sequence[Any],
    unknown_label: str = "error",
    probabilities: Sequence[Any] | None = None,
) -> Statistics:
    """Return [right | predicted | gold] relations per example, float64 [examples, 3].

    With probabilities the statistics have the curve `auprc` too.
    """
    gold = RELATIONS.encode(references, "references")
    predicted = RELATIONS.encode(predictions, "predictions", unknown_label)
    counts = np.stack(
        [
            (predicted == gold) & (gold != NO_RELATION),
            predicted != NO_RELATION,
            gold != NO_RELATION,
        ],
        axis=1,
    ).astype(np.float64)
    if probabilities is None:
        return Statistics(counts)
    return Statistics(counts, {"auprc": macro_area(class_scores(probabilities), gold)})


def class_scores(probabilities: Sequence[Any]) -> np.ndarray:
    """Return the scores as float64 [examples, 30].

    Raises:
        MetricError: the first example without 30 finite numbers.
    """
    try:
        scores = np.asarray(probabilities)
        numbers = scores.dtype.kind in "fiu" and scores.shape[1:] == (len(RELATIONS),)
        if numbers and np.isfinite(scores).all():
            return scores.astype(np.float64)
    except ValueError:
        pass
    for number, row in enumerate(probabilities):
        if problem := probabilities_problem(row, None, "error"):
            raise MetricError(f"probabilities[{number}]: {problem}")
    return np.array([[float(value) for value in row] for row in probabilities])


def probabilities_problem(value: Any, _: Any, __: str) -> str | None:
    """Return what is wrong with the scores of one example."""
    expected = f"expected {len(RELATIONS)} finite numbers, one per relation"
    if not isinstance(value, list | tuple | np.ndarray) or is_single(value):
        return f"found {shown(value)}, {expected}"
    if len(value) != len(RELATIONS):
        return f"found {len(value)} values, {expected}"
    for number, score in enumerate(value):
        if not is_finite_number(score):
            return f"found {shown(score)} for {RELATIONS.names[number]}, {expected}"
    return None


def from_sums(sums: np.ndarray) -> dict[str, Score]:
    """Return the micro F1 of summed counts."""
    return {"micro_f1": micro_f1(sums)}


def textbook(
    predictions: Sequence[Any],
    references: Sequence[Any],
    unknown_label: str = "error",
    probabilities: Sequence[Any] | None = None,
) -> dict[str, float]:
    """Return the textbook scores.

    accuracy: micro F1 with no_relation counted as a class, as it is often reported by mistake.
    average_precision: the mean over the relations that occur of the stepwise sum of precision,
        which does not interpolate between points as the trapezoid rule does.
    """
    gold = RELATIONS.encode(references, "references")
    predicted = RELATIONS.encode(predictions, "predictions", unknown_label)
    right = count_block(predicted, gold, len(RELATIONS))[:, : len(RELATIONS)].sum()
    found = {"accuracy": float(100 * right / len(gold))}
    if probabilities is not None:
        scores = class_scores(probabilities)
        occurring = np.unique(gold)
        areas = [average_precision(scores[:, c], gold == c) for c in occurring]
        found["average_precision"] = float(100 * np.mean(areas))
    return found


def average_precision(scores: np.ndarray, positive: np.ndarray) -> float:
    """Return the sum over distinct scores of (gain in recall) x (precision there), 0-1."""
    order = np.argsort(-scores, kind="stable")
    descending = scores[order]
    last_of_point = np.append(descending[1:] != descending[:-1], True)
    true = np.cumsum(positive[order])[last_of_point]
    precision = true / (np.flatnonzero(last_of_point) + 1)
    return float((np.diff(true, prepend=0) * precision).sum() / true[-1])


def examples(row: Mapping[str, Any]) -> Iterator[GoldExample]:
    """Yield the one example of a dataset row."""
    guid = row_guid(row)
    label = RELATIONS.name(row["label"], f"{guid}: label")
    length = length_group(len(row["sentence"]), 50)
    groups = named_groups(source=row.get("source"), label=label, length=length)
    shown_parts = {
        "sentence": row["sentence"],
        "subject": row["subject_entity"]["word"],
        "object": row["object_entity"]["word"],
    }
    yield GoldExample(guid, label, guid, groups=groups, shown=shown_parts)


def from_records(records: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the columns of records; without the probabilities if one lacks them."""
    columns = {"predictions": [r["label"] for r in records]}
    if records and all("probabilities" in r for r in records):
        columns["probabilities"] = [r["probabilities"] for r in records]
    return columns


METRIC = TaskMetric(
    name="re",
    title="Relation extraction",
    headings={"micro_f1": "F1", "auprc": "AUPRC"},
    main_score="micro_f1",
    columns={"predictions": "label", "references": "label", "probabilities": ["float64"]},
    statistics=statistics,
    from_sums=from_sums,
    textbook=textbook,
    examples=examples,
    fields=(
        label_field(RELATIONS),
        Field(
            "probabilities",
            "30 numbers in the order of the relations",
            probabilities_problem,
            required=False,
        ),
    ),
    from_records=from_records,
    labels=RELATIONS,
    unknown=UnknownLabels(RELATIONS),
    missing=no_label,
    texts=label_texts,
)
