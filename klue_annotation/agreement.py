"""How far people agree: over all items, by person, by source and label, and item by item."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from statistics import median
from typing import Any

import numpy as np

from klue_metrics.resampling import bootstrap_weights, percentile_interval, weigher

from .adjudication import Adjudicated
from .measures import EntryMeasure, UnitMeasure
from .task import AnnotationTask, Gold, Vote

RESAMPLES, SEED, CONFIDENCE = 1000, 0, 0.95
Pairs = np.ndarray  # [items, 2]: what pairs of answers to an item have alike, out of how much


@dataclass(frozen=True)
class Share:
    """A share in percent with its interval over resampled items; None where there is nothing."""

    percent: float | None
    interval: list[float] | None


@dataclass(frozen=True)
class Agreement:
    """What one measure says of some items.

    Attributes:
        measure: its name.
        items: items with two answers or more.
        pairwise: how far two people agree.
        alpha: Krippendorff's alpha; None where the measure has none, all answers are alike, or the
            items were chosen by their label.
    """

    measure: str
    items: int
    pairwise: Share
    alpha: float | None


@dataclass(frozen=True)
class OfGroup:
    """The main measure on the items of one source or with one label.

    Attributes:
        kind, name: "source" or "label", and which.
        items: all of them.
        undecided: those without gold; a label is of gold, so there are none.
    """

    kind: str
    name: str
    items: int
    undecided: int
    agreement: Agreement


@dataclass(frozen=True)
class OfAnnotator:
    """One person against the rest, by the main measure.

    Attributes:
        annotator: the person.
        answers: how many that count.
        refused: how many that do not.
        seconds: the median that an answer took; None where nobody measured.
        with_rest: how far the person agrees with each other one.
        with_gold: with what was decided, the person's own answer included in that decision.
    """

    annotator: str
    answers: int
    refused: int
    seconds: float | None
    with_rest: Share
    with_gold: Share


@dataclass(frozen=True)
class Report:
    """All there is to say of how far people agree.

    Attributes:
        items, undecided: how many there are, and how many of them have no gold.
        before: the measures over all items. after: over those that have gold.
        groups: by source and label.
        annotators: one a person.
        below: guids of the items on which people agree less than was asked for, with how far.
    """

    task: str
    items: int
    undecided: int
    before: tuple[Agreement, ...]
    after: tuple[Agreement, ...]
    groups: tuple[OfGroup, ...]
    annotators: tuple[OfAnnotator, ...]
    below: tuple[tuple[str, float], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON holds it."""
        return asdict(self)


Measure = UnitMeasure | EntryMeasure


def report_on(task: AnnotationTask, items: Sequence[Adjudicated], below: float) -> Report:
    """Measure how far people agree.

    Args:
        task: the task.
        items: the items with their answers.
        below: list the items on which two people agree in less than this many percent.
    """
    decided = [item for item in items if isinstance(item.gold, Gold)]
    main = task.measures[0]
    return Report(
        task=task.name,
        items=len(items),
        undecided=len(items) - len(decided),
        before=tuple(agreement_on(items, measure) for measure in task.measures),
        after=tuple(agreement_on(decided, measure) for measure in task.measures),
        groups=(*by_source(items, main), *by_label(task, decided, main)),
        annotators=by_annotator(items, main),
        below=tuple(items_below(items, main, below)),
    )


def agreement_on(items: Sequence[Adjudicated], measure: Measure) -> Agreement:
    """Measure how far people agree on some items."""
    several = [item for item in items if len(item.answers) > 1]
    alpha = measure.alpha((item.item, item.answers) for item in several)
    return Agreement(
        measure.name,
        len(several),
        share(pairs_of(several, measure)),
        None if math.isnan(alpha) else alpha,
    )


def pairs_of(
    items: Iterable[Adjudicated],
    measure: Measure,
    wanted: Callable[[Vote, Vote], bool] = lambda one, other: True,
) -> Pairs:
    """Count what each two people's answers have alike.

    Args:
        items: the items.
        measure: what is alike.
        wanted: which pairs count.

    Returns:
        What is alike and out of how much, int64 [items, 2].
    """
    sums = []
    for item in items:
        counted = [vote for vote in item.votes if vote.answer is not None]
        each = (
            measure.pair(item.item, one.answer, other.answer)
            for one, other in combinations(counted, 2)
            if wanted(one, other)
        )
        sums.append(np.sum([(0, 0), *each], axis=0))
    return np.array(sums, np.int64).reshape(-1, 2)


