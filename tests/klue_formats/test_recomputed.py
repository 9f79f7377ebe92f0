"""docs/recomputed.md: what was published stands in the files, and the tables are made from them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from klue_common.errors import InputError
from klue_formats import FORMATS
from klue_formats.recomputed import PUBLISHED, markdown

DOC = Path(__file__).parents[2] / "docs" / "recomputed.md"
BEGIN, END = "<!-- recomputed -->\n", "\n<!-- /recomputed -->"
DEV = (
    "klue-sts-v1.1/klue-sts-v1.1_dev.json",
    "klue-re-v1.1/klue-re-v1.1_dev.json",
    "klue-nli-v1.1/klue-nli-v1.1_dev.json",
    "klue-dp-v1.1/klue-dp-v1.1_dev.tsv",
    "ynat-v1.1/ynat-v1.1_dev.json",
)


@pytest.mark.slow
def test_the_tables_are_made_from_the_files(shared: Path, data_dir: list[Path]) -> None:
    for name in DEV:
        if not any((folder / name).exists() for folder in data_dir):
            pytest.skip(f"KLUE_DATA_DIR has no {name}")
    shown = DOC.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    assert shown == markdown(shared / "predictions")


def test_every_format_is_in_it() -> None:
    text = DOC.read_text("utf-8")
    for name, form in FORMATS.items():
        assert f"| {name} | {form.description} |" in text


def test_every_file_is_in_it(shared: Path) -> None:
    there = {path.name for path in (shared / "predictions").iterdir()}
    assert there == {one.file for one in PUBLISHED}


def rows_of(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".json":
        found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
        return found
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def mark(row: dict[str, Any]) -> tuple[float, float]:
    """How many of a row's answers its authors counted as right, and how many it has."""
    if "metrics" in row:
        return row["metrics"]["correct_heads"], row["metrics"]["total"]
    right = row["is_correct"] if "is_correct" in row else row["accuracy"]
    return float(right in (True, "True", "1.0")), 1


@pytest.mark.parametrize(
    ("file", "share"),
    [
        ("nli_dev_gemini25flash.csv", 32.13),
        ("re_dev_gemini25flash.csv", 0.0),
        ("ynat_dev_gemini25flash.json", 68.94),
        ("dp_dev_gemini25flash.json", 51.31),
    ],
)
def test_what_was_published_is_what_the_files_say_of_themselves(
    file: str, share: float, shared: Path
) -> None:
    marks = [mark(row) for row in rows_of(shared / "predictions" / file)]
    right, all_of_them = (sum(part) for part in zip(*marks, strict=True))
    assert round(100 * right / all_of_them, 2) == share
    (one,) = (one for one in PUBLISHED if one.file == file)
    said = [float(text.split()[0]) for text in one.scores.values()]
    assert share in said or f"{share}" in one.why


def test_a_folder_without_the_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"sts_dev_SurimJang\.csv: cannot be read: No such file"):
        markdown(tmp_path)
