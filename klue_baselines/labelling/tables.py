"""Parquet files and datasets, whose columns have types, as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from klue_common.errors import InputError, one_line

from .readers import Rows, Source
from .rows import Row

BATCH = 512  # rows of a Parquet file in memory


def parquet_source(path: Path, name: str) -> Source:
    """Return a Parquet file's rows.

    A row's `fields` are read when they are asked for, column by column: what is not asked for may
    have any type.

    Raises:
        InputError: it is no Parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
    except (pa.ArrowException, OSError, ValueError) as error:
        raise broken(name, error) from None
    if len({*schema.names}) != len(schema.names):
        raise InputError(f"{name}: found a column twice, expected names that differ")

    def rows() -> Rows:
        number = 0
        try:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(BATCH):
                    for at in range(batch.num_rows):
                        number += 1
                        fields = Cells(batch, at, name)
                        yield Row(f"{name}: row {number}", number, fields, (batch, at))
        except (pa.ArrowException, OSError) as error:
            raise broken(name, error) from None

    return Source(name, rows, tuple(schema.names), schema=schema)


def broken(name: str, error: Exception) -> InputError:
    """Return the error about a file that is no Parquet, or whose end is missing."""
    return InputError(f"{name}: found {one_line(error):.200}, expected a Parquet file")


class Cells(Mapping[str, Any]):
    """A row of an Arrow batch: a cell becomes a value of Python when it is asked for."""

    def __init__(self, batch: Any, at: int, name: str) -> None:
        self.batch, self.at, self.name = batch, at, name

    def __getitem__(self, column: str) -> Any:
        """Return a cell.

        Raises:
            InputError: Python has no value for it.
        """
        if column not in self:
            raise KeyError(column)
        cells = self.batch.column(column)
        try:
            return cells[self.at].as_py()
        except (ValueError, TypeError, NotImplementedError, ImportError) as error:
            raise InputError(
                f"{self.name}: column {column!r}: found {cells.type} ({one_line(error)}), expected "
                "what JSON and CSV can hold: --out to .parquet keeps it"
            ) from None

    def __contains__(self, column: object) -> bool:
        return column in self.batch.schema.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.batch.schema.names)

    def __len__(self) -> int:
        return len(self.batch.schema.names)


def dataset_source(given: str, split: str) -> Source:
    """Return a split of a dataset on the Hub or in a folder, streamed, as rows.

    Args:
        given: an id or a folder, followed by ":CONFIGURATION" where it has several.
        split: its split.

    Raises:
        InputError: there is none, or it cannot be read; the line is the library's.
    """
    from datasets import load_dataset_builder

    name, _, configuration = given.partition(":")
    try:
        builder = load_dataset_builder(name, configuration or None)
        stream = builder.as_streaming_dataset(split=split)
        known = stream.features
    except Exception as error:  # whatever a dataset's files make of the library
        raise unreadable(given, error) from None

    def rows() -> Rows:
        left = iter(stream)
        number = 0
        while True:
            try:
                fields = next(left)
            except StopIteration:
                return
            except Exception as error:  # the same
                raise unreadable(given, error) from None
            number += 1
            yield Row(f"{given}: row {number}", number, fields)

    return Source(
        given,
        rows,
        None if known is None else tuple(known),
        again=False,
        schema=None if known is None else known.arrow_schema,
        identity=lambda: [builder.hash, builder.config.name, split],
    )


def unreadable(given: str, error: Exception) -> InputError:
    """Return the error about a dataset that the library cannot read."""
    return InputError(f"{given}: cannot be streamed: {one_line(error, 2):.300}")


def types_of(rows: Sequence[dict[str, Any]], name: str) -> Any:
    """Return Arrow's types of the columns of rows, as a schema.

    Raises:
        InputError: Arrow has none for a value, or a column has values of several types.
    """
    import pyarrow as pa

    try:
        names = dict.fromkeys(column for row in rows for column in row)
        return pa.table({column: [row.get(column) for row in rows] for column in names}).schema
    except (pa.ArrowException, OverflowError, ValueError, TypeError) as error:
        raise no_types(name, error) from None


def common_types(schemas: Sequence[Any], name: str) -> Any:
    """Return the schema that holds the rows of all schemas.

    Raises:
        InputError: there is none.
    """
    import pyarrow as pa

    try:
        return pa.unify_schemas([*schemas], promote_options="permissive")
    except pa.ArrowException as error:
        raise no_types(name, error) from None


def no_types(name: str, error: Exception) -> InputError:
    """Return the error about values that no column of Parquet holds."""
    return InputError(
        f"{name}: found {one_line(error):.200}, expected columns of one type each, as Parquet has "
        "them: --out to .jsonl takes any"
    )
