"""The columns of a table, declared as `datasets` declares them but without importing it.

The names are the library's own: a `Schema` reads like its `Features` and turns into them. The
difference is the import: `datasets` takes longer to import than a split takes to be read and
scored, and reading needs no more of it than this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    import datasets


@dataclass(frozen=True)
class Value:
    """A plain value; `dtype` is Arrow's name of its type."""

    dtype: str


@dataclass(frozen=True)
class ClassLabel:
    """A class, stored as its position in `names`."""

    names: Sequence[str]


@dataclass(frozen=True)
class List:
    """A list of values of one kind."""

    feature: Column


Column = Value | ClassLabel | List | Mapping[str, "Column"]
"""What a column holds; a mapping is an object with these fields."""


class Schema(dict[str, Column]):
    """The columns of a table by name, in their order.

    Example:
        >>> schema = Schema({"text": Value("string"), "label": ClassLabel(["no", "yes"])})
        >>> schema.arrow.field("label").type
        DataType(int64)
        >>> schema.features["label"].names
        ['no', 'yes']
    """

    @cached_property
    def arrow(self) -> pa.Schema:
        """The same for Arrow."""
        return pa.schema([(name, _arrow_type(column)) for name, column in self.items()])

    def label_names(self, *path: str) -> tuple[str, ...]:
        """Return the labels that a column may have; of a list, those of what it holds.

        Args:
            path: the column, and the fields that lead on from there where it is an object.

        Raises:
            TypeError: it has no labels.

        Example:
            >>> Schema({"tags": List(ClassLabel(["B", "I"]))}).label_names("tags")
            ('B', 'I')
        """
        column: Column = self
        for name in path:
            column = column[name] if isinstance(column, Mapping) else column
        column = column.feature if isinstance(column, List) else column
        if not isinstance(column, ClassLabel):
            raise TypeError(f"{'.'.join(path)}: found {column!r:.60}, expected a ClassLabel")
        return tuple(column.names)

    @cached_property
    def features(self) -> datasets.Features:
        """The same for `datasets`, which is imported now."""
        import datasets

        return datasets.Features({name: _feature(column) for name, column in self.items()})


def _arrow_type(column: Column) -> pa.DataType:
    if isinstance(column, Value):
        return pa.type_for_alias(column.dtype)
    if isinstance(column, ClassLabel):
        return pa.int64()
    if isinstance(column, List):
        return pa.list_(_arrow_type(column.feature))
    return pa.struct([(name, _arrow_type(part)) for name, part in column.items()])


def _feature(column: Column) -> Any:
    import datasets

    if isinstance(column, Value):
        return datasets.Value(column.dtype)
    if isinstance(column, ClassLabel):
        return datasets.ClassLabel(names=list(column.names))
    if isinstance(column, List):
        return datasets.List(_feature(column.feature))
    return {name: _feature(part) for name, part in column.items()}
