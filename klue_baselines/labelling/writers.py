"""Rows with their answers in the formats of files: JSON Lines, CSV, TSV, Parquet, a task's own.

What is written of some rows never depends on the rows before them, so that parts of a file can be
made one at a time and joined.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from klue_common.errors import InputError

from ..task import BaselineTask
from .answers import AnswerColumns
from .lines import BOM
from .rows import Asked, Bad
from .tables import Cells

ROW_GROUP = 1 << 15  # rows, at least, of a group of a Parquet file; fewer where they are large:
GROUP_BYTES = 1 << 26  # so many bytes
Answered = Sequence[tuple[Asked, Any]]


@dataclass(frozen=True)
class Layout:
    """What a file is made of.

    answers: its last columns. columns: the others, in their order; None where each row has its
    own. schema: Arrow's types of these. bom: whether the file begins with a byte order mark.
    """

    answers: AnswerColumns
    columns: tuple[str, ...] | None = None
    schema: Any = None
    bom: bool = False


@dataclass(frozen=True)
class Format:
    """A format of files.

    part: what is written of rows and their answers. head: what a file begins with. join: writes a
    file of its head and its parts. columns, types: whether the names of all columns have to be
    known before the first row is written, and their types. no_tabs: whether cells can hold no tab
    and no end of a line.
    """

    part: Callable[[Layout, Answered], bytes]
    head: Callable[[Layout], bytes]
    join: Callable[[Layout, IO[bytes], Iterable[bytes]], None]
    columns: bool = False
    types: bool = False
    no_tabs: bool = False


def no_head(layout: Layout) -> bytes:
    """Return nothing: a file that begins with its first row."""
    return b""


def joined(layout: Layout, file: IO[bytes], parts: Iterable[bytes]) -> None:
    """Write parts one after the other."""
    for part in parts:
        file.write(part)


def json_part(layout: Layout, rows: Answered) -> bytes:
    """Return a line a row; a row that was such a line stands in it letter by letter."""
    return "".join(json_line(layout, asked, answer) for asked, answer in rows).encode()


def json_line(layout: Layout, asked: Asked, answer: Any) -> str:
    """Return a row and its answer as a line of JSON."""
    added = layout.answers.of(answer)
    row = asked.row
    layout.answers.check([*row.fields], row.place)
    if not isinstance(row.given, str):
        return json_text({**row.fields, **added}) + "\n"
    opened = row.given[:-1].rstrip()
    return f"{opened}{'' if opened == '{' else ', '}{json_text(added)[1:]}\n"


def json_text(value: Any) -> str:
    """Return a value as JSON on one line; dates and decimals are texts.

    Raises:
        InputError: there is something in it that JSON has no form for.
    """
    return json.dumps(value, ensure_ascii=False, default=written_out)


def written_out(value: Any) -> str:
    """Return the text of a value that JSON has no form for.

    >>> written_out(Decimal("1.50")), written_out(date(2021, 5, 20))
    ('1.50', '2021-05-20')
    """
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise InputError(
        f"rows: found {type(value).__name__}, expected what JSON can hold: --out to .parquet keeps "
        "the others"
    )


class Cut:
    """Takes the records of `csv.writer`, each with its end of line, as lines of Unix.

    The writer quotes what holds a letter of its end of line: of Windows', both letters.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, record: str) -> None:
        """Keep a record."""
        self.lines.append(record.removesuffix("\r\n") + "\n")


def csv_text(records: Iterable[Sequence[str]]) -> str:
    """Return records of cells as CSV.

    >>> csv_text([["a", 'b"c', "d\\re"]])
    'a,"b""c","d\\re"\\n'
    """
    cut = Cut()
    csv.writer(cut, lineterminator="\r\n").writerows(records)
    return "".join(cut.lines)


def tsv_text(records: Iterable[Sequence[str]]) -> str:
    """Return records of cells as lines of cells between tabs; quotation marks are letters."""
    return "".join("\t".join(cells) + "\n" for cells in records)


def cell(value: Any) -> str:
    """Return a value as a cell: a text as it is, None as an empty one, the others as JSON.

    >>> cell("비"), cell(None), cell(["B-PS"]), cell(True)
    ('비', '', '["B-PS"]', 'true')
    """
    if value is None:
        return ""
    return value if isinstance(value, str) else json_text(value).strip('"')


def table_head(text: Callable[..., str]) -> Callable[[Layout], bytes]:
    """Return the way to the line with the columns' names."""

    def head(layout: Layout) -> bytes:
        names = [*(layout.columns or ()), *layout.answers.schema]
        return ((BOM if layout.bom else "") + text([names])).encode()

    return head


def table_part(text: Callable[..., str]) -> Callable[[Layout, Answered], bytes]:
    """Return the way to the lines of rows."""

    def part(layout: Layout, rows: Answered) -> bytes:
        return text(records_of(layout, rows)).encode()

    return part


