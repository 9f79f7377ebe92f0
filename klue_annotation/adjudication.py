"""Gold from answers, and the raw files that it goes into."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from klue_common.errors import InputError
from klue_datasets.files import written_folder
from klue_datasets.tasks import TASKS

from .label_studio import Answered, read_exports
from .task import AnnotationTask, Gold, Item, Undecided, Vote


@dataclass(frozen=True)
class Adjudicated:
    """An item, people's answers, and what they amount to."""

    item: Item
    votes: tuple[Vote, ...]
    gold: Gold | Undecided

    @property
    def answers(self) -> list[Any]:
        """The answers that count, in their order."""
        return [vote.answer for vote in self.votes if vote.answer is not None]


@dataclass(frozen=True)
class Imported:
    """What an import wrote.

    Attributes:
        files: the files, by their names within the folder.
        items: all of them, with their gold.
    """

    files: tuple[str, ...]
    items: tuple[Adjudicated, ...]

    @property
    def undecided(self) -> list[tuple[str, Undecided]]:
        """The guids of items without gold, each with the reason."""
        return [
            (item.item["guid"], item.gold)
            for item in self.items
            if isinstance(item.gold, Undecided)
        ]

    def to_json(self) -> dict[str, Any]:
        """Return what was written as JSON holds it."""
        undecided = [{"guid": guid, **why._asdict()} for guid, why in self.undecided]
        return {"files": self.files, "items": len(self.items), "undecided": undecided}


def adjudicate(task: AnnotationTask, answered: Sequence[Answered]) -> list[Adjudicated]:
    """Decide what is right for each item, by the task's rule."""
    return [Adjudicated(one.item, one.votes, task.gold(one.item, one.votes)) for one in answered]


def import_exports(
    task: AnnotationTask, exports: Sequence[Path], out: Path, split: str = "train"
) -> Imported:
    """Write the gold of a project in KLUE's raw layout, and everybody's answers beside it.

    Items without gold are in the file of answers alone.

    Args:
        task: the task.
        exports: Label Studio's JSON; of several passes each pass, the first one first.
        out: the folder; other files in it stay.
        split: whose file it is.

    Raises:
        InputError: an export is wrong, or no item has gold.
        DataError: the folder cannot be written.
    """
    items = adjudicate(task, read_exports(task, exports))
    decided = [one for one in items if isinstance(one.gold, Gold)]
    if not decided:
        guid, why = Imported((), tuple(items)).undecided[0]
        first = f"item {guid}: found {why.found}, expected {why.expected}"
        raise InputError(f"{exports[0]}: found no item with gold, as {first}")
    rows = [task.raw(one.item, one.gold.answer, one.votes) for one in decided]  # type: ignore[union-attr]
    name = TASKS[task.name].files[split]
    votes = "".join(map(line_of, items))
    files = {**task.further(rows, out), votes_file(name): votes, name: task.write(rows)}
    with written_folder(out) as folder:
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8", newline="\n")
    return Imported(tuple(files), tuple(items))


def votes_file(name: str) -> str:
    """Return the name of the file of everybody's answers to the rows of a raw file.

    >>> votes_file("ynat-v1.1/ynat-v1.1_train.json")
    'ynat-v1.1/ynat-v1.1_train_votes.jsonl'
    """
    return f"{name.rpartition('.')[0]}_votes.jsonl"


def line_of(one: Adjudicated) -> str:
    """Return an item's line in that file, which says all that is known of it."""
    line = {
        "guid": one.item["guid"],
        "gold": one.gold.answer if isinstance(one.gold, Gold) else None,
        "undecided": one.gold._asdict() if isinstance(one.gold, Undecided) else None,
        "votes": [asdict(vote) for vote in one.votes],
        "item": dict(one.item),
    }
    return f"{json.dumps(line, ensure_ascii=False)}\n"
