"""The overview as one view shows it: the models of each kind with ranks, in an order.

KLUE defines no score over all tasks, and none is made up here. The mean rank of a model is the mean
over its tasks of its rank in the task: 1 + the number of models with a higher main score, among the
models of the same kind that pass the filters and were scored on the same examples; to look for a
name changes no rank. A model that has fewer tasks stands behind those that have more. The average,
which is shown only if it is asked for, is the mean of the tasks' main scores, for models that have
them all.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from statistics import fmean
from typing import Any

from klue_metrics import METRICS

from .filters import REVERSE, Filters
from .leaderboard import is_gold
from .overview import KINDS, Column, ModelRow


@dataclass(frozen=True)
class Standing:
    """A model among the others of its kind that are shown.

    Attributes:
        row: the model.
        ranks: task -> its rank by the main score.
        best: the scores in which none is better.
        mean_rank: over its tasks, None if it has no rank.
        average: over all tasks, None if it lacks one.
    """

    row: ModelRow
    ranks: Mapping[str, int]
    best: frozenset[Column]
    mean_rank: float | None
    average: float | None


@dataclass(frozen=True)
class Group:
    """The models of one kind in the order of a view."""

    kind: str
    standings: tuple[Standing, ...]


def standings(rows: Iterable[ModelRow], view: Filters) -> tuple[Group, ...]:
    """Return the groups of a view that have a model, in the order of `KINDS`."""
    compared = [row for row in rows if view.matches(row)]
    groups = {kind: ranked(row for row in compared if row.kind == kind) for kind in KINDS}
    shown = {kind: [one for one in group if view.finds(one.row)] for kind, group in groups.items()}
    return tuple(Group(kind, in_order(group, view.sort)) for kind, group in shown.items() if group)


def ranked(rows: Iterable[ModelRow]) -> list[Standing]:
    """Return the standings of models of one kind among each other."""
    rows = list(rows)
    values = values_of(rows)
    return [standing(row, values) for row in rows]


def values_of(rows: Iterable[ModelRow]) -> dict[tuple[Column, str], list[float]]:
    """Return (column, digest of the references) -> the scores that rank, ascending.

    Predictions that are the references themselves are no model's and rank nowhere.
    """
    found: dict[tuple[Column, str], list[float]] = {}
    for row in rows:
        for column, value in row.values.items():
            if not is_gold(row.tasks[column[0]]):
                found.setdefault((column, references(row, column[0])), []).append(value)
    for values in found.values():
        values.sort()
    return found


def references(row: ModelRow, task: str) -> str:
    """Return the digest of what a model's scores of a task were made on."""
    entry = row.tasks[task].entry
    return entry.data if entry else ""


def standing(row: ModelRow, values: Mapping[tuple[Column, str], list[float]]) -> Standing:
    """Return where a model stands among the scores of all."""
    above = {
        column: len(others) - bisect_right(others, value)
        for column, value in row.values.items()
        if not is_gold(row.tasks[column[0]])
        for others in [values[column, references(row, column[0])]]
    }
    ranks = {
        task: 1 + above[task, metric.main_score]
        for task, metric in METRICS.items()
        if (task, metric.main_score) in above
    }
    mains = [row.main(task) for task in METRICS]
    known = [value for value in mains if value is not None]
    return Standing(
        row,
        ranks,
        frozenset(column for column, better in above.items() if not better),
        fmean(ranks.values()) if ranks else None,
        fmean(known) if len(known) == len(mains) else None,
    )


def in_order(found: Iterable[Standing], sort: str) -> tuple[Standing, ...]:
    """Return standings in an order; those that lack what it asks for stand last, as they came."""
    order = sort.removeprefix(REVERSE)
    found, key = list(found), key_of(order)
    having = [one for one in found if key(one) is not None]
    # Numbers with the highest first, but for ranks; texts from A to Z.
    descending = order not in ASCENDING
    having.sort(key=key, reverse=descending != sort.startswith(REVERSE))
    return (*having, *(one for one in found if key(one) is None))


def key_of(order: str) -> Callable[[Standing], Any]:
    """Return what an order sorts by, which is None where a model lacks it."""
    return KEYS[order] if order in KEYS else partial(score, order)


def by_rank(one: Standing) -> tuple[int, float] | None:
    """Return what the mean rank is sorted by: models with more tasks first."""
    return None if one.mean_rank is None else (-len(one.ranks), one.mean_rank)


def score(order: str, one: Standing) -> float | None:
    """Return the score that is sorted by."""
    task, _, name = order.partition(".")
    return one.row.values.get((task, name))


KEYS: Mapping[str, Callable[[Standing], Any]] = {
    "rank": by_rank,
    "tasks": lambda one: len(one.row.tasks),
    "average": lambda one: one.average,
    "model": lambda one: one.row.model.casefold(),
    "parameters": lambda one: one.row.parameters,
    "date": lambda one: one.row.last or None,
}
ASCENDING = ("rank", "model")
