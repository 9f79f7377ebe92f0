"""Which examples cost most, and what is mistaken for what."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from .error_views import Confusion, View
from .gold import Gold
from .resampling import Statistics, official
from .task import TaskMetric


@dataclass(frozen=True)
class CostlyExample:
    """An example and how many points the main score would gain without it."""

    guid: str
    cost: float
    view: View


@dataclass(frozen=True)
class Analysis:
    """The costliest examples of a split, and the counts of its confusion table."""

    main_score: str
    examples: tuple[CostlyExample, ...]
    n_costly: int
    confusions: Mapping[Confusion, int]

    def names(self) -> tuple[list[str], list[str]]:
        """Return the row names (gold) and column names (predicted), the most frequent first."""
        totals: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        for confusion, count in self.confusions.items():
            totals[0][confusion.gold] += count
            totals[1][confusion.predicted] += count
        rows, columns = (sorted(t, key=partial(name_order, t)) for t in totals)
        # What is on both sides stands in the same order, so that the right ones are a diagonal.
        return rows, [n for n in rows if n in columns] + [n for n in columns if n not in rows]

    def count(self, gold: str, predicted: str) -> tuple[int, bool]:
        """Return how often `predicted` stood for `gold`, and whether that is right."""
        right = self.confusions.get(Confusion(gold, predicted, True), 0)
        return right or self.confusions.get(Confusion(gold, predicted, False), 0), right > 0

    def mistakes(self) -> list[tuple[Confusion, int]]:
        """Return what was wrong and how often, the most frequent first."""
        found = [(confusion, n) for confusion, n in self.confusions.items() if not confusion.right]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def as_dict(self) -> dict[str, Any]:
        """Return the analysis as plain data."""
        return {
            "main_score": self.main_score,
            "examples": [
                {
                    "guid": example.guid,
                    "cost": example.cost,
                    **{line.name: str(line) for line in example.view.lines},
                }
                for example in self.examples
            ],
            "confusions": [
                {**confusion._asdict(), "count": n} for confusion, n in self.confusions.items()
            ],
        }


def name_order(totals: Mapping[str, int], name: str) -> tuple[int, int, str]:
    """Return the sort key of a row or column: numbers by value, names by frequency."""
    return (0, int(name), "") if name.isdecimal() else (1, -totals[name], name)


def analyse(
    metric: TaskMetric,
    gold: Gold,
    records: Sequence[Mapping[str, Any]],
    n_examples: int = 20,
    unknown_label: str = "error",
) -> Analysis:
    """Return the analysis of records in the order of `gold`."""
    columns = {**gold.inputs, **metric.from_records(records)}
    predictions = columns.pop("predictions")
    checked = metric.check(predictions, gold.references, unknown_label, columns)
    statistics = metric.statistics(**checked, unknown_label=unknown_label)
    costs = costs_of(metric, statistics)
    order = costliest(costs, [metric.main_score, *metric.scores])
    main = costs[metric.main_score]
    confusions = Counter(
        confusion
        for reference, record in zip(gold.references, records, strict=True)
        for confusion in metric.confusions(reference, record)
    )
    return Analysis(
        metric.main_score,
        tuple(
            CostlyExample(
                gold.guids[at],
                float(main[at]),
                metric.view(gold.shown[at], gold.references[at], records[at]),
            )
            for at in order[:n_examples]
        ),
        len(order),
        confusions,
    )


def costs_of(metric: TaskMetric, statistics: Statistics) -> dict[str, np.ndarray]:
    """Return {score: points gained without each example}; 0 where a score is undefined then.

    Leaving one example out is one more weighting: all ones but one.
    """
    rows = statistics.per_example
    total = rows.sum(axis=0)
    with_all = official(metric.from_sums(total))
    without = official(metric.from_sums(total - rows))
    return {name: np.nan_to_num(without[name] - with_all[name]) for name in with_all}


def costliest(costs: Mapping[str, np.ndarray], names: Sequence[str]) -> list[int]:
    """Return the examples that cost anything, the costliest first.

    Args:
        costs: {score: [examples]}.
        names: the scores, the one that decides first; the others break ties.
    """
    keys = [np.round(costs[name], 9) for name in names if name in costs]
    order = np.lexsort([-key for key in reversed(keys)])
    return [int(at) for at in order if keys[0][at] > 0]
