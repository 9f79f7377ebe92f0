"""How often a board shows a difference between systems of which none is better, by simulation.

    python -m speed.boards                  # some minutes
    python -m speed.boards --trials 100     # sooner and rougher
    python -m speed.boards --json           # for a program

Each board has systems that are equally good: each of an example's answers is right or wrong by the
same chances, the hard examples for all of them together. `klue_metrics.ties` tests all pairs; what
is counted is how many boards tell any two apart, which by its promise is 5 % at most. Beside it:
how many would without the correction for the number of pairs, and how often one system that is
better by the smallest difference that a pair is said to show is told apart from another.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from klue_metrics import METRICS, Gold
from klue_metrics.ties import Ties, ties

LEVEL = 0.05
RIGHT = 0.7  # of the answers of a system
TASKS = {"nli": 3000, "ynat": 9107}
# The rest: a score of few examples in many classes, far from normal.
SMALL = {"nli": 200, "ynat": 200}


@dataclass(frozen=True)
class Board:
    """What came of the boards of a kind, in percent of them.

    false: any two systems were told apart. uncorrected: any two would have been, each pair by
    itself. found: of pairs that differ by the smallest difference, those that were told apart.
    """

    task: str
    examples: int
    systems: int
    trials: int
    false: float
    uncorrected: float
    found: float


def names_of(task: str) -> tuple[str, ...]:
    """Return the labels of a task whose answers are labels."""
    labels = METRICS[task].labels
    assert labels is not None
    return tuple(labels.names)


def gold_of(task: str, n: int, rng: np.random.Generator) -> Gold:
    """Return made-up references of a task whose answers are labels; the first ones are frequent."""
    shares = np.arange(len(names_of(task)), 0, -1.0)
    drawn = rng.choice(len(shares), n, p=shares / shares.sum())
    empty = dict.fromkeys(("title", "url", "date", "premise", "hypothesis", "source"), "")
    return METRICS[task].gold(
        [{**empty, "guid": str(i), "label": int(y)} for i, y in enumerate(drawn)]
    )


def records_of(
    gold: Gold, names: tuple[str, ...], hard: np.ndarray, right: float, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Return a system's answers, right as often as is said, and less often where it is hard."""
    chance = np.clip(right + 0.1 * hard, 0, 1)
    is_right = rng.random(len(hard)) < chance
    wrong = rng.choice(names, len(hard))
    return [
        {"guid": guid, "label": reference if sure else str(other)}
        for guid, reference, sure, other in zip(
            gold.guids, gold.references, is_right, wrong, strict=True
        )
    ]


def board_of(task: str, n: int, systems: int, resamples: int, seed: int, gain: float = 0) -> Ties:
    """Return the order of systems that are equally good, but for a gain of the first of them."""
    rng = np.random.default_rng(seed)
    gold, names = gold_of(task, n, rng), names_of(task)
    hard = rng.choice((-1.0, 1.0), n)
    of = {
        str(at): records_of(gold, names, hard, RIGHT + gain * (at == 0), rng)
        for at in range(systems)
    }
    (found,) = ties(METRICS[task], gold, of, 1 - LEVEL, resamples, seed).values()
    return found


def pairwise(board: Ties) -> float:
    """Return the smallest p-value of a board before Holm multiplied it by the number of pairs."""
    n = len(board.systems)
    return float(board.p.min()) / (n * (n - 1) / 2)


def simulate(task: str, n: int, systems: int, trials: int, resamples: int) -> Board:
    """Make boards and count."""
    boards = [board_of(task, n, systems, resamples, seed) for seed in range(trials)]
    gain = float(np.median([one.smallest for one in boards])) / 100
    # A wrong answer is drawn from all labels, so that a third or a seventh of them is right.
    gain /= 1 - 1 / len(names_of(task))
    two = [board_of(task, n, 2, resamples, seed, gain) for seed in range(trials)]
    return Board(
        task,
        n,
        systems,
        trials,
        100 * float(np.mean([one.told_apart.any() for one in boards])),
        100 * float(np.mean([pairwise(one) < LEVEL for one in boards])),
        100 * float(np.mean([one.told_apart.any() for one in two])),
    )


def main() -> None:
    """Simulate all kinds of boards and print what came of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trials", type=int, default=400)
    parser.add_argument("--systems", type=int, default=6)
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = []
    for task, n in [*SMALL.items(), *TASKS.items()]:
        found.append(simulate(task, n, given.systems, given.trials, given.resamples))
        one = found[-1]
        print(
            f"{task:5} {n:5} examples, {one.systems} systems: a difference on {one.false:.1f} % of "
            f"{one.trials} boards ({one.uncorrected:.1f} % without the correction); the smallest "
            f"one is found in {one.found:.1f} %",
            file=sys.stderr if given.json else sys.stdout,
            flush=True,
        )
    if given.json:
        print(json.dumps([asdict(one) for one in found]))


if __name__ == "__main__":
    main()
