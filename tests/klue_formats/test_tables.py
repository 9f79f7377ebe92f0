"""Tables with named columns: which column is read, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from klue_common.errors import InputError
from klue_metrics import MetricError
from tests.klue_formats.made_up import gold_of, read, written

GUIDS = gold_of("nli").guids
RIGHT = gold_of("nli").references
ROWS = [f"{guid},{label}" for guid, label in zip(GUIDS, RIGHT, strict=True)]


def table(path: Path, header: str, rows: list[str] = ROWS) -> Path:
    return written(path / "theirs.csv", "\n".join([header, *rows]) + "\n")


@pytest.mark.parametrize("header", ["guid,label", "guid,prediction", "id,y_pred", "id,예측"])
def test_the_column_of_predictions_is_found(header: str, tmp_path: Path) -> None:
    found = read(table(tmp_path, header), "nli", "csv")
    assert [one["label"] for one in found.records] == RIGHT
    assert ("columns found by their names" in "".join(found.notes)) == (header != "guid,label")


def test_the_references_of_a_file_are_not_its_predictions(tmp_path: Path) -> None:
    rows = [f"{row},neutral" for row in ROWS]
    found = read(table(tmp_path, "guid,label,predicted", rows), "nli", "csv")
    assert {one["label"] for one in found.records} == {"neutral"}


@pytest.mark.parametrize(
    ("header", "said", "message"),
    [
        ("guid,pred_a,pred_b", {}, "found the columns 'pred_a', 'pred_b', expected one of predic"),
        ("guid,pred_a,pred_b", {}, "the label's name.: --column LABEL names it"),
        ("guid,x,y", {}, "found the columns 'guid', 'x', 'y', expected one of predictions"),
        ("guid,x,y", {"columns": ("z",)}, "found the columns 'guid', 'x', 'y', expected 'z'"),
        ("guid,x,y", {"columns": ("x", "y")}, "--column: found 2 columns, expected 1: label"),
        ("guid,x,x", {"columns": ("x",)}, ":1: found 'guid,x,x', expected a table"),
    ],
)
def test_columns_that_cannot_be_told(
    header: str, said: dict[str, tuple[str, ...]], message: str, tmp_path: Path
) -> None:
    path = table(tmp_path, header, [f"{guid},neutral,neutral" for guid in GUIDS])
    with pytest.raises(InputError, match=message):
        read(path, "nli", "csv", **said)


def test_a_column_that_somebody_names(tmp_path: Path) -> None:
    path = table(tmp_path, "guid,pred_a,pred_b", [f"{guid},neutral,1" for guid in GUIDS])
    found = read(path, "nli", "csv", columns=("pred_a",))
    assert {one["label"] for one in found.records} == {"neutral"}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "found no rows, expected 4"),
        (ROWS[:3], "field 'guid': found 3 of 4 guids, expected every one"),
        ([*ROWS, ROWS[0]], ":6: field 'guid': found .* again, expected each guid once .line 2."),
        ([*ROWS[:3], "x,neutral"], ":5: field 'guid': found 'x', expected one of the 4 guids"),
        ([*ROWS[:3], f"{GUIDS[3]},maybe"], ":5: field 'label' of .*: found 'maybe', expected one"),
        ([*ROWS[:3], f"{GUIDS[3]},3"], ":5: field 'label' of .*: found '3', expected one of ent"),
        ([*ROWS[:3], f"{GUIDS[3]},"], ":5: field 'label' of .*: found None, expected one of ent"),
        ([*ROWS[:3], GUIDS[3]], ":5: found 1 cells, expected 2, as in the header"),
        ([*ROWS[:3], f'{GUIDS[3]},"neu'], ":5: found unexpected end of data"),
    ],
)
def test_rows_that_are_wrong(rows: list[str], message: str, tmp_path: Path) -> None:
    path = table(tmp_path, "guid,label", rows)
    with pytest.raises((InputError, MetricError), match=message) as error:
        read(path, "nli", "csv")
    assert "\n" not in str(error.value)
    assert str(error.value).startswith(str(path))


def test_what_is_missing_counts_as_wrong_where_that_is_asked_for(tmp_path: Path) -> None:
    path = table(tmp_path, "guid,label", [*ROWS[:2], f"{GUIDS[2]},"])
    assert [one["label"] for one in read(path, "nli", "csv", "wrong").records] == [
        *RIGHT[:2],
        None,
        None,
    ]


def test_rows_without_guids_stand_in_order(tmp_path: Path) -> None:
    path = table(tmp_path, "id,prediction", [f"{at},{label}" for at, label in enumerate(RIGHT)])
    found = read(path, "nli", "csv")
    assert [one["label"] for one in found.records] == RIGHT
    assert "no guids: answers are taken for the examples in KLUE's order" in found.notes
    short = table(tmp_path, "id,prediction", ["0,neutral"])
    with pytest.raises(InputError, match="found 1 answers without guids, expected 4: one for each"):
        read(short, "nli", "csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "found"),
        ('[{"guid": "a", "label": "neutral"}', "found"),
        ("[]", "found no rows"),
        ('{"guid": "a"', ":1: found .*expected an object a line"),
        ("[1, 2]", "found"),
    ],
)
def test_json_that_is_damaged(text: str, message: str, tmp_path: Path) -> None:
    path = written(tmp_path / "theirs.json", text)
    with pytest.raises(ValueError, match=message) as error:
        read(path, "nli", "json")
    assert "\n" not in str(error.value) and "theirs.json" in str(error.value)


def test_answers_by_guid_may_be_objects(tmp_path: Path) -> None:
    content = {guid: {"label": "neutral"} for guid in GUIDS}
    path = written(tmp_path / "theirs.json", json.dumps(content))
    assert {one["label"] for one in read(path, "nli", "json").records} == {"neutral"}


def test_what_is_no_dataset(tmp_path: Path) -> None:
    from datasets import Dataset, DatasetDict

    DatasetDict({"train": Dataset.from_dict({"a": [1]})}).save_to_disk(tmp_path / "several")
    with pytest.raises(InputError, match="several: found the splits train, expected the folder of"):
        read(tmp_path / "several", "nli", "datasets")
    (tmp_path / "cut.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(
        InputError, match=r"cut\.parquet: found .*, expected a folder of save_to_disk"
    ):
        read(tmp_path / "cut.parquet", "nli", "datasets")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty: found a folder, expected a folder that `Dataset"):
        read(tmp_path / "empty", "nli", "datasets")
