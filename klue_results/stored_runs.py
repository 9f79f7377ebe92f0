"""Runs whose answers are at hand, and what these say about the order of the models.

A run is `result.json` beside `predictions.jsonl`, as `klue train` and `klue bench` leave them, or
`NAME.result.json` beside `NAME.jsonl`, as `klue lm` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from klue_common.errors import InputError
from klue_metrics import METRICS
from klue_metrics.gold import Gold
from klue_metrics.task import TaskMetric
from klue_metrics.ties import Ties, ties

from .results import PREDICTIONS, RESULT, Result, fingerprint, seeds_of
from .tables import differences


@dataclass(frozen=True)
class StoredRun:
    """A result and the file of the answers that it was made from."""

    result: Result
    predictions: Path


@dataclass(frozen=True)
class Board:
    """Systems that answered the same examples.

    Attributes:
        task, split, sample: what they answered.
        systems: by what a table calls them, the runs that differ in nothing but the seed, as many
            of each.
        left_out: how many further seeds some of them have.
    """

    task: str
    split: str
    sample: bool
    systems: Mapping[str, Sequence[StoredRun]]
    left_out: int

    @property
    def seeds(self) -> int:
        """Return how many seeds of each system are compared."""
        return min(map(len, self.systems.values()))


def stored_runs(folder: Path) -> list[StoredRun]:
    """Return the runs below a folder, by path.

    Raises:
        InputError: there is no such folder, no run in it, or a broken result.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of runs")
    found = [
        StoredRun(Result.read(path), predictions)
        for path in sorted(folder.rglob(f"*{RESULT}"))
        if (predictions := answers_beside(path)).is_file()
    ]
    if not found:
        raise InputError(
            f"{folder}: found no {RESULT} beside its {PREDICTIONS}, expected the folders of runs, "
            "where klue bench and klue lm bench have their --output"
        )
    return found


def answers_beside(path: Path) -> Path:
    """Return where the answers lie that a result was made from.

    >>> answers_beside(Path("a/result.json")), answers_beside(Path("a/b.result.json"))
    (PosixPath('a/predictions.jsonl'), PosixPath('a/b.jsonl'))
    """
    name = path.name.removesuffix(RESULT)
    return path.with_name(f"{name}jsonl" if name else PREDICTIONS)


def boards(runs: Sequence[StoredRun]) -> Iterator[Board]:
    """Yield the boards of some runs: those of two systems and more, in KLUE's order of tasks.

    Who answered a whole split is on the boards of its parts too.
    """
    for task in METRICS:
        own = [run for run in runs if run.result.task == task]
        for split, sample in dict.fromkeys((run.result.split, run.result.sample) for run in own):
            covering = (split, split.partition("[")[0])
            there = [r for r in own if r.result.split in covering and r.result.sample == sample]
            systems = named(grouped(there))
            if len(systems) > 1:
                least = min(map(len, systems.values()))
                yield Board(
                    task,
                    split,
                    sample,
                    {name: of[:least] for name, of in systems.items()},
                    max(map(len, systems.values())) - least,
                )


def grouped(runs: Sequence[StoredRun]) -> list[list[StoredRun]]:
    """Return runs in groups that differ in their seed alone, the seeds in order."""
    by_result = {id(run.result): run for run in runs}
    groups = []
    for results in seeds_of(run.result for run in runs):
        once = {result.seed: by_result[id(result)] for result in results}
        groups.append([once[seed] for seed in sorted(once)])
    return groups


def named(groups: Sequence[Sequence[StoredRun]]) -> dict[str, Sequence[StoredRun]]:
    """Return groups by their model's name, with what tells those of one model apart."""
    firsts = [group[0].result for group in groups]
    found: dict[str, Sequence[StoredRun]] = {}
    for first, group in zip(firsts, groups, strict=True):
        told = [f"{name} {value}" for name, value in differences(first, firsts).items()]
        name = f"{first.model} ({', '.join(told)})" if told else first.model
        found[f"{first.model} ({fingerprint(first)})" if name in found else name] = group
    return found


def order_of(
    board: Board,
    gold_of: Callable[[str], Gold],
    confidence: float = 0.95,
    n_resamples: int = 1000,
) -> dict[str, Ties]:
    """Return what is known about the order of a board's systems, by score.

    The answers of all seeds of a system are scored together, and a unit of the test data is
    swapped with all of them: the p-values say whether the difference holds for other test data.

    Args:
        board: the systems.
        gold_of: split -> its references.
        confidence, n_resamples: as in `ties`.

    Raises:
        MetricError: a file of answers is broken, or of other examples.
    """
    metric, gold = METRICS[board.task], gold_of(board.split)
    whole = board.split.partition("[")[0]
    rest = frozenset(gold_of(whole).guids) if whole != board.split else frozenset()
    answers = {name: pooled(metric, gold, rest, runs) for name, runs in board.systems.items()}
    everything = gold.part([*range(len(gold))] * board.seeds)
    return ties(metric, everything, answers, confidence, n_resamples, unknown_label="wrong")


def pooled(
    metric: TaskMetric, gold: Gold, rest: frozenset[str], runs: Sequence[StoredRun]
) -> list[Mapping[str, Any]]:
    """Return the records of some runs, one run behind the other."""
    return [
        record
        for run in runs
        for record in metric.read_predictions(run.predictions, gold, "wrong", rest)
    ]
