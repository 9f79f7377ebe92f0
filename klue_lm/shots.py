"""The worked examples in a prompt: fixed by a seed, from train, the same for every question."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from klue_common.errors import InputError
from klue_datasets import DataError, read_rows
from klue_datasets.sources import DataDir

from .task import LMTask, Row

POOL = 400  # rows that one shot is chosen among


@dataclass(frozen=True)
class Shot:
    """A worked example: the question's guid, its text, and the gold answer as it is written."""

    guid: str
    question: str
    answer: str


def train_rows(task: str, data_dir: DataDir | None, sample: bool) -> tuple[list[Row], bool]:
    """Return the rows that shots come from, and whether they are those of the bundled sample.

    Where the train file is missing, the sample's train rows stand in for it.

    Raises:
        DataError: the train file is broken.
    """
    if not sample:
        try:
            return list(read_rows(task, "train", data_dir=data_dir, full=True)), False
        except DataError as error:
            if "no such file" not in str(error) and "cannot be reached" not in str(error):
                raise
    return list(read_rows(task, "train", sample=True, full=True)), True


def choose(
    task: LMTask, rows: Sequence[Row], count: int, seed: int, language: str
) -> tuple[Shot, ...]:
    """Return shots that show as many kinds of answers as possible.

    Each is, of some hundred rows in the seed's order, the one that shows most that no earlier one
    has shown, if possible of their shorter half, as every question pays for the length. The shots
    of a smaller count are the first of those of a larger one.

    Args:
        task: the task's record.
        rows: those of train, with gold answers.
        count: how many.
        seed: of the order.
        language: of the prompt.

    Raises:
        InputError: there are fewer rows.
    """
    if count > len(rows):
        raise InputError(f"shots: found {count}, expected at most {len(rows)}, the rows of train")
    order = list(range(len(rows)))
    generator = random.Random(f"{task.name} {seed}")
    generator.shuffle(order)
    pool = order[: max(POOL, 2 * count)]
    long = set(longer_half(rows, pool))
    shown: Counter[Any] = Counter()
    shots = []
    for _ in range(count):
        at = min(pool, key=lambda at: (*novelty(task, rows[at], shown), at in long))
        pool.remove(at)
        row = rows[at]
        shown.update(set(task.kinds(row)))
        questions = task.questions(row, language)
        turn = generator.randrange(len(questions))
        question, answer = questions[turn], task.answers(row, language)[turn]
        shots.append(Shot(question.guid, question.text, answer))
    return tuple(shots)


def longer_half(rows: Sequence[Row], order: Sequence[int]) -> list[int]:
    """Return the longer half of some rows."""
    return sorted(order, key=lambda at: len(str(rows[at])))[(len(order) + 1) // 2 :]


def novelty(task: LMTask, row: Row, shown: Counter[Any]) -> tuple[int, float]:
    """Return how little a row adds to what was shown: first the new kinds, then the rare ones.

    More than two new kinds at once count as two: a row of everything is a long one.
    """
    kinds = set(task.kinds(row)) or {None}
    new = min(sum(kind not in shown for kind in kinds), 2)
    return -new, sum(shown[kind] for kind in kinds) / len(kinds)
