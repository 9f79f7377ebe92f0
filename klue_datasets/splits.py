"""Reading one split as it is asked for: default or all columns, with or without errata."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from . import errata as corrections
from .notes import Notes
from .sources import DataDir, resolve
from .task import DatasetTask, table_of
from .tasks import task_named


def read_rows(
    task: str,
    split: str,
    *,
    data_dir: DataDir | None = None,
    sample: bool = False,
    full: bool = False,
    errata: bool = False,
) -> list[dict[str, Any]]:
    """Read the rows of one split of one task, classes as their ids.

    The rows, the remarks on the file and the errors are those of `load`; the way there is shorter.
    A split's raw file is read in less time than the `datasets` library takes to be imported, so
    neither the library nor its cache is touched, and a changed file needs no noticing. A slice of
    a split is the library's business, and is loaded.

    Args:
        task, split, data_dir, sample, full, errata: as for `load`.

    Raises:
        DataError: an unknown task or split, a file that is missing or broken.

    Example:
        >>> read_rows("re", "validation", sample=True)[0]["label"] in range(30)
        True
    """
    record = task_named(task)
    if "[" in split or "+" in split:
        from .builder import load

        rows = load(task, split, data_dir=data_dir, sample=sample, full=full, errata=errata)
        return list(rows.to_list())
    source = resolve(record, data_dir, sample, [split])
    source.fetch()
    path = source.files[split]
    notes = Notes(path.name)
    tables = read_split(record, split, path, full=full, errata=errata, notes=notes)
    read = [row for table in tables for row in table.to_pylist()]
    notes.warn()
    return read


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
