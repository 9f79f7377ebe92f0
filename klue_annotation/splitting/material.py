"""What a folder holds of a task: its raw rows, the same as a table, and everybody's answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from klue_common.errors import InputError
from klue_datasets.notes import Notes
from klue_datasets.sources import Source
from klue_datasets.splits import read_split
from klue_datasets.task import DatasetTask

from ..adjudication import Adjudicated, votes_file
from ..task import AnnotationTask, Fields, Gold
from ..tasks import annotation_task
from ..votes import read_votes

SOURCE = "source"


@dataclass(frozen=True)
class Material:
    """A task's rows.

    Attributes:
        task, data: the task's records.
        path: the raw file.
        rows: its labelled rows, each with all that it holds, in their order.
        table: the same as a table with all columns.
        votes: the items with everybody's answers, also those without gold; None where nobody
            recorded them.
        remarks: what there is to say of what was read, a line each.
    """

    task: AnnotationTask
    data: DatasetTask
    path: Path
    rows: list[Fields]
    table: pa.Table
    votes: list[Adjudicated] | None
    remarks: list[str] = field(default_factory=list)

    @cached_property
    def guids(self) -> list[str]:
        """Of each row its guid."""
        return [str(guid) for guid in self.table["guid"].to_pylist()]

    @property
    def together(self) -> list[Any]:
        """Of each row the value that only rows of one side may have."""
        return list(self.table[self.data.holdout_unit].to_pylist())

    @cached_property
    def texts(self) -> list[list[str]]:
        """Of each row its texts."""
        return texts_of(self.data, self.table)

    @cached_property
    def labels(self) -> list[str] | None:
        """Of each row the label of its gold; None where an answer is no label."""
        return None if self.task.row_label is None else list(map(self.task.row_label, self.rows))

    @cached_property
    def sources(self) -> list[str] | None:
        """Of each row where it is from, "" where nobody knows; None where no row says so."""
        found = dict.fromkeys(self.guids, "")
        for one in self.votes or ():
            if one.item["guid"] in found:
                found[one.item["guid"]] = str(one.item.get(SOURCE) or "")
        of_rows = zip(self.guids, self.data.sources_of(self.table), strict=True)
        found |= {guid: source for guid, source in of_rows if source}
        return list(found.values()) if any(found.values()) else None


def texts_of(data: DatasetTask, table: pa.Table) -> list[list[str]]:
    """Return the texts of each row of a table."""
    return [data.texts_of_row(table.slice(row, 1)) for row in range(table.num_rows)]


def read_material(task: DatasetTask, source: Source) -> Material:
    """Read a task's only raw file.

    Raises:
        InputError: there are files of both splits, an item is there twice, or the file of answers
            is damaged or lacks an item.
        DataError: a file is broken.
    """
    if len(source.files) > 1:
        both = " and ".join(map(str, source.files.values()))
        raise InputError(f"{both}: found both splits, expected one file to divide")
    ((split, path),) = source.files.items()
    record, notes = annotation_task(task.name), Notes(path.name)
    empty = task.full_schema.arrow.empty_table()
    found = read_split(task, split, path, full=True, errata=False, notes=notes)
    table = pa.concat_tables([empty, *found]).combine_chunks()
    if not table.num_rows:
        raise InputError(f"{path}: found no row with a label, expected rows to divide")
    rows = by_guid(path, record.read(path))
    kept = [rows[guid] for guid in table["guid"].to_pylist()]
    remarks = list(notes.lines())
    beside = source.folders[0] / votes_file(task.files[split])
    votes = read_votes(record, beside) if beside.is_file() else None
    if votes is not None:
        remarks += check_votes(beside, votes, list(rows))
    return Material(record, task, path, kept, table, votes, remarks)


def by_guid(path: Path, rows: list[Fields]) -> dict[str, Fields]:
    """Return rows by their guids.

    Raises:
        InputError: two have the same.
    """
    found: dict[str, Fields] = {}
    for row in rows:
        if row["guid"] in found:
            raise InputError(f"{path}: found item {row['guid']} twice, expected it once")
        found[row["guid"]] = row
    return found


def check_votes(path: Path, votes: list[Adjudicated], guids: list[str]) -> list[str]:
    """Let a file of answers pass that has all items of the rows; say which rows have gone.

    Raises:
        InputError: it lacks an item.
    """
    known = {one.item["guid"] for one in votes}
    lacking = [guid for guid in guids if guid not in known]
    if lacking:
        raise InputError(f"{path}: found no answers to item {lacking[0]}, expected a line of it")
    there = set(guids)
    gone = [one for one in votes if isinstance(one.gold, Gold) and one.item["guid"] not in there]
    return [f"{path.name}: left out answers to {len(gone):,} items without a row"] * bool(gone)
