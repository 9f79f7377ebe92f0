"""`klue score --format`: what others published is scored as what it becomes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from klue_cli import recomputed
from klue_cli.score import load_gold, score
from klue_common.errors import InputError
from klue_metrics import MetricError

app = typer.Typer()
app.command()(score)


def klue(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments), "--sample"])


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Somebody's table for the sample of nli: two answers are missing."""
    gold = load_gold("nli", "validation", None, True)
    lines = [f"{guid},neutral" for guid in gold.guids[1:]]
    lines[3] = lines[3].removesuffix("neutral")
    path = tmp_path / "theirs.csv"
    path.write_text("\n".join(["id,prediction", *lines]), encoding="utf-8")
    return path


def test_the_scores_are_those_of_the_file_that_it_becomes(table: Path, tmp_path: Path) -> None:
    ours = tmp_path / "ours.jsonl"
    lenient = ("--unknown-label", "wrong", "--by", "label")
    theirs = klue("nli", table, "--format", "csv", "--save", ours, *lenient, "--json")
    assert theirs.exit_code == 0, theirs.exception
    assert f"{table}: columns found by their names: label from 'prediction'" in theirs.stderr
    again = klue("nli", ours, *lenient, "--json")
    assert json.loads(theirs.stdout) == json.loads(again.stdout)
    assert json.loads(again.stdout)["unknown_labels"] == {"invented": 0, "empty": 2, "missing": 1}
    shown = klue("nli", table, "--format", "csv", *lenient).stdout
    assert shown == klue("nli", ours, *lenient).stdout


def test_nothing_is_saved_of_a_file_that_is_refused(table: Path, tmp_path: Path) -> None:
    done = klue("nli", table, "--format", "csv", "--save", tmp_path / "ours.jsonl")
    assert isinstance(done.exception, MetricError)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["theirs.csv"]


def test_the_file_that_is_read_is_not_written_over(table: Path) -> None:
    before = table.read_bytes()
    lenient = ("--unknown-label", "wrong")
    done = klue("nli", table, "--format", "csv", "--save", table, *lenient)
    assert str(done.exception) == (
        f"--save: found {table}, which is being read, expected another file"
    )
    assert table.read_bytes() == before


@pytest.mark.parametrize("option", ["--column", "--labels", "--save"])
def test_options_about_a_format_need_one(option: str, table: Path) -> None:
    done = klue("nli", table, option, "x")
    assert isinstance(done.exception, InputError)
    assert str(done.exception) == f"{option}: found without --format, expected both or none"


def test_another_format_names_those_that_would_fit(table: Path) -> None:
    for options in ((), ("--format", "json")):
        done = klue("nli", table, *options)
        assert isinstance(done.exception, InputError)
        assert str(done.exception).startswith(f"{table}:1: found 'id,prediction', expected ")
        assert str(done.exception).endswith("; formats that would fit: csv")


def test_the_tables_need_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["recomputed"])
    with pytest.raises(InputError, match="recomputed: found no folder, expected the one with the"):
        recomputed.main()
