"""Reading a split as plain rows, without the `datasets` library."""

from __future__ import annotations

from typing import Any

from .notes import Notes
from .sources import DataDir, resolve
from .splits import read_split
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
