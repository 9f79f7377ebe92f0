"""Result files of every version: what is read, what is refused, and what is said."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from klue_common.errors import InputError
from klue_results.card import fine_tuned_card
from klue_results.lm_tables import encoders, language_models
from klue_results.model_call import ModelCall
from klue_results.result_files import KINDS, SCHEMA
from klue_results.results import Result, read_results
from klue_results.tables import markdown_table, notes_on, result_rows
from tests.klue_results.test_card import result

CALL = ModelCall("AutoModelForSequenceClassification", '"비가 온다."')
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
        (text(scores=[70.0]), r"there: scores: found \[70.0\], expected numbers by name"),
        (
            text(schema=9, intervals=None),
            "there: intervals: found null, expected two num",
        ),
    ],
)
def test_what_is_no_result_is_named(content: str, found: str) -> None:
    with pytest.raises(InputError, match=found):
        Result.parse(content, "there")


def test_the_results_of_the_repository_are_read() -> None:
    every = list(read_results(Path(__file__).parents[2] / "results"))
    results = encoders(every)
    assert len(results) == 24 and language_models(every)
    assert len(markdown_table(results).splitlines()) == 2 + 16


WRONG_TYPES: dict[str, Any] = {
    "task": ["nli"],
    "seed": "1",
    "scores": {"accuracy": "NaN"},
    "intervals": {"accuracy": [1.0]},
    "settings": False,
    "data": {"source": "folder"},
    "seconds": {"train": None, "predict": 1},
    "versions": {"torch": 2},
    "hardware": [],
    "encoder": 5,
    "decodings": {"plain": 1},
    "history": {"step": 1},
    "sample": "no",
    "speed": float("inf"),
    "chosen_step": 1.5,
    "language_model": {"outcomes": {"answered": "many"}},
}


@pytest.mark.parametrize("name", WRONG_TYPES)
def test_a_field_of_another_kind_is_named(name: str) -> None:
    content = {**result().as_dict(), name: WRONG_TYPES[name]}
    with pytest.raises(InputError) as caught:
        Result.parse(json.dumps(content), "seed-1.json")
    assert str(caught.value).startswith(f"seed-1.json: {name}: found ")
    assert ", expected " in str(caught.value)


@pytest.mark.parametrize(
    "about", [[], {"trivial": 5}, {"trivial": {"scores": {"f1": None}}}, {"outcomes": {"a": -1}}]
)
def test_what_is_said_of_a_language_model_is_looked_at(about: Any) -> None:
    content = {**result().as_dict(), "language_model": about}
    with pytest.raises(InputError, match=r"seed-1.json: language_model: found .*, expected "):
        Result.parse(json.dumps(content), "seed-1.json")


def test_every_field_has_a_kind() -> None:
    assert set(KINDS) == {field.name for field in fields(Result)}


def test_what_fuzzers_found_is_refused_or_shown(shared: Path) -> None:
    """Of each damaged file either one line is said, or tables, a picture and a card are made."""
    inputs = [
        path.with_suffix(".in")
        for path in sorted((shared / "cases" / "fuzz").glob("*.txt"))
        if path.read_text(encoding="utf-8").startswith("results JSON")
    ]
    assert len(inputs) > 10
    for path in inputs:
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        try:
            found = Result.parse(text, path.name)
            rows = result_rows([found])
            markdown_table([found])
            fine_tuned_card([found], "org/model", CALL)
        except InputError as error:
            assert len(str(error).splitlines()) == 1
        else:
            assert rows or notes_on([found])


def test_broken_files_are_gathered_where_that_is_wanted(tmp_path: Path) -> None:
    result().write(tmp_path / "seed-1.json")
    (tmp_path / "seed-2.json").write_text("{")
    broken: list[InputError] = []
    assert [*read_results(tmp_path, broken)] == [result()]
    assert [str(error).partition(":")[0] for error in broken] == [str(tmp_path / "seed-2.json")]
    with pytest.raises(InputError, match=r"seed-2\.json"):
        list(read_results(tmp_path))
