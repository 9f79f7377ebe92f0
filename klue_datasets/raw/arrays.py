"""Making Arrow arrays without pandas.

`pyarrow.array` imports pandas when it is first called, to ask whether it was given one of its
objects. That takes longer than reading a split, so the arrays here are made from what Arrow has
for the purpose below it: its builder of strings, and NumPy's memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa


def text_array(values: Iterable[str | None]) -> pa.Array:
    """Make an array of strings; None becomes null.

    Raises:
        UnicodeError: half of a surrogate pair, which is no text.

    Example:
        >>> text_array(["서울", None]).to_pylist()
        ['서울', None]
    """
    builder = pa.lib.StringBuilder()
    builder.append_values(values)
    return builder.finish()


def number_array(
    values: Sequence[float | None] | np.ndarray, dtype: type[np.generic], optional: bool = False
) -> pa.Array:
    """Make an array of numbers, or with the dtype `np.bool_` of truth values.

    Args:
        values: what it holds.
        dtype: NumPy's name of the type.
        optional: None may be among the values, and becomes null.

    Raises:
        OverflowError: a whole number beyond the type.

    Example:
        >>> number_array([3, None], np.int32, optional=True).to_pylist()
        [3, None]
    """
    validity = None
    if optional and None in values:
        validity = _buffer(np.array([value is not None for value in values], np.bool_))
        values = [0 if value is None else value for value in values]
    data = np.ascontiguousarray(values, dtype)
    kind = pa.from_numpy_dtype(data.dtype)
    return pa.Array.from_buffers(kind, len(data), [validity, _buffer(data)])


def _buffer(data: np.ndarray) -> pa.Buffer:
    # Arrow has a bit where NumPy has a byte for a truth value.
    return pa.py_buffer(np.packbits(data, bitorder="little") if data.dtype == np.bool_ else data)
