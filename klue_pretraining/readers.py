"""Raw documents from files, folders, addresses and datasets, one at a time and in constant memory.

A source is cut into pieces, each of which can be read by itself: bytes of a text or of JSON Lines,
row groups of a Parquet file, shards of a dataset. Where the cuts lie changes no document.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

from klue_common.errors import InputError, one_line

from .sources import ADDRESS, Piece, damage, opened, pieces, streamed

FIELD = "text"
PARQUET_ROWS = 1000  # a batch
EXAMPLES = 5  # of bad lines
CHUNK = 1 << 20  # bytes

Rows = Iterator[tuple[str, str]]


@dataclasses.dataclass
class Reading:
    """What reading noticed.

    skip_bad: leave out lines that cannot be read, instead of raising; None where nobody is asked,
    as in a corpus, which has none. field: that holds the text. bad: how many were left out.
    examples: the first of them, as "file, line: what was found". bytes: read so far.
    """

    skip_bad: bool | None = None
    field: str = FIELD
    bad: int = 0
    examples: list[str] = dataclasses.field(default_factory=list)
    bytes: int = 0

    def refuse(self, place: str | Callable[[], str], found: str, expected: str) -> None:
        """Count a bad line, or raise InputError; where it stands is asked only to be told."""
        if self.skip_bad and len(self.examples) >= EXAMPLES:
            self.bad += 1
            return
        where = place if isinstance(place, str) else place()
        if not self.skip_bad:
            advice = "" if self.skip_bad is None else " (--skip-bad leaves it out)"
            raise InputError(f"{where}: found {found}, expected {expected}{advice}")
        self.bad += 1
        self.examples.append(f"{where}: {found}")


def documents(source: str, reading: Reading) -> Iterator[str]:
    """Return the documents of one source.

    A text file has one a line, JSON Lines (.jsonl, .json) and Parquet (.parquet) have it in the
    field `text`; the first two may be packed (.gz, .zst, .bz2, .xz). An address is of any file
    system that fsspec knows (s3://, hf://, https://), and may be of a folder or hold a `*`. A
    folder or a Hub id, followed by `:CONFIGURATION` where it has several, is a dataset, whose
    `train` split is streamed.

    Raises:
        InputError: there is no such source, it cannot be read, or a line is bad.
    """
    found = pieces(source)  # now, not when the first document is asked for
    return (text for piece in found for _, text in rows(piece, reading))


def rows(piece: Piece, reading: Reading) -> Rows:
    """Yield (id, text) of the documents of a piece; an id says where one begins in its source.

    What cannot be read, or not from some place on, counts as one bad line.

    Raises:
        InputError: it is not there any more, it cannot be read, or a line is bad.
    """
    try:
        yield from READERS[piece.kind](piece, reading)
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(f"{piece.path}: found no such file, expected it to stay") from None
    except damage() as error:
        expected = f"a whole {piece.packed} file" if piece.packed else "a Parquet file"
        reading.refuse(piece.path, one_line(error), expected)
    except Exception as error:
        # Other file systems, and the Hub, have errors of their own.
        if not isinstance(error, OSError) and ADDRESS not in piece.path and piece.kind != "dataset":
            raise
        why = getattr(error, "strerror", None) or one_line(error)
        reading.refuse(piece.path, why, "a source that can be read")


def text_lines(piece: Piece, reading: Reading) -> Rows:
    """Yield the lines of a text file that are not empty."""
    for start, _, text in decoded_lines(piece, reading):
        if text.strip():
            yield place_of(piece, start), text


def json_lines(piece: Piece, reading: Reading) -> Rows:
    """Yield the field `text` of each line."""
    for start, number, line in decoded_lines(piece, reading):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            where = partial(line_of, piece, number)
            reading.refuse(where, f"no JSON ({one_line(error)})", "an object a line")
            continue
        text = row.get(reading.field) if isinstance(row, dict) else None
        if isinstance(text, str):  # half a character, which JSON can escape, is cleaned away
            yield place_of(piece, start), text
        else:
            found = f"no string in the field {reading.field!r}"
            where = partial(line_of, piece, number)
            reading.refuse(where, found, f'{{"{reading.field}": "..."}}')


def place_of(piece: Piece, start: int) -> str:
    """Return the id of the document that begins there; ids sort as documents stand in a file."""
    return f"{piece.path}:{start:015d}"


def decoded_lines(piece: Piece, reading: Reading) -> Iterator[tuple[int, int, str]]:
    """Yield (first byte in the file, number in the piece, line) of a file in UTF-8."""
    at, number = piece.start, 0
    with opened(piece.path, piece.packed) as file:
        if piece.start:  # a line belongs to the piece that it begins in
            file.seek(piece.start - 1)
            at += len(file.readline()) - 1
        while (piece.stop is None or at < piece.stop) and (line := file.readline()):
            start, at, number = at, at + len(line), number + 1
            reading.bytes += len(line)
            try:
                text = line.decode("utf-8-sig" if start == 0 else "utf-8")
            except UnicodeDecodeError as error:
                byte = f"byte {line[error.start]:#04x} at place {error.start + 1}"
                reading.refuse(partial(line_of, piece, number), byte, "UTF-8")
                continue
            yield start, number, text.rstrip("\r\n")
    if piece.stop is not None and at < piece.stop:
        found = f"{at:,} bytes where there were {piece.stop:,}"
        raise InputError(f"{piece.path}: found {found}, expected it to stay as it was")


def line_of(piece: Piece, number: int) -> str:
    """Return the file and the line of it that a piece's line is."""
    return f"{piece.path}, line {lines_before(piece) + number}"


@cache
def lines_before(piece: Piece) -> int:
    """Count the lines before those of a piece."""
    count, left = 0, piece.start - 1
    if left < 0:
        return 0
    with opened(piece.path, piece.packed) as file:
        while left and (read := file.read(min(CHUNK, left))):
            left -= len(read)
            count += read.count(b"\n")
        return count + bool(file.readline())


def parquet_rows(piece: Piece, reading: Reading) -> Rows:
    """Yield the column `text` of row groups of a Parquet file."""
    import pyarrow.parquet as pq

    with opened(piece.path) as file, pq.ParquetFile(file) as table:
        if reading.field not in table.schema_arrow.names:
            columns = ", ".join(table.schema_arrow.names)
            raise InputError(
                f"{piece.path}: found columns {columns}, expected one named {reading.field!r}"
            )
        unreadable: tuple[type[Exception], ...] = (*damage(), OSError)
        groups = range(table.num_row_groups)[piece.start : piece.stop]
        sizes = [table.metadata.row_group(group).num_rows for group in range(groups.stop)]
        for group in groups:  # one by one: a damaged one takes no other with it
            try:
                first = sum(sizes[:group])
                batches = table.iter_batches(PARQUET_ROWS, [group], columns=[reading.field])
                texts = (text for batch in batches for text in batch.column(0).to_pylist())
                for row, text in enumerate(texts, first):
                    yield from counted(text, piece, row, reading)
            except unreadable as error:
                where = f"{piece.path}, row group {group + 1}"
                reading.refuse(where, one_line(error), "one that can be read")


def dataset_rows(piece: Piece, reading: Reading) -> Rows:
    """Yield the column `text` of shards of a dataset's train split, streamed."""
    for number, row in streamed(piece):
        if reading.field not in row:
            name, columns = piece.path.partition(":")[0], ", ".join(row)
            raise InputError(
                f"{name}: found columns {columns}, expected one named {reading.field!r}"
            )
        yield from counted(row[reading.field], piece, number, reading)


def counted(text: Any, piece: Piece, row: int, reading: Reading) -> Rows:
    """Yield the text of a row, if it has one."""
    if not isinstance(text, str):
        found = f"no string in the field {reading.field!r}"
        reading.refuse(piece.path, found, "a text in every row")
    else:
        reading.bytes += len(text.encode(errors="replace"))
        yield place_of(piece, row), text


READERS: dict[str, Callable[[Piece, Reading], Rows]] = {
    "text": text_lines,
    "json": json_lines,
    "parquet": parquet_rows,
    "dataset": dataset_rows,
}
