"""Prompts as rows of a dataset, for tools that take a benchmark from the Hub by its `eval.yaml`.

A row is a question; a dialogue gives one a turn. Instruction and question are those of `klue lm`
without shots, in the first Korean wording.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from klue_datasets import read_rows
from klue_datasets.build_report import Extra
from klue_datasets.folder import PROMPTS
from klue_datasets.sources import DataDir
from klue_datasets.task import DatasetTask
from klue_metrics import METRICS

from .prompts import prompts_for
from .tasks import LMS

SPLIT, LANGUAGE = "validation", "ko"
LETTERS = 26


def prompts(
    data_dir: DataDir | None = None, sample: bool = False
) -> Callable[[DatasetTask], Extra | None]:
    """Return what makes a task's further configuration, `TASK_prompts`, for `klue_datasets.build`.

    Args:
        data_dir, sample: as for `klue_datasets.load`.
    """

    def of_task(task: DatasetTask) -> Extra | None:
        if task.name not in LMS or SPLIT not in task.files:
            return None
        table = pa.Table.from_pylist(prompt_rows(task.name, data_dir, sample))
        return Extra(task.name + PROMPTS, SPLIT, table)

    return of_task


def prompt_rows(
    name: str, data_dir: DataDir | None = None, sample: bool = False
) -> list[dict[str, Any]]:
    """Return a task's questions: guid, input, target, and where answers are labels choices, letter.

    `letter` is what inspect-ai calls the right choice.

    Args:
        name: the task's id.
        data_dir, sample: as for `klue_datasets.load`.

    Example:
        >>> row = prompt_rows("nli", sample=True)[0]
        >>> row["choices"], row["target"], row["letter"]
        (['함의', '중립', '모순'], '함의', 'A')
    """
    task = LMS[name]
    asked = prompts_for(task, language=LANGUAGE, data_dir=data_dir, sample=sample)
    labels = choices_of(name)
    found = []
    for row in read_rows(name, SPLIT, data_dir=data_dir, sample=sample, full=True):
        answers = task.answers(row, LANGUAGE)
        for question, answer in zip(task.questions(row, LANGUAGE), answers, strict=True):
            one: dict[str, Any] = {"guid": question.guid, "input": asked.prompt(question)}
            one["target"] = answer
            if labels:
                one |= {"choices": labels, "letter": letter(labels.index(answer))}
            found.append(one)
    return found


def choices_of(name: str) -> list[str]:
    """Return the labels that an answer is one of, as a model writes them; none if it is no label.

    >>> choices_of("nli"), choices_of("sts")
    (['함의', '중립', '모순'], [])
    """
    # sts has words for its numbers, whose mean a model's answer is.
    is_label = METRICS[name].labels is not None
    return list(LMS[name].wordings[LANGUAGE].labels.values()) if is_label else []


def letter(number: int) -> str:
    """Return inspect-ai's name of a choice: letters, then numbers from 1.

    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', '1')
    """
    return chr(ord("A") + number) if number < LETTERS else str(number - LETTERS + 1)
