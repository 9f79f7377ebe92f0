"""Text files with an answer or a row of probabilities a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from klue_common.errors import InputError
from klue_metrics import MetricError
from tests.klue_formats.made_up import gold_of, read, written

GUIDS = gold_of("nli").guids
RIGHT = gold_of("nli").references
ROW = "0.7,0.2,0.1"


@pytest.mark.parametrize(
    "lines",
    [
        RIGHT,
        [f"{at},그는, 왔다.,가, 나,{label}" for at, label in enumerate(RIGHT)],
        [f"문장\t{label}" for label in RIGHT],
        [f"{guid},{label}" for guid, label in zip(GUIDS, RIGHT, strict=True)][::-1],
        [f"\ufeff{RIGHT[0]}\r", *(f"{label}\r" for label in RIGHT[1:])],
    ],
    ids=["alone", "behind-texts", "behind-a-tab", "behind-guids-in-disorder", "of-windows"],
)
def test_labels_end_their_lines(lines: list[str], tmp_path: Path) -> None:
    path = written(tmp_path / "theirs.txt", "\n".join(lines) + "\n")
    assert [one["label"] for one in read(path, "nli", "lines").records] == RIGHT


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ":1: found nothing, expected an answer a line, .*; formats that would fit: none"),
        ("\n".join(RIGHT[:3]), "found 3 answers without guids, expected 4"),
        ("\n".join([*RIGHT, "", ""]), "found 5 answers without guids, expected 4"),
        ("neutral\nneutral\nneutral\nmaybe\n", ":4: field 'label' of .*: found 'maybe', expected"),
        ("neutral\nneutral\nneutral\n\n", ":4: field 'label' of .*: found None, expected one of"),
    ],
)
def test_lines_that_are_wrong(text: str, message: str, tmp_path: Path) -> None:
    path = written(tmp_path / "theirs.txt", text)
    with pytest.raises((InputError, MetricError), match=message):
        read(path, "nli", "lines")


@pytest.mark.parametrize(
    "rows",
    [
        ["neutral,entailment,contradiction", "0.1,0.8,0.1", *["0.8,0.1,0.1"] * 3],
        [",0,1,2", "0,0.8,0.1,0.1", *["0,0.1,0.8,0.1"] * 3],
        ["0.8 0.1 0.1", *["1e-1 8e-1 0.1"] * 3],
        [
            "guid,entailment,neutral,contradiction",
            *[f"{guid},0.1,0.8,0.1" for guid in GUIDS[1:]],
            f"{GUIDS[0]},0.8,0.1,0.1",
        ],
    ],
    ids=["by-name", "by-number", "without-a-header", "with-guids"],
)
def test_the_likeliest_label_counts(rows: list[str], tmp_path: Path) -> None:
    path = written(tmp_path / "theirs.csv", "\n".join(rows))
    found = read(path, "nli", "probabilities").records
    assert [one["label"] for one in found] == ["entailment", *["neutral"] * 3]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([ROW] * 3, "found 3 answers without guids, expected 4"),
        ([ROW] * 3 + ["nan,0.5,0.5"], ":4: found 'nan' for entailment, expected a probability"),
        ([ROW] * 3 + ["0.5,inf,0.5"], ":4: found 'inf' for neutral, expected a probability"),
        ([ROW] * 3 + ["0.5,x,0.5"], ":4: found 'x' for neutral, expected a probability"),
        ([ROW] * 3 + ["1.5,-1,0.5"], ":4: found '-1' for neutral, expected a probability"),
        ([ROW] * 3 + ["0,0,0"], ":4: found numbers that sum to 0, expected probabilities, which"),
        ([ROW] * 3 + ["3.1,0.2,0"], ":4: found numbers that sum to 3.3, expected probabilities"),
        ([ROW] * 3 + ["0.5,0.5"], ":4: found 2 numbers, expected 3"),
        (["entailment,neutral,maybe", ROW], ":1: found .*, expected a line of probabilities"),
        (["entailment,neutral,contradiction"], "found no rows, expected 4"),
        (["entailment,neutral,contradiction,neutral"], ":1: found 2 columns named 'neutral', exp"),
    ],
)
def test_probabilities_that_are_wrong(rows: list[str], message: str, tmp_path: Path) -> None:
    path = written(tmp_path / "theirs.csv", "\n".join(rows))
    with pytest.raises(InputError, match=message) as error:
        read(path, "nli", "probabilities")
    assert str(error.value).startswith(str(path))


def test_columns_without_names_stand_in_the_order_that_somebody_says(tmp_path: Path) -> None:
    path = written(tmp_path / "theirs.txt", f"{ROW}\n" * 4)
    order = ("neutral", "contradiction", "entailment")
    assert {one["label"] for one in read(path, "nli", "probabilities", labels=order).records} == {
        "neutral"
    }
