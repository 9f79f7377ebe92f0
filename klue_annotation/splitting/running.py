"""One division: a folder of raw files to a folder of train, validation, and their card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from klue_common.errors import InputError
from klue_common.own_files import is_folder, json_text
from klue_common.progress import note
from klue_datasets.errors import DataError
from klue_datasets.files import written_folder
from klue_datasets.notes import Notes
from klue_datasets.own_dataset import CARD, RECORD, may_be_licence, may_be_name
from klue_datasets.sources import of_tasks
from klue_datasets.splits import read_split
from klue_datasets.task import DatasetTask

from ..adjudication import line_of, votes_file
from ..task import Gold
from .balance import divide
from .card import card
from .material import Material, read_material, texts_of
from .report import Side, TaskSplit
from .units import overlap, units_of

TRAIN, VALIDATION = "train", "validation"


@dataclass(frozen=True)
class Splitting:
    """Everything that decides a division.

    Attributes:
        folder: in KLUE's raw layout.
        share: of the rows, for validation.
        seed: which of several units that can stand for each other go there.
        name: of the dataset.
        licence: the Hub's name of its licence; None where none is known yet.
        tasks: which ones; None for all that there are files for.
        screened: what `klue annotate screen` wrote of the texts, for the card; None for nothing.
    """

    folder: Path
    share: float
    seed: int
    name: str
    licence: str | None = None
    tasks: tuple[str, ...] | None = None
    screened: Path | None = None

    def check(self) -> None:
        """Let settings pass that a division can have.

        Raises:
            InputError: one of them is none.
        """
        if not 0 < self.share < 1:
            raise InputError(f"--validation: found {self.share}, expected a share between 0 and 1")
        if not may_be_name(self.name):
            expected = "a name of the dataset's own: letters, digits, -, _ and ."
            raise InputError(f"--name: found {self.name!r:.80}, expected {expected}")
        if self.licence is not None and not may_be_licence(self.licence):
            expected = "the Hub's name of one, like cc-by-4.0"
            raise InputError(f"--license: found {self.licence!r:.80}, expected {expected}")


def split_folder(wanted: Splitting, out: Path) -> list[TaskSplit]:
    """Write both splits of each task, with everybody's answers, a record and a card.

    Raises:
        InputError: a setting is wrong, or the folder holds what cannot be divided; nothing is
            written.
        DataError: a raw file is broken, or `out` cannot be written.
    """
    wanted.check()
    if out.is_dir() and any(out.iterdir()):
        raise InputError(f"--out: found files in {out}, expected an empty folder, or none yet")
    screening = counts_of_screened(wanted.screened)
    materials = list(materials_of(wanted))
    sides = [validation_side(one, wanted) for one in materials]
    with written_folder(out) as made:
        splits = []
        for material, (units, chosen) in zip(materials, sides, strict=True):
            write_sides(made, wanted.folder, material, chosen)
            splits.append(measured(made, material, units, chosen))
        record = {
            "name": wanted.name,
            "license": wanted.licence,
            "validation": wanted.share,
            "seed": wanted.seed,
            "screening": screening,
            "tasks": {one.task: one.to_json() for one in splits},
        }
        (made / RECORD).write_text(json_text(record), encoding="utf-8")
        text = card(record, list(zip(materials, splits, strict=True)))
        (made / CARD).write_text(text, encoding="utf-8")
    return splits


def materials_of(wanted: Splitting) -> Iterable[Material]:
    """Yield what the folder holds of each task.

    Raises:
        InputError: there is nothing.
    """
    folder = wanted.folder
    expected = "what `klue annotate import` wrote, like ynat-v1.1/ynat-v1.1_train.json"
    if not is_folder(folder):
        raise InputError(f"{folder}: no such folder, expected {expected}")
    try:
        found = list(of_tasks(wanted.tasks, [folder]))
    except DataError:
        if wanted.tasks is not None:  # it names the file
            raise
        raise InputError(f"{folder}: found no file of a task, expected {expected}") from None
    for task, source in found:
        material = read_material(task, source)
        for line in material.remarks:
            note(line)
        yield material


def counts_of_screened(path: Path | None) -> dict[str, Any] | None:
    """Return how many rows of a screened file were kept, and the reasons against rows."""
    if path is None:
        return None
    from ..screening.report import counts_of  # which has a classifier at hand, and so torch

    return counts_of(str(path))


def validation_side(
    material: Material, wanted: Splitting
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the unit of each row, and which rows go to validation.

    Raises:
        InputError: all rows are one unit.
    """
    units = units_of(material.texts, material.together)
    kinds = [kind for kind in (material.labels, material.sources) if kind is not None]
    try:
        return units, divide(units, kinds, wanted.share, wanted.seed)
    except InputError as error:
        raise InputError(f"{material.path}: {error}") from None


def write_sides(
    made: Path, folder: Path, material: Material, chosen: npt.NDArray[np.bool_]
) -> None:
    """Write a task's two raw files, the answers beside them, and its further files as they are.

    Answers to items without gold, which are in neither file, stay with those to train.
    """
    validation = {guid for guid, there in zip(material.guids, chosen, strict=True) if there}
    files: dict[str, bytes] = {}
    for split, name in material.data.files.items():
        rows = [row for row in material.rows if (row["guid"] in validation) == (split != TRAIN)]
        files[name] = material.task.write(rows).encode()
        if material.votes is not None:
            there = {row["guid"] for row in rows}
            lines = (
                line_of(one)
                for one in material.votes
                if one.item["guid"] in there or (split == TRAIN and not isinstance(one.gold, Gold))
            )
            files[votes_file(name)] = "".join(lines).encode()
    for name in material.data.other_files:
        if (folder / name).is_file():
            files[name] = (folder / name).read_bytes()
    for name, content in files.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_bytes(content)


def measured(
    made: Path,
    material: Material,
    units: npt.NDArray[np.int64],
    chosen: npt.NDArray[np.bool_],
) -> TaskSplit:
    """Return what the written files of a task hold; their texts are read again and compared."""
    train, validation = (
        texts_of(material.data, written_rows(made, material.data, split))
        for split in (TRAIN, VALIDATION)
    )
    return TaskSplit(
        task=material.task.name,
        train=side(material, units, ~chosen),
        validation=side(material, units, chosen),
        overlap=overlap(train, validation),
        remarks=tuple(material.remarks),
    )


def written_rows(made: Path, task: DatasetTask, split: str) -> pa.Table:
    """Return the rows of a file that was just written."""
    path = made / task.files[split]
    tables = read_split(task, split, path, full=True, errata=False, notes=Notes(path.name))
    return pa.concat_tables(tables).combine_chunks()


def side(material: Material, units: npt.NDArray[np.int64], rows: npt.NDArray[np.bool_]) -> Side:
    """Count the rows of a side."""
    counts = [
        Counter(value for value, there in zip(kind or (), rows, strict=False) if there)
        for kind in (material.labels, material.sources)
    ]
    return Side(int(rows.sum()), len(np.unique(units[rows])), *counts)