def records_of(layout: Layout, rows: Answered) -> Iterator[list[str]]:
    """Yield the cells of rows and their answers."""
    for asked, answer in rows:
        values = [asked.row.fields.get(name) for name in layout.columns or ()]
        yield [cell(value) for value in (*values, *layout.answers.of(answer).values())]


def parquet_part(layout: Layout, rows: Answered) -> bytes:
    """Return a table of Arrow, as its stream."""
    import pyarrow as pa

    answers = [layout.answers.of(answer) for _, answer in rows]
    added = pa.Table.from_pylist(answers, schema=layout.answers.schema.arrow)
    table = given_table(layout, rows)
    for field, column in zip(added.schema, added.columns, strict=True):
        table = table.append_column(field, column)
    stream = io.BytesIO()
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return stream.getvalue()


def given_table(layout: Layout, rows: Answered) -> Any:
    """Return rows without their answers as a table; those of Parquet are taken as they are.

    Raises:
        InputError: a value is not of its column's type.
    """
    import pyarrow as pa

    if rows and isinstance(rows[0][0].row.fields, Cells):
        return pa.Table.from_batches([*slices(rows)], layout.schema)
    values = [dict(asked.row.fields) for asked, _ in rows]
    try:
        return pa.Table.from_pylist(values, schema=layout.schema)
    except (pa.ArrowException, OverflowError, TypeError, ValueError) as error:
        raise InputError(f"{rows[0][0].row.place} and below: {error}") from None


def slices(rows: Answered) -> Iterator[Any]:
    """Yield the stretches of batches that rows were taken from."""
    start = 0
    for at in range(1, len(rows) + 1):
        batch, first = rows[start][0].row.given
        if at == len(rows) or rows[at][0].row.given[0] is not batch:
            yield batch.slice(first, at - start)
            start = at


def parquet_file(layout: Layout, file: IO[bytes], parts: Iterable[bytes]) -> None:
    """Write a Parquet file of tables, some of them a row group."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([*layout.schema, *layout.answers.schema.arrow])
    # What `datasets` notes there are the columns of the input, which it would expect alone.
    notes = {
        key: value for key, value in (layout.schema.metadata or {}).items() if key != b"huggingface"
    }
    with pq.ParquetWriter(file, schema.with_metadata(notes or None)) as writer:
        group: list[Any] = []
        for part in filter(None, parts):  # the head is none
            with pa.ipc.open_stream(part) as stream:
                group += stream.read_all().to_batches()
            rows, size = (
                sum(getattr(one, name) for one in group) for name in ("num_rows", "nbytes")
            )
            if rows >= ROW_GROUP or size >= GROUP_BYTES:
                writer.write_table(whole(group, schema))
                group = []
        if group:
            writer.write_table(whole(group, schema))


def whole(batches: Sequence[Any], schema: Any) -> Any:
    """Return batches as a table of one chunk a column."""
    import pyarrow as pa

    return pa.Table.from_batches(batches).combine_chunks().cast(schema)


def pairs_part(layout: Layout, rows: Answered) -> bytes:
    """Return what a task's own format is made of: a line an example and its record, as JSON."""
    lines = []
    for asked, answer in rows:
        if not isinstance(asked.parts, Bad):
            name = asked.row.fields.get("guid", asked.row.number)
            example = {**layout.answers.task.row(*asked.parts), "guid": str(name)}
            lines.append(json_text([example, answer]) + "\n")
    return "".join(lines).encode()


def own_format(task: BaselineTask, name: str) -> Format:
    """Return a format that a task has for itself."""

    def join(layout: Layout, file: IO[bytes], parts: Iterable[bytes]) -> None:
        pairs = (tuple(json.loads(line)) for part in parts for line in part.splitlines())
        for text in task.formats[name](pairs):
            file.write(text.encode())

    return Format(pairs_part, no_head, join)


def format_of(out: Path | None, task: BaselineTask) -> Format:
    """Return the format that a file's ending says; JSON Lines for a stream.

    Raises:
        InputError: there is none of the ending, or the task has none of it.
    """
    kind = ".jsonl" if out is None else out.suffix.lower()
    known = FORMATS | {f".{name}": own_format(task, name) for name in task.formats}
    if kind not in known:
        raise InputError(f"--out: found {str(out)!r:.80}, expected the ending {', '.join(known)}")
    return known[kind]


FORMATS = {
    ".jsonl": Format(json_part, no_head, joined),
    ".csv": Format(table_part(csv_text), table_head(csv_text), joined, columns=True),
    ".tsv": Format(table_part(tsv_text), table_head(tsv_text), joined, columns=True, no_tabs=True),
    ".parquet": Format(parquet_part, no_head, parquet_file, columns=True, types=True),
}
