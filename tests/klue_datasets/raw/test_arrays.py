from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_datasets.raw.arrays import number_array, text_array

NUMBERS = {
    np.int32: st.integers(-(2**31), 2**31 - 1),
    np.int64: st.integers(-(2**63), 2**63 - 1),
    np.float64: st.floats(allow_nan=False),
    np.bool_: st.booleans(),
}


@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]))))
def test_texts_are_pyarrow_s(values: list[str | None]) -> None:
    made = text_array(values)
    assert made.equals(pa.array(values, pa.string()))
    made.validate(full=True)


@pytest.mark.parametrize("dtype", NUMBERS)
@given(st.data())
def test_numbers_are_pyarrow_s(dtype: type[np.generic], data: st.DataObject) -> None:
    kind = pa.from_numpy_dtype(dtype)
    values = data.draw(st.lists(NUMBERS[dtype]))
    gaps = data.draw(st.lists(st.none() | NUMBERS[dtype]))
    assert number_array(np.array(values, dtype), dtype).equals(pa.array(values, kind))
    assert number_array(values, dtype).equals(pa.array(values, kind))
    made = number_array(gaps, dtype, optional=True)
    assert made.equals(pa.array(gaps, kind))
    assert made.null_count == gaps.count(None)
    made.validate(full=True)


def test_what_does_not_fit_is_an_error() -> None:
    with pytest.raises(OverflowError):
        number_array([2**31], np.int32)
    with pytest.raises(UnicodeError):
        text_array(["\ud800"])
