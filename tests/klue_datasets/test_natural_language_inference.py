from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from klue_datasets import DataError, load
from klue_datasets.natural_language_inference import ANNOTATORS, LABELS, agreement

ROW = {
    "guid": "klue-nli-v1_dev_00000",
    "source": "airbnb",
    "premise": "흡연은 발코니에서 됩니다.",
    "hypothesis": "흡연은 안 됩니다.",
    "gold_label": "contradiction",
    "author": "contradiction",
    "label2": "neutral",
    "label3": "contradiction",
    "label4": "entailment",
    "label5": "contradiction",
}


def test_all_columns(read: Callable[..., Any]) -> None:
    [row], _ = read("nli", [ROW])
    assert list(row) == ["guid", "source", "premise", "hypothesis", "label", *ANNOTATORS]
    assert LABELS[row["label"]] == "contradiction"
    assert [LABELS[row[name]] for name in ANNOTATORS] == [ROW[name] for name in ANNOTATORS]


def test_genre_is_the_source(read: Callable[..., Any]) -> None:
    train = {("genre" if name == "source" else name): value for name, value in ROW.items()}
    rows, notes = read("nli", [ROW, train])
    assert [row["source"] for row in rows] == ["airbnb", "airbnb"]
    assert not notes.missing


def test_a_partial_row_has_null_annotators(read: Callable[..., Any]) -> None:
    [row], notes = read("nli", [{k: v for k, v in ROW.items() if k not in ANNOTATORS}])
    assert {row[name] for name in ANNOTATORS} == {None}
    assert set(notes.missing) == set(ANNOTATORS)


def test_null_gold_labels_are_dropped_and_unknown_ones_are_errors(
    read: Callable[..., Any],
) -> None:
    rows, notes = read("nli", [ROW | {"gold_label": None}, ROW])
    assert len(rows) == 1
    assert len(notes.unlabelled) == 1
    with pytest.raises(DataError, match="gold_label: found '-', expected one of entailment"):
        read("nli", [ROW | {"gold_label": "-"}])
    with pytest.raises(DataError, match="label4: found '-', expected one of entailment"):
        read("nli", [ROW | {"label4": "-"}])


def test_real_files(data_dir: list[Path]) -> None:
    validation = load("nli", "validation", data_dir=data_dir, full=True)
    train = load("nli", "train", data_dir=data_dir, full=True)
    assert (len(train), len(validation)) == (24_998, 3_000)
    assert round(agreement(train.data.table)["validators with gold, %"], 1) == 93.2
    measures = agreement(validation.data.table)
    assert round(measures["validators with gold, %"], 1) == 92.6
    assert round(measures["all five alike, %"], 1) == 76.3
    assert round(measures["Krippendorff alpha (nominal)"], 3) == 0.838
    assert None not in train["source"]
