"""What the true labels are if some people err more than others: Dawid and Skene (1979).

The majority counts everybody alike. Dawid and Skene estimate for each person how often which label
is taken for which, and from that each item's label. The estimate stands beside gold and never
replaces it: KLUE's rules are majorities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from klue_common.errors import InputError
from klue_common.extras import package

from .adjudication import Adjudicated
from .task import AnnotationTask, Gold

ITERATIONS = 100


@dataclass(frozen=True)
class Difference:
    """An item whose estimated label is not gold.

    Attributes:
        guid: of the item.
        gold: its label by the task's rule; None where it is undecided.
        estimated: the most probable label. probability: how probable that is.
    """

    guid: str
    gold: str | None
    estimated: str
    probability: float


@dataclass(frozen=True)
class Estimates:
    """Estimated labels beside gold.

    Attributes:
        items: how many labels were estimated.
        differences: where they differ, least sure first.
    """

    items: int
    differences: tuple[Difference, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the estimates as JSON holds them."""
        return asdict(self)


def can_estimate(task: AnnotationTask) -> bool:
    """Return whether people label independently of each other, with labels that have no order."""
    alone = task.label is not None and not task.reviewed
    return alone and getattr(task.measures[0], "level", "nominal") == "nominal"


def estimate(task: AnnotationTask, items: Sequence[Adjudicated]) -> Estimates:
    """Estimate each item's label.

    Raises:
        InputError: people's answers to the task are no labels that they gave independently, or
            crowd-kit is not installed.
    """
    if task.label is None or not can_estimate(task):
        raise InputError(
            f"--dawid-skene: found {task.name}, expected a task whose people choose a label alone"
        )
    aggregation = package("crowdkit.aggregation", "annotate", "--dawid-skene")
    votes = [
        (item.item["guid"], vote.annotator, str(task.label(vote.answer)))
        for item in items
        for vote in item.votes
        if vote.answer is not None
    ]
    if not votes:
        return Estimates(0, ())
    import pandas as pd  # crowd-kit takes tables of it, and brings it

    table = pd.DataFrame(votes, columns=["task", "worker", "label"])
    probabilities = aggregation.DawidSkene(n_iter=ITERATIONS).fit(table).probas_
    gold = {item.item["guid"]: _label(task, item) for item in items}
    found = zip(probabilities.idxmax(axis=1).items(), probabilities.max(axis=1), strict=True)
    different = [
        Difference(guid, gold[guid], label, float(probability))
        for (guid, label), probability in found
        if gold[guid] != label
    ]
    different.sort(key=lambda one: (one.probability, one.guid))
    return Estimates(len(probabilities), tuple(different))


def _label(task: AnnotationTask, item: Adjudicated) -> str | None:
    if task.label is None or not isinstance(item.gold, Gold):
        return None
    return str(task.label(item.gold.answer))
