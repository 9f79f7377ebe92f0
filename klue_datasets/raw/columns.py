"""Turning a batch of parsed objects into Arrow columns, checking each value once on the way.

Every check looks at a whole column (the set of its values' types, a vectorised comparison); only
a column that fails is searched for the value to name in the error.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa

from ..errors import DataError, data_error, show
from ..notes import Notes
from .arrays import number_array, text_array

INT32 = range(-(2**31), 2**31)


class Rows:
    """A batch of objects of one file, read column by column.

    Args:
        path: the file, for messages.
        rows: the parsed objects.
        notes: where missing optional fields are counted.
        guids: what to call each row in a message; default the rows' own `guid`.
        prefix: what stands before a field's name in a message, for nested objects.
        excused: how many rows stand for objects that are missing as a whole.

    A column is optional or required. In an optional one a missing field or null becomes null and
    is counted in `notes`; in a required one it is a DataError. So is a value of another type, a
    number beyond 32 bits, or text that is no Unicode (a lone surrogate).
    """

    def __init__(
        self,
        path: Path,
        rows: Sequence[dict[str, Any]],
        notes: Notes,
        guids: Sequence[str] | None = None,
        prefix: str = "",
        excused: int = 0,
    ) -> None:
        self.path = path
        self.rows = rows
        self.notes = notes
        self.prefix = prefix
        self.excused = excused
        self.guids: Sequence[str] = self._own_guids() if guids is None else guids

    def __len__(self) -> int:
        return len(self.rows)

    def texts(self, name: str, optional: bool = False) -> pa.Array:
        """Read a column of strings."""
        return self._array(name, self._values(name, str, optional), pa.string())

    def truths(self, name: str) -> pa.Array:
        """Read a required column of true and false."""
        return self._array(name, self._values(name, bool), pa.bool_())

    def integers(self, name: str, optional: bool = False) -> pa.Array:
        """Read a column of whole numbers of 32 bits."""
        values = self._values(name, int, optional)
        return self._array(name, values, pa.int32())

    def numbers(self, name: str) -> pa.Array:
        """Read a required column of finite numbers, whole or not, as 64-bit floats."""
        values = self._values(name, (int, float))
        if not all(map(_finite, values)):
            self._complain(name, values, lambda value: not _finite(value), "a finite number")
        return number_array(values, np.float64)

    def labels(self, name: str, names: Sequence[str], optional: bool = False) -> pa.Array:
        """Read a column of class names, composed or decomposed, as the positions in `names`."""
        values = self._values(name, str, optional)
        ids: dict[str | None, int | None] = {
            written: i
            for i, name in enumerate(names)
            for written in (name, unicodedata.normalize("NFD", name))
        }
        if optional:
            ids[None] = None
        try:
            return number_array([ids[value] for value in values], np.int64, optional)
        except KeyError:
            expected = f"one of {', '.join(names)}"
            self._complain(name, values, lambda value: value not in ids, expected)

    def choices(self, name: str, count: int) -> pa.Array:
        """Read a required column of class ids, whole numbers from 0 up to but not `count`."""
        values = self._values(name, int)
        if not set(values) <= set(range(count)):
            expected = f"a whole number from 0 to {count - 1}"
            self._complain(name, values, lambda value: not 0 <= value < count, expected)
        return number_array(values, np.int64)

    def text_lists(self, name: str, optional: bool = False) -> pa.Array:
        """Read a column of lists of strings."""
        return self._lists(name, str, pa.string(), optional)

    def integer_lists(self, name: str, optional: bool = False) -> pa.Array:
        """Read a column of lists of whole numbers of 32 bits."""
        return self._lists(name, int, pa.int32(), optional)

    def objects(self, name: str, optional: bool = False) -> Rows:
        """Read a column of objects; a missing optional one has only missing fields."""
        values = self._values(name, dict, optional)
        excused = values.count(None)
        if excused:
            values = [{} if value is None else value for value in values]
        return Rows(self.path, values, self.notes, self.guids, f"{self.prefix}{name}.", excused)

    def absent(self, name: str) -> np.ndarray:
        """Return for each row whether a field is missing or null, as a boolean mask."""
        return np.array([row.get(name) is None for row in self.rows], bool)

    def inner(self, name: str, of: Sequence[str] | None = None) -> tuple[Rows, np.ndarray]:
        """Flatten a required column of lists of objects.

        Args:
            name: the column.
            of: a name for each of this batch's rows, default its guid; each inner object is
                called by that of its row in messages.

        Returns:
            The objects of all lists, one after the other, and where each row's begin (n + 1).
        """
        lists = self._values(name, list)
        offsets = offsets_of(map(len, lists))
        flat = list(chain.from_iterable(lists))
        guids = [guid for guid, items in zip(of or self.guids, lists, strict=True) for _ in items]
        rows = Rows(self.path, flat, self.notes, guids, f"{self.prefix}{name}[].")
        if not set(map(type, flat)) <= {dict}:
            rows._complain("", flat, lambda value: type(value) is not dict, "an object")
        return rows, offsets

    def labelled(self, name: str) -> Rows:
        """Leave out the rows whose label is null, and count them."""
        labels = [row.get(name, "") for row in self.rows]
        if None not in labels:
            return self
        kept = [i for i, label in enumerate(labels) if label is not None]
        dropped = set(range(len(self.rows))).difference(kept)
        self.notes.unlabelled.extend(self.guids[i] for i in sorted(dropped))
        rows, guids = [self.rows[i] for i in kept], [self.guids[i] for i in kept]
        return Rows(self.path, rows, self.notes, guids, self.prefix)

    def error(self, row: int, name: str, found: str, expected: str) -> DataError:
        """Build the error of one field of one row."""
        place = f"{self.guids[row]}: {self.prefix}{name}".rstrip(".: ")
        return data_error(self.path, place, found, expected)

    def _own_guids(self) -> list[str]:
        guids: list[Any] = [row.get("guid") for row in self.rows]
        if set(map(type, guids)) <= {str} and all(guids):
            return guids
        first = self.notes.rows + len(self.notes.unlabelled)
        at = next(i for i, guid in enumerate(guids) if type(guid) is not str or not guid)
        found = f"guid {show(guids[at])}" if "guid" in self.rows[at] else "no guid"
        raise data_error(self.path, f"row {first + at + 1}", found, "a string")

    def _values(
        self, name: str, kind: type | tuple[type, ...], optional: bool = False
    ) -> list[Any]:
        """Fetch a column and check its types by the set of them."""
        kinds = set(kind) if isinstance(kind, tuple) else {kind}
        values: list[Any]
        if optional:
            values = [row.get(name) for row in self.rows]
        else:
            try:
                values = list(map(itemgetter(name), self.rows))
            except KeyError:
                row = next(i for i, row in enumerate(self.rows) if name not in row)
                raise self.error(row, name, "nothing", _NAMES[min(kinds, key=str)]) from None
        types = set(map(type, values))
        if optional and type(None) in types:
            missing = values.count(None) - self.excused
            if missing:
                self.notes.missing[f"{self.prefix}{name}"] += missing
            types.discard(type(None))
            kinds.add(type(None))
        if not types <= kinds:
            expected = " or ".join(sorted(_NAMES[kind] for kind in kinds if kind in _NAMES))
            self._complain(name, values, lambda value: type(value) not in kinds, expected)
        return values

    def _lists(self, name: str, kind: type, arrow: pa.DataType, optional: bool) -> pa.Array:
        lists = self._values(name, list, optional)
        missing = np.array([value is None for value in lists], bool)
        if optional:
            lists = [value or [] for value in lists]
        flat = list(chain.from_iterable(lists))
        if not set(map(type, flat)) <= {kind}:
            wrong = next(i for i, items in enumerate(lists) if not set(map(type, items)) <= {kind})
            raise self.error(wrong, name, show(lists[wrong]), f"a list of {_NAMES[kind]} each")
        offsets = offsets_of(map(len, lists))
        where = np.repeat(np.arange(len(lists)), np.diff(offsets))
        values = self._array(name, flat, arrow, where)
        return list_array(offsets, values, missing if missing.any() else None)

    def _array(
        self, name: str, values: list[Any], arrow: pa.DataType, where: np.ndarray | None = None
    ) -> pa.Array:
        try:
            return _MADE[arrow](values)
        except (UnicodeError, OverflowError):
            wrong = next(i for i, value in enumerate(values) if not _fits(value))
            row = wrong if where is None else int(where[wrong])
            raise self.error(row, name, show(values[wrong]), _FITTING[arrow]) from None

    def _complain(
        self, name: str, values: list[Any], wrong: Callable[[Any], bool], expected: str
    ) -> NoReturn:
        row = next(i for i, value in enumerate(values) if wrong(value))
        raise self.error(row, name, show(values[row]), expected)


def offsets_of(lengths: Iterable[int]) -> np.ndarray:
    """Sum lengths up to the offsets of a list column, int32, one longer than the lengths.

    Example:
        >>> offsets_of([2, 0, 3])
        array([0, 2, 2, 5], dtype=int32)
    """
    return np.cumsum([0, *lengths], dtype=np.int32)


def list_array(
    offsets: np.ndarray, values: pa.Array, missing: np.ndarray | None = None
) -> pa.ListArray:
    """Build a list column from flat values; rows of the `missing` mask become null."""
    mask = None if missing is None else number_array(missing, np.bool_)
    return pa.ListArray.from_arrays(number_array(offsets, np.int32), values, mask=mask)


def struct_array(columns: dict[str, pa.Array], missing: np.ndarray | None = None) -> pa.StructArray:
    """Build a column of objects from its fields; rows of the `missing` mask become null."""
    mask = None if missing is None or not missing.any() else number_array(missing, np.bool_)
    return pa.StructArray.from_arrays(list(columns.values()), names=list(columns), mask=mask)


_NAMES = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}

_MADE: dict[pa.DataType, Callable[[list[Any]], pa.Array]] = {
    pa.string(): text_array,
    pa.int32(): partial(number_array, dtype=np.int32, optional=True),
    pa.bool_(): partial(number_array, dtype=np.bool_),
}

_FITTING = {pa.string(): "Unicode text", pa.int32(): "a whole number of 32 bits"}


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an int beyond what a float holds
        return False


def _fits(value: Any) -> bool:
    if isinstance(value, str):
        return not any("\ud800" <= char <= "\udfff" for char in value)
    return not isinstance(value, int) or value in INT32
