from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from klue_datasets import DataError, load
from klue_datasets.textual_similarity import SCHEMA, agreement, find

ROW = {
    "guid": "klue-sts-v1_dev_00000",
    "source": "airbnb-rtt",
    "sentence1": "방이 넓어요.",
    "sentence2": "방이 크네요.",
    "labels": {"label": 4.9, "real-label": 4.857, "binary-label": 1},
    "annotations": {
        "agreement": "0:0:0:0:1:6",
        "annotators": ["17", "07"],
        "annotations": [5, 4],
    },
}


def with_labels(label: float, score: float, binary: int) -> pa.Table:
    labels = {"label": label, "real-label": score, "binary-label": binary}
    return pa.Table.from_pylist([ROW | {"labels": labels}], schema=SCHEMA.arrow)


def test_all_columns(read: Callable[..., Any]) -> None:
    assert read("sts", [ROW])[0] == [ROW]


def test_partial_rows_have_nulls(read: Callable[..., Any]) -> None:
    partial = {name: value for name, value in ROW.items() if name not in ("source", "annotations")}
    [row], notes = read("sts", [partial])
    assert row["source"] is row["annotations"] is None
    assert notes.missing == {"source": 1, "annotations": 1}


@pytest.mark.parametrize("binary", [2, -1, True, "1", None])
def test_wrong_binary_labels(read: Callable[..., Any], binary: object) -> None:
    with pytest.raises(DataError, match=r"labels\.binary-label"):
        read("sts", [ROW | {"labels": ROW["labels"] | {"binary-label": binary}}])  # type: ignore[operator]


def test_labels_that_do_not_follow_from_the_score_are_found() -> None:
    assert list(find(with_labels(4.9, 4.857, 1), {})) == []
    assert list(find(with_labels(3.0, 2.95, 0), {})) == []
    assert [one.field for one in find(with_labels(4.5, 4.857, 1), {})] == ["labels.label"]
    assert [one.field for one in find(with_labels(2.9, 2.9, 1), {})] == ["labels.binary-label"]
    assert [one.field for one in find(with_labels(5.1, 5.1, 1), {})] == ["labels.real-label"]


def test_real_files(data_dir: list[Path]) -> None:
    validation = load("sts", "validation", data_dir=data_dir, full=True)
    assert len(validation) == 519
    table = validation.data.table
    assert list(find(table, {})) == []
    [alpha] = agreement(table).values()
    assert round(alpha, 3) == 0.748
    for labels, rated in zip(validation["labels"][:], validation["annotations"][:], strict=True):
        ratings = rated["annotations"]
        assert abs(sum(ratings) / len(ratings) - labels["real-label"]) < 1e-9
    assert len(load("sts", "train", data_dir=data_dir)) == 11_668
