"""Raw documents from files and datasets, one at a time and in constant memory."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from klue_common.errors import InputError, one_line

FIELD = "text"
PARQUET_ROWS = 1000  # a batch
HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass
class Reading:
    """What reading noticed.

    skip_bad: leave out lines that cannot be read, instead of raising; None where nobody is asked,
    as in a corpus, which has none. bad: how many were left out. examples: the first of them, as
    "file, line: what was found". bytes: read so far.
    """

    skip_bad: bool | None = None
    bad: int = 0
    examples: list[str] = field(default_factory=list)
    bytes: int = 0

    def refuse(self, place: str, found: str, expected: str) -> None:
        """Count a bad line, or raise InputError."""
        if not self.skip_bad:
            advice = "" if self.skip_bad is None else " (--skip-bad leaves such lines out)"
            raise InputError(f"{place}: found {found}, expected {expected}{advice}")
        self.bad += 1
        if len(self.examples) < 5:
            self.examples.append(f"{place}: {found}")


def documents(source: str, reading: Reading) -> Iterator[str]:
    """Return the documents of one source.

    A text file has one a line, JSON Lines (.jsonl, .json) and Parquet (.parquet) have it in the
    field `text`. A folder or a Hub id, followed by `:CONFIGURATION` where it has several, is a
    dataset, whose `train` split is streamed.

    Raises:
        InputError: there is no such source, it cannot be read, or a line is bad.
    """
    path = Path(source)
    if path.is_file():
        return READERS.get(path.suffix, text_lines)(path, reading)
    name, _, configuration = source.partition(":")
    if Path(name).is_dir() or (HUB_ID.fullmatch(name) and Path(name).suffix not in READERS):
        return dataset_rows(name, configuration or None, reading)
    raise InputError(f"{source}: found no such file, expected a file, a folder or a Hub id")


def text_lines(path: Path, reading: Reading) -> Iterator[str]:
    """Return the lines of a text file that are not empty."""
    for _, text in decoded_lines(path, reading):
        if text.strip():
            yield text


def json_lines(path: Path, reading: Reading) -> Iterator[str]:
    """Return the field `text` of each line."""
    for number, line in decoded_lines(path, reading):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            found = f"no JSON ({one_line(error)})"
            reading.refuse(f"{path}, line {number}", found, "an object a line")
            continue
        text = row.get(FIELD) if isinstance(row, dict) else None
        if isinstance(text, str):  # half a character, which JSON can escape, is cleaned away
            yield text
        else:
            reading.refuse(
                f"{path}, line {number}",
                f"no string in the field {FIELD!r}",
                f'{{"{FIELD}": "..."}}',
            )


def decoded_lines(path: Path, reading: Reading) -> Iterator[tuple[int, str]]:
    """Yield (number from 1, line) of a file in UTF-8."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            reading.bytes += len(line)
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                byte = f"byte {line[error.start]:#04x} at place {error.start + 1}"
                reading.refuse(f"{path}, line {number}", byte, "UTF-8")
                continue
            yield number, text.rstrip("\r\n")


def parquet_rows(path: Path, reading: Reading) -> Iterator[str]:
    """Return the column `text` of a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            if FIELD not in file.schema_arrow.names:
                columns = ", ".join(file.schema_arrow.names)
                raise InputError(f"{path}: found columns {columns}, expected one named {FIELD!r}")
            for batch in file.iter_batches(PARQUET_ROWS, columns=[FIELD]):
                for row in batch.column(0).to_pylist():
                    yield from counted(row, path, reading)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: found {one_line(error)}, expected a Parquet file") from None


def dataset_rows(name: str, configuration: str | None, reading: Reading) -> Iterator[str]:
    """Return the column `text` of a dataset's train split, streamed."""
    from datasets import load_dataset

    try:
        rows: Any = load_dataset(name, configuration, split="train", streaming=True)
        for row in rows:
            if FIELD not in row:
                raise InputError(
                    f"{name}: found columns {', '.join(row)}, expected one named {FIELD!r}"
                )
            yield from counted(row[FIELD], name, reading)
    except InputError:
        raise
    except (OSError, ValueError, RuntimeError) as error:
        # The second line lists the configurations, where one has to be chosen.
        raise InputError(f"{name}: cannot be streamed: {one_line(error, 2)}") from None


def counted(text: Any, place: object, reading: Reading) -> Iterator[str]:
    """Return the text of a row, if it has one."""
    if not isinstance(text, str):
        reading.refuse(str(place), f"no string in the field {FIELD!r}", "a text in every row")
    else:
        reading.bytes += len(text.encode(errors="replace"))
        yield text


def size(source: str) -> int:
    """Return bytes that reading will count, 0 where that is not known before."""
    path = Path(source)
    return path.stat().st_size if path.is_file() and path.suffix != ".parquet" else 0


READERS: dict[str, Callable[[Path, Reading], Iterator[str]]] = {
    ".jsonl": json_lines,
    ".json": json_lines,
    ".parquet": parquet_rows,
}
