"""Tables whose columns have names: CSV, TSV, JSON, and datasets of Hugging Face."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from klue_baselines.labelling.readers import Rows, json_source, table_source
from klue_baselines.labelling.rows import Bad, Row
from klue_common.errors import InputError, one_line
from klue_common.own_files import read_text

from .asked import Answer, Answers, Asked
from .cells import whole
from .columns import SAID, begins_with, key_columns, names_field, prediction_columns
from .head import Head, head_of

DATASET = ("dataset_info.json", "dataset_dict.json")
PARQUET = b"PAR1"
JSON = ("{", "[")


def fits_csv(head: Head, asked: Asked) -> bool:
    """Return whether the first line names columns: no label is among them, and no number."""
    if head.first.lstrip()[:1] in JSON:
        return False
    try:
        cells = next(csv.reader([head.first], delimiter=delimiter_of(head)), [])
    except csv.Error:  # the end of a line of another system within one
        return False
    names = [cell.strip() for cell in cells]
    if not all(names[1:]) or len({*names}) < len(names):  # pandas' first one has no name
        return False
    if len(names) == 1 and not (begins_with(names[0], SAID) or names_a_field(names[0], asked)):
        return False
    return any(names) and not any(name in asked.order or is_number(name) for name in names)


def names_a_field(name: str, asked: Asked) -> bool:
    """Return whether a column is named after a field of the task, or by the person who asks."""
    return name in asked.columns or any(names_field(name, one) for one in asked.kinds)


def is_number(text: str) -> bool:
    """Return whether a text is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def delimiter_of(head: Head) -> str:
    """Return what stands between the columns: a tab if there is one in the first line."""
    return "\t" if "\t" in head.first else ","


def read_csv(asked: Asked) -> Answers:
    """Return the answers of a CSV or TSV file with a header."""
    source = table_source(asked.path, str(asked.path), delimiter_of(head_of(asked.path)))
    names = [name.removeprefix("\ufeff") for name in source.columns or ()]
    return answers_of(asked, rows_of(source.rows, names), names)


def fits_json(head: Head, _: Asked) -> bool:
    """Return whether the file begins as JSON."""
    return head.first.lstrip()[:1] in JSON


def read_json(asked: Asked) -> Answers:
    """Return the answers of a JSON list of objects, of JSON Lines, or of an object by guid."""
    if (by_guid := answers_by_guid(asked)) is not None:
        return by_guid
    rows = rows_of(json_source(asked.path, str(asked.path)).rows)
    names = list(dict.fromkeys(name for row in rows for name in row.fields))
    return answers_of(asked, rows, names)


def answers_by_guid(asked: Asked) -> Answers | None:
    """Return the answers of one object: guid -> answer; None where the file is something else.

    Readers of questions are published so, by SQuAD's example.
    """
    if not head_of(asked.path).first.lstrip().startswith("{"):
        return None
    try:
        content = json.loads(read_text(asked.path, "JSON"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not content.keys() & asked.guids:
        return None
    name = asked.metric.fields[0].name
    found = [
        Answer(f"{asked.path}: {guid}", value if isinstance(value, dict) else {name: value}, guid)
        for guid, value in content.items()
    ]
    return Answers(found, keyed=True)


def fits_dataset(head: Head, _: Asked) -> bool:
    """Return whether it is a folder as `save_to_disk` writes it, or a Parquet file."""
    saved = any((head.path / name).is_file() for name in DATASET)
    return saved or head.start.startswith(PARQUET)


def read_dataset(asked: Asked) -> Answers:
    """Return the answers of a dataset; labels are named by its own features."""
    table = opened_dataset(asked.path)
    named = {name: named_by(feature) for name, feature in table.features.items()}
    rows = [
        Row(f"{asked.path}: row {number}", number, {k: named[k](v) for k, v in row.items()})
        for number, row in enumerate(table, start=1)
    ]
    return answers_of(asked, rows, list(table.features))


def opened_dataset(path: Path) -> Any:
    """Return a `datasets.Dataset` of a folder or a Parquet file.

    Raises:
        InputError: it cannot be read, or has several splits.
    """
    import datasets
    import pyarrow.parquet as pq

    try:
        if path.is_file():
            return datasets.Dataset(datasets.table.InMemoryTable(pq.read_table(path)))
        found = datasets.load_from_disk(path)
    except Exception as error:  # pyarrow's, datasets' and the system's
        expected = "a folder of save_to_disk or a Parquet file"
        raise InputError(f"{path}: found {one_line(error):.200}, expected {expected}") from None
    if isinstance(found, datasets.DatasetDict):
        splits = ", ".join(map(str, found))
        raise InputError(f"{path}: found the splits {splits}, expected the folder of one of them")
    return found


def named_by(feature: Any) -> Callable[[Any], Any]:
    """Return the way from a column's values to ones in which labels go by their names."""
    if hasattr(feature, "int2str"):
        return lambda value: feature.int2str(value) if in_range(value, feature.names) else value
    if hasattr(feature, "feature"):
        part = named_by(feature.feature)
        return lambda value: [part(one) for one in value] if isinstance(value, list) else value
    return lambda value: value


def in_range(value: Any, names: Sequence[str]) -> bool:
    """Return whether a value is the number of a name."""
    number = whole(value)
    return number is not None and number < len(names)


def rows_of(read: Callable[[], Rows], names: Sequence[str] = ()) -> list[Row]:
    """Return all rows of a source, under the given names where there are some.

    Raises:
        InputError: one of them is none.
    """
    found = []
    for row in read():
        if isinstance(row, Bad):
            raise InputError(row.message)
        if names:
            row = Row(row.place, row.number, dict(zip(names, row.fields.values(), strict=True)))
        found.append(row)
    return found


def answers_of(asked: Asked, rows: Sequence[Row], names: Sequence[str]) -> Answers:
    """Return the answers in the rows of a table.

    Raises:
        InputError: it cannot be told which columns hold them.
    """
    if not rows:
        raise InputError(f"{asked.path}: found no rows, expected {len(asked.gold)}")
    columns = prediction_columns(asked, names)
    key = key_of(asked, rows, names)
    optional = {one.name for one in asked.metric.fields if not one.required}
    found = [
        Answer(
            row.place,
            {
                name: row.fields.get(column)
                for name, column in columns.items()
                if name not in optional or column in row.fields
            },
            row.fields.get(key) if key else None,
            row.fields,
        )
        for row in rows
    ]
    own = all(name == column for name, column in columns.items())
    notes = () if own or asked.columns else (said_in(columns),)
    return Answers(found, key is not None, columns, notes)


def said_in(columns: Mapping[str, str]) -> str:
    """Return in words which columns were read."""
    named = ", ".join(f"{field} from {column!r:.40}" for field, column in columns.items())
    return f"columns found by their names: {named}"


def key_of(asked: Asked, rows: Sequence[Row], names: Sequence[str]) -> str | None:
    """Return the column that holds the guids; None where rows stand in KLUE's order."""
    for name in key_columns(names):
        keys = [row.fields.get(name) for row in rows]
        if name.lower() == "guid" or any(isinstance(k, str) and k in asked.guids for k in keys):
            return name
    return None