def share(pairs: Pairs) -> Share:
    """Return what is alike in percent of all there is, with an interval over resampled items.

    Example:
        >>> share(np.array([[1, 2], [2, 2]])).percent
        75.0
    """
    alike, of = pairs.sum(axis=0)
    if not of:
        return Share(None, None)
    sums_of = weigher(pairs.astype(np.float64))
    drawn = bootstrap_weights(len(pairs), RESAMPLES, SEED)
    sums = np.concatenate([sums_of(weights) for weights in drawn])
    percent = 100 * sums[:, 0] / np.where(sums[:, 1], sums[:, 1], np.nan)
    return Share(float(100 * alike / of), percentile_interval(percent, CONFIDENCE))


def by_source(items: Sequence[Adjudicated], measure: Measure) -> list[OfGroup]:
    """Measure the items of each source, in the order in which they come."""
    sources: dict[str, list[Adjudicated]] = {}
    for item in items:
        if (source := item.item.get("source")) is not None:
            sources.setdefault(source, []).append(item)
    return [_of_group("source", name, group, measure) for name, group in sources.items()]


def by_label(
    task: AnnotationTask, decided: Sequence[Adjudicated], measure: Measure
) -> list[OfGroup]:
    """Measure the items of each gold label, most frequent first.

    There is no alpha: answers to items of one label are nearly all that label, and chance explains
    them (0.03 to 0.06 on KLUE's NLI, whose alpha is 0.84).
    """
    if task.label is None:
        return []
    labels: dict[str, list[Adjudicated]] = {}
    for item in decided:
        if isinstance(item.gold, Gold):
            labels.setdefault(str(task.label(item.gold.answer)), []).append(item)
    in_order = sorted(labels.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    found = (_of_group("label", name, group, measure) for name, group in in_order)
    return [replace(one, agreement=replace(one.agreement, alpha=None)) for one in found]


def _of_group(kind: str, name: str, group: Sequence[Adjudicated], measure: Measure) -> OfGroup:
    undecided = sum(not isinstance(item.gold, Gold) for item in group)
    return OfGroup(kind, name, len(group), undecided, agreement_on(group, measure))


def by_annotator(items: Sequence[Adjudicated], measure: Measure) -> tuple[OfAnnotator, ...]:
    """Measure each person against the rest."""
    people = sorted({vote.annotator for item in items for vote in item.votes})
    return tuple(_of_annotator(person, items, measure) for person in people)


def _of_annotator(person: str, items: Sequence[Adjudicated], measure: Measure) -> OfAnnotator:
    own = [(item, vote) for item in items for vote in item.votes if vote.annotator == person]
    counted = [(item, vote) for item, vote in own if vote.answer is not None]
    rest = pairs_of(
        (item for item, _ in counted),
        measure,
        lambda one, other: person in (one.annotator, other.annotator),
    )
    gold = [
        measure.pair(item.item, vote.answer, item.gold.answer)
        for item, vote in counted
        if isinstance(item.gold, Gold)
    ]
    seconds = [vote.seconds for _, vote in own if vote.seconds is not None]
    return OfAnnotator(
        annotator=person,
        answers=len(counted),
        refused=len(own) - len(counted),
        seconds=median(seconds) if seconds else None,
        with_rest=share(rest),
        with_gold=share(np.array(gold, np.int64).reshape(-1, 2)),
    )


def items_below(
    items: Sequence[Adjudicated], measure: Measure, below: float
) -> list[tuple[str, float]]:
    """List the items on which two people agree in less than so many percent, the least first."""
    found = []
    for item, (alike, of) in zip(items, pairs_of(items, measure).tolist(), strict=True):
        if of and 100 * alike / of < below:
            found.append((str(item.item["guid"]), 100 * alike / of))
    return sorted(found, key=lambda pair: pair[1])
