from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_datasets import DataError
from klue_datasets.raw import windows
from klue_datasets.raw.json_rows import read_json, read_objects

values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8) | st.just("}, {"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
objects = st.lists(st.dictionaries(st.text(max_size=3), values, max_size=4), max_size=12)


def read(path: Path, text: str, key: str | None = None) -> list[dict[str, Any]]:
    path.write_text(text, encoding="utf-8")
    return [row for rows in read_objects(path, key) for row in rows]


@given(objects, st.sampled_from([None, 1, 4]), st.booleans(), st.integers(1, 40))
def test_reads_what_json_reads_whatever_the_layout_and_the_window(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[dict[str, Any]],
    indent: int | None,
    ascii_only: bool,
    window: int,
) -> None:
    path = tmp_path_factory.mktemp("json") / "a.json"
    text = json.dumps(rows, indent=indent, ensure_ascii=ascii_only)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "WINDOW", window)
        assert read(path, text) == rows
        document = json.dumps({"version": "v", "data": rows, "more": [1]}, indent=indent)
        assert read(path, document, "data") == rows


def test_a_long_list_comes_in_several_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "WINDOW", 100)
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"a": i} for i in range(100)]))
    batches = list(read_objects(path))
    assert len(batches) > 5
    assert [row["a"] for batch in batches for row in batch] == list(range(100))


def test_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    assert read(tmp_path / "a.json", '\ufeff[\r\n{"a": 1},\r\n{"a": 2}\r\n]\r\n') == [
        {"a": 1},
        {"a": 2},
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: found the end of the file, expected a list"),
        ("{}", "line 1: found '{}', expected a list"),
        ("[1]", "line 1: found '1]', expected an object"),
        ('[{"a": 1}', "line 1: found the end of the file, expected a comma or the closing ]"),
        ('[{"a": 1} {}]', "found '{}]', expected a comma or the closing ]"),
        ('[{"a": 1},]', r"found '\]', expected an object"),
        ('[{"a": 1},\n{"b": "x', "line 2: .*the file is cut off"),
        ('[{"a": 1},\n\n{"b" 1}]', "line 3: found '1}]', expected an object in JSON"),
        ('[{"a": 1}]]', r"found '\]', expected the end of the file"),
        ('[{"a": 1}], {"b": 2}, {"c": 3}]', "expected the end of the file"),
        ('[{"a": 1}, 3, {"b": 2}, {"c": 3}]', "found '3, .*expected an object"),
        ('[{"a": 1} 3, {"b": 2}, {"c": 3}]', "found '3, .*expected a comma or the closing"),
        ('[{"a": NaN}]', "found NaN, expected a number"),
        ('[{"a": ' + "[" * 100_000 + "]" * 100_000 + "}]", "nested so deeply"),
        ('[{"a": ' + "1" * 5000 + "}]", "expected an object in JSON"),
    ],
)
def test_errors_name_line_found_and_expected(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path / "a.json", text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"data": []}]', "expected an object with the member 'data'"),
        ('{"version": 1}', "expected the member 'data'"),
        ('{"data": {}}', "expected a list"),
        ('{"data": []', "expected a comma or the closing }"),
        ('{"data": [], 1}', "expected the name of a member"),
        ('{"data" []}', "expected a colon"),
    ],
)
def test_errors_of_a_list_inside_an_object(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path / "a.json", text, "data")


def test_read_json_names_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        read_json(tmp_path / "x.json")
