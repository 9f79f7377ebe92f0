from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from klue_datasets import DataError, load
from klue_datasets.relation_extraction import RELATION_LIST, RELATIONS, SCHEMA, find
from klue_datasets.sources import SAMPLE

ROW = {
    "guid": "klue-re-v1_dev_00000",
    "sentence": "이순신은 서울에서 태어났다.",
    "subject_entity": {"word": "이순신", "start_idx": 0, "end_idx": 2, "type": "PER"},
    "object_entity": {"word": "서울", "start_idx": 5, "end_idx": 6, "type": "LOC"},
    "label": "per:place_of_birth",
    "source": "wikipedia",
}


def table(**changed: Any) -> pa.Table:
    row = ROW | changed | {"label": 14}
    return pa.Table.from_pylist([row], schema=SCHEMA.arrow)


def test_rows(read: Callable[..., Any]) -> None:
    rows, _ = read("re", [ROW])
    assert rows == [ROW | {"label": 14}] == read("re", [ROW], full=False)[0]


def test_null_labels_are_dropped_and_unknown_ones_are_errors(read: Callable[..., Any]) -> None:
    assert read("re", [ROW | {"label": None}])[0] == []
    with pytest.raises(DataError, match="label: found 'per:boss', expected one of no_relation"):
        read("re", [ROW | {"label": "per:boss"}])


def test_a_broken_entity_is_named(read: Callable[..., Any]) -> None:
    with pytest.raises(DataError, match=r"object_entity\.end_idx: found '6', expected a whole"):
        read("re", [ROW | {"object_entity": ROW["object_entity"] | {"end_idx": "6"}}])  # type: ignore[operator]


def test_what_is_found() -> None:
    assert list(find(table(), {})) == []
    for wrong in ({"end_idx": 7}, {"start_idx": -2, "end_idx": 6}, {"word": "부산"}):
        [one] = find(table(object_entity=ROW["object_entity"] | wrong), {})  # type: ignore[operator]
        assert one.field == "object_entity"
    [kind] = find(table(object_entity=ROW["object_entity"] | {"type": "CITY"}), {})  # type: ignore[operator]
    assert kind.field == "object_entity.type"


def test_another_relation_list_is_found() -> None:
    listed = {RELATION_LIST: {"relations": RELATIONS}}
    assert list(find(table(), listed)) == []
    for other in ({"relations": RELATIONS[::-1]}, {}, RELATIONS):
        [one] = find(table(), {RELATION_LIST: other})
        assert one.row == -1


def test_sample_has_every_relation() -> None:
    assert json.loads((SAMPLE / RELATION_LIST).read_text(encoding="utf-8"))["relations"] == (
        RELATIONS
    )
    labels = [
        label
        for split in ("train", "validation")
        for label in load("re", split, sample=True)["label"]
    ]
    assert set(labels) == set(range(30))


def test_real_files(data_dir: list[Path]) -> None:
    for split, size, none in (("train", 32_470, 9_534), ("validation", 7_765, 4_631)):
        rows = load("re", split, data_dir=data_dir)
        assert len(rows) == size
        assert rows["label"].count(0) == none
        for role in ("subject_entity", "object_entity"):
            for sentence, entity in zip(rows["sentence"][:], rows[role][:], strict=True):
                assert sentence[entity["start_idx"] : entity["end_idx"] + 1] == entity["word"]
