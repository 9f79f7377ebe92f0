"""Tables of people's own: text, CSV, TSV and JSON, from files and pipes, as rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from klue_common.errors import InputError
from klue_common.own_files import parse_json
from klue_datasets.raw.json_rows import read_objects

from .lines import BOM, LONGEST, lines_of, opened
from .rows import Bad, Row

PEEK = 1024  # bytes, of which white space may be the first

Lines = Iterator[tuple[int, "str | Bad"]]
Rows = Iterator["Row | Bad"]


@dataclass(frozen=True)
class Source:
    """What rows are read from.

    name: what to call it in messages. rows: begins to read. columns: their names, None where each
    row has its own. of_texts: whether cells are texts alone. no_tabs: whether none can hold a tab
    or the end of a line. bom: whether the file begins with a byte order mark. again: whether it is
    read twice, to see what is wrong before work begins. schema: Arrow's types of the columns, where
    the source has them. path: the file, of one that stays. identity: what tells its content from
    another one, as data; None where nothing does, and a run cannot go on.
    """

    name: str
    rows: Callable[[], Rows]
    columns: tuple[str, ...] | None = None
    of_texts: bool = False
    no_tabs: bool = False
    bom: bool = False
    again: bool = True
    schema: Any = None
    path: Path | None = None
    identity: Callable[[], Any] = field(default=lambda: None)


def text_source(path: Path | None, name: str, column: str) -> Source:
    """Return a text file's lines as rows of one column; lines without a letter are left out."""

    def rows() -> Rows:
        for number, line in lines_of(opened(path), name):
            if isinstance(line, Bad):
                yield line
                continue
            text = without_end(line.removeprefix(BOM) if number == 1 else line)
            if text.strip():
                yield Row(f"{name}:{number}", number, {column: text})

    return Source(name, rows, (column,))


def json_source(path: Path | None, name: str) -> Source:
    """Return the lines of a JSON Lines file, or the objects of a JSON array, as rows.

    Empty lines are left out.
    """

    def rows() -> Rows:
        if path is not None and begins_an_array(path):
            yield from array_rows(path, name)
            return
        for number, line in lines_of(opened(path), name):
            text = line.removeprefix(BOM) if number == 1 and isinstance(line, str) else line
            if isinstance(text, Bad):
                yield text
            elif number == 1 and text.startswith("["):
                raise InputError(
                    f"{name}:1: found a JSON array, expected an object a line: jq -c '.[]' makes "
                    "it so; a file that is not packed is read as it is"
                )
            elif text.strip():
                yield json_row(text.strip(" \t\r\n"), number, name)

    return Source(name, rows)


def begins_an_array(path: Path) -> bool:
    """Return whether a file's first character is a bracket; a packed one's and a pipe's is not."""
    try:
        with path.open("rb") if path.is_file() else io.BytesIO() as file:
            return file.read(PEEK).removeprefix(BOM.encode()).lstrip().startswith(b"[")
    except OSError:
        return False  # `opened` says why


def array_rows(path: Path, name: str) -> Rows:
    """Yield the objects of a file that is one JSON array, a window of the file at a time.

    Raises:
        DataError: the array is broken; what stands behind that cannot be told.
    """
    objects = chain.from_iterable(read_objects(path))
    for number, found in enumerate(objects, 1):
        place, text = f"{name}: row {number}", json.dumps(found, ensure_ascii=False)
        try:
            text.encode()
        except UnicodeEncodeError:
            yield Bad(f"{place}: found half a character, expected an object")
        else:
            yield Row(place, number, found, text)


def json_row(text: str, number: int, name: str) -> Row | Bad:
    """Return the row in a line of JSON, which is kept as it stands."""
    place = f"{name}:{number}"
    try:
        return Row(place, number, parse_json(text, place, "an object a line"), text)
    except InputError as error:
        return Bad(str(error))


def without_end(line: str) -> str:
    """Return a line without what ends it, of Unix or of Windows.

    >>> without_end("비\\r\\n"), without_end("비\\r")
    ('비', '비\\r')
    """
    return line[:-1].removesuffix("\r") if line.endswith("\n") else line


def table_source(path: Path | None, name: str, delimiter: str) -> Source:
    """Return the records of a CSV or TSV file, whose first one names the columns, as rows.

    In CSV quotation marks hold a cell together as RFC 4180 says; in TSV they are letters.

    Raises:
        InputError: there is no header, or it has a name twice.
    """
    begun = records(path, name, delimiter)
    columns, bom = header_of(next(begun, None), name)
    left = [begun]

    def rows() -> Rows:
        found = left.pop() if left else records(path, name, delimiter)
        if found is not begun:
            next(found, None)  # the header
        for number, cells in found:
            if isinstance(cells, Bad):
                yield cells
            elif len(cells) != len(columns):
                yield Bad(
                    f"{name}:{number}: found {len(cells)} cells, expected {len(columns)}, as in "
                    "the header"
                )
            else:
                yield Row(f"{name}:{number}", number, dict(zip(columns, cells, strict=True)))

    no_tabs = delimiter == "\t"
    return Source(name, rows, columns, of_texts=True, no_tabs=no_tabs, bom=bom)


def header_of(first: tuple[int, list[str] | Bad] | None, name: str) -> tuple[tuple[str, ...], bool]:
    """Return the names of a table's columns, and whether a byte order mark stands before them.

    Raises:
        InputError: there are none, or one stands there twice.
    """
    if first is None:
        raise InputError(f"{name}: found nothing, expected a line with the columns' names")
    cells = first[1]
    if isinstance(cells, Bad):
        raise InputError(cells.message)
    bom = cells[0].startswith(BOM)
    names = (cells[0].removeprefix(BOM), *cells[1:])
    twice = next((one for one in names if names.count(one) > 1), None)
    if twice is not None:
        raise InputError(
            f"{name}: found the column {twice!r:.60} twice, expected names that differ"
        )
    return names, bom


def records(path: Path | None, name: str, delimiter: str) -> Iterator[tuple[int, list[str] | Bad]]:
    """Yield (number of its first line, cells) of each record of a file; empty lines have none."""
    lines = lines_of(opened(path), name)
    if delimiter == "\t":
        for number, line in lines:
            if isinstance(line, Bad):
                yield number, line
            elif without_end(line):
                yield number, without_end(line).split(delimiter)
        return
    csv.field_size_limit(LONGEST)
    fed = Fed(lines)
    reader = csv.reader(fed, delimiter=delimiter, strict=True)
    while True:
        number = fed.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, Bad(f"{name}:{number}: found {error}, expected a row of CSV")
        except BadLineError as error:
            yield number, error.bad
        else:
            if cells:
                yield number, cells


class BadLineError(Exception):
    """A line within a record that cannot be read; the reader goes on behind it."""

    def __init__(self, bad: Bad) -> None:
        super().__init__(bad.message)
        self.bad = bad


class Fed:
    """Lines as `csv.reader` takes them, and the number of the last one that it took."""

    def __init__(self, lines: Lines) -> None:
        self.lines, self.number = lines, 0

    def __iter__(self) -> Fed:
        return self

    def __next__(self) -> str:
        """Return the next line.

        Raises:
            BadLineError: it cannot be read.
        """
        self.number, line = next(self.lines)
        if isinstance(line, Bad):
            raise BadLineError(line)
        if self.number == 1 and line.startswith(f'{BOM}"'):
            # The mark stands before the quotation mark, and would make a letter of that.
            return f'"{BOM}{line[2:]}'
        return line
