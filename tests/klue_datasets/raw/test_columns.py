from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from klue_datasets import DataError
from klue_datasets.notes import Notes
from klue_datasets.raw.columns import Rows, list_array, struct_array


def rows_of(*values: Any, name: str = "x") -> Rows:
    rows = [{"guid": f"g{i}", name: value} for i, value in enumerate(values)]
    return Rows(Path("a.json"), rows, Notes("a.json"))


def test_columns_of_every_kind() -> None:
    assert rows_of("a", "나").texts("x").to_pylist() == ["a", "나"]
    assert rows_of(True, False).truths("x").to_pylist() == [True, False]
    assert rows_of(1, -2).integers("x").to_pylist() == [1, -2]
    assert rows_of(1, 2.5).numbers("x").to_pylist() == [1.0, 2.5]
    assert rows_of("no", "yes").labels("x", ["yes", "no"]).to_pylist() == [1, 0]
    assert rows_of(0, 1).choices("x", 2).to_pylist() == [0, 1]
    assert rows_of(["a"], []).text_lists("x").to_pylist() == [["a"], []]
    assert rows_of([1], []).integer_lists("x").to_pylist() == [[1], []]


def test_missing_optional_values_are_null_and_counted() -> None:
    rows = rows_of("a", None)
    assert rows.texts("x", optional=True).to_pylist() == ["a", None]
    assert rows.texts("y", optional=True).to_pylist() == [None, None]
    assert rows.notes.missing == {"x": 1, "y": 2}


def test_missing_optional_lists_are_null() -> None:
    rows = rows_of(["a"], None, [])
    assert rows.text_lists("x", optional=True).to_pylist() == [["a"], None, []]


def test_fields_of_a_missing_object_are_not_counted_again() -> None:
    rows = rows_of({"a": "b"}, None, {})
    inner = rows.objects("x", optional=True)
    column = struct_array({"a": inner.texts("a", optional=True)}, rows.absent("x"))
    assert column.to_pylist() == [{"a": "b"}, None, {"a": None}]
    assert rows.notes.missing == {"x": 1, "x.a": 1}


@pytest.mark.parametrize(
    ("read", "values", "message"),
    [
        ("texts", ["a", 1], "g1: x: found 1, expected a string"),
        ("texts", ["a", None], "g1: x: found null, expected a string"),
        ("texts", ["a", "\ud800"], "g1: x: .*expected Unicode text"),
        ("truths", [True, 1], "g1: x: found 1, expected true or false"),
        ("integers", [1, True], "g1: x: found True, expected a whole number"),
        ("integers", [1, 2.0], "g1: x: found 2.0, expected a whole number"),
        ("integers", [1, 2**31], "g1: x: found 2147483648, expected a whole number of 32 bits"),
        ("integers", [1, 10**30], "g1: x: .*expected a whole number of 32 bits"),
        ("numbers", [1.0, float("inf")], "g1: x: found inf, expected a finite number"),
        ("numbers", [1, 10**400], "g1: x: found 1000.*expected a finite number"),
        ("text_lists", [["a"], "b"], "g1: x: found 'b', expected a list"),
        ("text_lists", [["a"], ["b", 1]], r"g1: x: found \['b', 1\], expected a list of"),
        ("text_lists", [["a"], ["b", "\ud800"]], "g1: x: .*expected Unicode text"),
        ("integer_lists", [[1], [2**31]], "g1: x: .*expected a whole number of 32 bits"),
        ("objects", [{}, []], r"g1: x: found \[\], expected an object"),
        ("inner", [[{}], {}], "g1: x: found {}, expected a list"),
        ("inner", [[{}], [1]], r"g1: x\[\]: found 1, expected an object"),
    ],
)
def test_wrong_values_are_named(read: str, values: list[Any], message: str) -> None:
    with pytest.raises(DataError, match=rf"a\.json: {message}"):
        getattr(rows_of(*values), read)("x")


def test_decomposed_labels_are_known() -> None:
    decomposed = unicodedata.normalize("NFD", "정치")
    assert rows_of(decomposed, "정치").labels("x", ["경제", "정치"]).to_pylist() == [1, 1]


def test_unknown_labels_are_named_with_those_there_are() -> None:
    with pytest.raises(DataError, match="g1: x: found '날씨', expected one of 정치, 경제"):
        rows_of("정치", "날씨").labels("x", ["정치", "경제"])
    with pytest.raises(DataError, match="g0: x: found 2, expected a whole number from 0 to 1"):
        rows_of(2).choices("x", 2)


def test_a_missing_required_field_is_named() -> None:
    with pytest.raises(DataError, match=r"g0: y: found nothing, expected a string"):
        rows_of("a").texts("y")


@pytest.mark.parametrize("row", [{}, {"guid": None}, {"guid": 3}, {"guid": ""}])
def test_a_row_without_a_guid_is_named_by_its_number(row: dict[str, Any]) -> None:
    with pytest.raises(DataError, match=r"row 2: .*expected a string"):
        Rows(Path("a"), [{"guid": "g"}, row], Notes("a"))


def test_inner_objects_carry_the_name_of_their_row() -> None:
    rows = rows_of([{"a": "b"}, {"a": "c"}], [], [{"a": 1}])
    inner, offsets = rows.inner("x")
    assert offsets.tolist() == [0, 2, 2, 3]
    with pytest.raises(DataError, match=r"g2: x\[\].a: found 1"):
        inner.texts("a")


def test_rows_without_a_label_are_dropped_and_counted() -> None:
    rows = rows_of("a", None, "b")
    kept = rows.labelled("x")
    assert kept.texts("guid").to_pylist() == ["g0", "g2"]
    assert rows.notes.unlabelled == ["g1"]


def test_an_absent_label_is_not_a_null_one() -> None:
    rows = Rows(Path("a"), [{"guid": "g"}], Notes("a"))
    assert len(rows.labelled("label")) == 1


def test_list_and_struct_arrays_take_masks() -> None:
    lists = list_array(np.array([0, 1, 1]), pa.array(["a"]), np.array([False, True]))
    assert lists.to_pylist() == [["a"], None]
    structs = struct_array({"a": pa.array([1, 2])}, np.array([True, False]))
    assert structs.to_pylist() == [None, {"a": 2}]
