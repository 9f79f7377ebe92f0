from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from klue_datasets import DataError, load
from klue_datasets.topic_classification import FULL_SCHEMA, TOPICS, agreement

ROW = {
    "guid": "ynat-v1_dev_00000",
    "title": "새 다리가 열렸다",
    "predefined_news_category": "경제",
    "label": "사회",
    "annotations": {
        "annotators": ["18", "03"],
        "annotations": {
            "first-scope": ["사회", "경제"],
            "second-scope": ["해당없음", "해당없음"],
            "third-scope": ["해당없음", "해당없음"],
        },
    },
    "url": "https://example.org",
    "date": "2017.09.21. 오후 5:09",
}


def test_all_columns(read: Callable[..., Any]) -> None:
    [row], notes = read("ynat", [ROW])
    assert row == ROW | {"label": TOPICS.index("사회")}
    assert notes.lines() == []


def test_default_columns(read: Callable[..., Any]) -> None:
    [row], _ = read("ynat", [ROW], full=False)
    assert list(row) == ["guid", "title", "label", "url", "date"]


def test_partial_rows_have_nulls(read: Callable[..., Any]) -> None:
    partial = {name: ROW[name] for name in ("guid", "title", "label")}
    [row], notes = read("ynat", [partial])
    assert row["annotations"] is row["date"] is row["url"] is None
    assert set(notes.missing) == {"annotations", "date", "predefined_news_category", "url"}


def test_null_labels_are_dropped(read: Callable[..., Any]) -> None:
    rows, notes = read("ynat", [ROW, ROW | {"guid": "b", "label": None}])
    assert len(rows) == notes.rows == 1
    assert notes.unlabelled == ["b"]


@pytest.mark.parametrize("field", ["guid", "title", "label"])
def test_required_fields(read: Callable[..., Any], field: str) -> None:
    with pytest.raises(DataError, match=field):
        read("ynat", [{name: value for name, value in ROW.items() if name != field}])


def test_unknown_label(read: Callable[..., Any]) -> None:
    with pytest.raises(DataError, match="ynat-v1_dev_00000: label: found '날씨', expected one of"):
        read("ynat", [ROW | {"label": "날씨"}])


def test_agreement_is_of_the_first_choices() -> None:
    rows = [{"annotations": {"annotations": {"first-scope": ["사회", "사회"]}}} for _ in range(2)]
    rows.append({"annotations": {"annotations": {"first-scope": ["경제", "경제"]}}})
    schema = pa.schema([FULL_SCHEMA.arrow.field("annotations")])
    [alpha] = agreement(pa.Table.from_pylist(rows, schema=schema)).values()
    assert math.isclose(alpha, 1.0)
    assert agreement(pa.Table.from_pylist([{"annotations": None}], schema=schema)) == {}


def test_real_files(data_dir: list[Path]) -> None:
    train = load("ynat", "train", data_dir=data_dir)
    assert len(train) == 45_678 - 747
    validation = load("ynat", "validation", data_dir=data_dir)
    counts = {name: validation["label"].count(i) for i, name in enumerate(TOPICS)}
    assert counts == {
        "IT과학": 554,
        "경제": 1_348,
        "사회": 3_701,
        "생활문화": 1_369,
        "세계": 835,
        "스포츠": 578,
        "정치": 722,
    }
