"""A file of a person's own texts, as examples of a task."""

from __future__ import annotations

from pathlib import Path

from datasets import Dataset

from klue_common.errors import InputError
from klue_common.own_files import read_text

from ..task import BaselineTask


def examples_of(task: BaselineTask, path: Path) -> Dataset:
    """Return the lines of a text file as examples; empty lines are left out.

    An example's guid is the number of its line, from 1.

    Args:
        task: one whose example is a single text.
        path: a text file in UTF-8.

    Raises:
        InputError: the task's examples are more than a text, the file cannot be read or holds no
            text, or a line is no example.
    """
    if not takes_a_text(task):
        raise InputError(
            f"text: found {path} for {task.name}, expected a split: an example is more than a text"
        )
    content = read_text(path, "a text a line, in UTF-8").removeprefix("\ufeff")
    rows = []
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            rows.append(task.row(line) | {"guid": str(number)})
        except InputError as error:
            raise InputError(f"{path}:{number}: {error}") from None
    if not rows:
        raise InputError(f"{path}: found no text, expected a text a line")
    return Dataset.from_list(rows)


def takes_a_text(task: BaselineTask) -> bool:
    """Return whether an example is made of one text and needs nothing else.

    >>> from klue_baselines.tasks import BASELINES
    >>> [name for name, task in BASELINES.items() if takes_a_text(task)]
    ['ynat', 'ner', 'dp']
    """
    alone = any(len(names) == 1 for names in task.fields)
    return alone and not task.is_one([""])  # one part of a dialogue is a list of texts
