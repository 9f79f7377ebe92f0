"""Result files of every version: what is read, what is refused, and what is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from klue_common.errors import InputError
from klue_results.result_files import SCHEMA
from klue_results.results import Result, read_results
from klue_results.tables import markdown_table, notes_on, result_rows
from tests.klue_results.test_card import result

FIRST_RELEASE = Path(__file__).parent / "first_release.json"


def text(**changes: Any) -> str:
    return json.dumps({**result().as_dict(), **changes})


def test_a_file_of_the_first_release_is_read() -> None:
    content = json.loads(FIRST_RELEASE.read_text(encoding="utf-8"))
    assert "schema" not in content and "encoder" not in content
    read = Result.read(FIRST_RELEASE)
    assert read.scores == content["scores"]
    assert (read.encoder, read.held_out, read.history) == ({}, {}, [])
    assert [row["score"] for row in result_rows([read])] == ["pearsonr", "f1"]
    assert notes_on([read]) == []


def test_what_is_written_names_its_version_and_is_read_back(tmp_path: Path) -> None:
    result().write(tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["schema"] == SCHEMA == 2
    assert Result.read(tmp_path / "a.json") == result()
    Result.read(FIRST_RELEASE).write(tmp_path / "b.json")
    assert Result.read(tmp_path / "b.json") == Result.read(FIRST_RELEASE)


def test_of_a_later_version_the_known_fields_are_read(capsys: pytest.CaptureFixture[str]) -> None:
    later = text(schema=SCHEMA + 1, energy={"joules": 5}, carbon=1)
    assert Result.parse(later, "there") == result()
    said = capsys.readouterr().err
    assert (
        said
        == "there: schema 3 is later than 2, which this version reads, left out: carbon, energy\n"
    )
    Result.parse(text(), "there")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("{", "there: found Expecting"),
        ("[1]", "there: found no JSON object, expected a result file"),
        ("{}", r"there: found the wrong fields \(commit, created, data\), expected a result file"),
        (text(energy=5), r"there: found the wrong fields \(energy\), expected a result file"),
        (text(schema="2"), "there: schema: found '2', expected a whole number from 1 on"),
        (text(schema=0), "there: schema: found 0, expected"),
        (text(schema=True), "there: schema: found True, expected"),
        (text(scores=[70.0]), r"there: scores: found \[70.0\], expected values by name"),
        (text(schema=9, intervals=None), "there: intervals: found None, expected values by name"),
    ],
)
def test_what_is_no_result_is_named(content: str, found: str) -> None:
    with pytest.raises(InputError, match=found):
        Result.parse(content, "there")


def test_the_results_of_the_repository_are_read() -> None:
    results = list(read_results(Path(__file__).parents[2] / "results"))
    assert len(results) == 24
    assert len(markdown_table(results).splitlines()) == 2 + 16
