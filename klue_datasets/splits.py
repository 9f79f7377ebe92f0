"""Reading one split as it is asked for: default or all columns, with or without errata."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from . import errata as corrections
from .notes import Notes
from .task import DatasetTask, table_of


def read_split(
    task: DatasetTask, split: str, path: Path, *, full: bool, errata: bool, notes: Notes
) -> Iterator[pa.Table]:
    """Yield a split's examples as tables of some rows each.

    Args:
        task, split, path: what to read.
        full: all columns.
        errata: correct the known defects.
        notes: filled on the way.

    Raises:
        DataError: the file is missing or broken.
    """
    if not errata:
        yield from task.read(path, full=full, notes=notes)
        return
    for table in task.read(path, full=True, notes=notes):
        table = corrections.apply(task.name, split, table, notes)
        yield table if full else _narrow(task, table)
    if not full:
        for name in list(notes.missing):
            if name.split(".")[0] not in task.schema:
                del notes.missing[name]


def _narrow(task: DatasetTask, table: pa.Table) -> pa.Table:
    if task.narrow is not None:
        return task.narrow(table)
    return table_of({name: table[name] for name in task.schema}, task.schema)
