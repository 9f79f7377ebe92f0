"""What people have to be annotated, as items of a task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from klue_baselines.labelling.readers import Source, json_source, table_source, text_source
from klue_baselines.labelling.rows import Bad
from klue_baselines.labelling.tables import parquet_source
from klue_common.errors import InputError
from klue_common.own_files import is_file, is_folder
from klue_datasets.errors import show
from klue_datasets.rows import read_rows

from .misfits import MisfitError
from .task import AnnotationTask, Fields

JSON = (".jsonl", ".ndjson", ".json")
TABLES = {".csv": ",", ".tsv": "\t"}
ENDINGS = (*JSON, *TABLES, ".parquet")


def items_of(given: str, task: AnnotationTask, split: str = "train") -> Iterator[Fields]:
    """Yield the items of a file or folder, each with a guid of its own.

    A row's `guid` is kept; one without is named after the file and numbered.

    Args:
        given: .jsonl, .json (a list), .csv, .tsv, .parquet, for a task of single texts any other
            file, a text a line; or a folder in KLUE's raw layout.
        task: what its rows are items of.
        split: of a folder.

    Raises:
        InputError: there is no such thing, it cannot be read, it holds nothing, a row is no item,
            or two have the same guid.
        DataError: the folder's file is broken.
    """
    seen: set[str] = set()
    stem = "_".join(Path(given).stem.split()) or task.name
    for number, (place, row) in enumerate(_rows(given, task, split)):
        guid = row.get("guid", f"{stem}_{number:05d}")
        try:
            item = task.item(row)
        except MisfitError as error:
            raise InputError(f"{place}: {error}") from None
        if not isinstance(guid, str) or guid.split() != [guid]:
            raise InputError(f"{place}: guid: found {show(guid)}, expected a name without blanks")
        if guid in seen:
            raise InputError(f"{place}: guid: found {show(guid)} twice, expected one of its own")
        seen.add(guid)
        yield {"guid": guid, **item}
    if not seen:
        raise InputError(f"{given}: found nothing, expected what is to be annotated")


def _rows(given: str, task: AnnotationTask, split: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each row with its place in words."""
    if is_folder(given):
        for row in read_rows(task.name, split, data_dir=given, full=True):
            yield f"{given}: {row.get('guid', 'a row')}", row
        return
    for found in _source(given, task).rows():
        if isinstance(found, Bad):
            raise InputError(found.message)
        yield found.place, dict(found.fields)


def _source(given: str, task: AnnotationTask) -> Source:
    """Return what rows are read from.

    Raises:
        InputError: there is no such file, or an item is more than a line of it.
    """
    if not is_file(given):
        raise InputError(f"{given}: no such file, expected a file or a folder")
    path, kind = Path(given), Path(given).suffix.lower()
    if kind in JSON:
        return json_source(path, given)
    if kind in TABLES:
        return table_source(path, given, TABLES[kind])
    if kind == ".parquet":
        return parquet_source(path, given)
    if not task.text_column:
        raise InputError(
            f"{given}: found a text file, expected {', '.join(ENDINGS)}: an item of {task.name} is "
            "more than a text"
        )
    return text_source(path, given, task.text_column)
