"""`klue report` shows what the result files hold, whatever that is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from klue_cli.report import report
from klue_datasets import read_rows
from klue_metrics import METRICS
from tests.klue_results.test_card import result

app = typer.Typer()
app.command()(report)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Results of which one lacks a score, one has one more, and one is of an unknown task."""
    made = {
        "whole": result("nli"),
        "lacks": result(scores={"pearsonr": 70.0}),
        "more": result(
            seed=1, scores={"pearsonr": 71.0, "f1": 60.0, "spearmanr": 65.43}, intervals={}
        ),
        "task": replace(result(seed=3), task="acceptability", scores={"mcc": 12.34}, intervals={}),
    }
    for name, one in made.items():
        one.write(tmp_path / name / f"seed-{one.seed}.json")
    return tmp_path


def klue(*arguments: object) -> tuple[str, str]:
    done = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout, done.stderr


NOTES = (
    "klue--bert-base sts: no f1 of seed 0; no spearmanr of seed 0; spearmanr shown as found, not "
    "known to this version.",
    "klue--bert-base acceptability: a task that this version does not know; mcc shown as found, "
    "not known to this version.",
)


@pytest.mark.parametrize("options", [(), ("--markdown",)])
def test_odd_results_are_shown_with_a_word(folder: Path, options: tuple[str, ...]) -> None:
    out, _ = klue(folder, *options)
    for text in ("65.43", "12.34", "acceptability", *NOTES):
        assert text in out


def test_programs_get_the_rows_and_people_the_words(folder: Path) -> None:
    out, err = klue(folder, "--json")
    rows = [(row["task"], row["score"], row["seeds"]) for row in json.loads(out)]
    assert rows == [
        ("sts", "pearsonr", [0, 1]),
        ("sts", "f1", [1]),
        ("sts", "spearmanr", [1]),
        ("nli", "accuracy", [0]),
        ("acceptability", "mcc", [3]),
    ]
    assert err.splitlines() == list(NOTES)


def test_a_damaged_result_is_named_and_the_others_are_shown(folder: Path) -> None:
    (folder / "seed-7.json").write_bytes(b"[" * 100_000)
    done = subprocess.run(
        [sys.executable, "-m", "klue_cli", "report", str(folder)], capture_output=True, text=True
    )
    assert done.returncode == 2 and "sts" in done.stdout
    (line,) = [line for line in done.stderr.splitlines() if "seed-7.json" in line]
    assert line.endswith("seed-7.json: found too many levels of JSON, expected a result file")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_every_terminal_can_show_it(encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "klue_cli", "data", "stats", "--sample", "--task", "ynat"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
    )
    assert done.returncode == 0 and b"Traceback" not in done.stderr, done.stderr
    assert rb"\uc0dd\ud65c\ubb38\ud654" in done.stdout  # 생활문화


def test_ties_of_the_runs_in_a_folder(tmp_path: Path) -> None:
    metric = METRICS["nli"]
    gold = metric.gold(read_rows("nli", "validation", sample=True, full=True))
    right = [
        {"guid": guid, "label": label}
        for guid, label in zip(gold.guids, gold.references, strict=True)
    ]
    wrong = [{**one, "label": "neutral"} for one in right]
    for name, answers in {"right": right, "wrong": wrong}.items():
        result("nli", model=name, sample=True).write(tmp_path / name / "result.json")
        metric.write_predictions(tmp_path / name / "predictions.jsonl", answers)
    said, _ = klue(tmp_path, "--ties", "--json")
    (board,) = json.loads(said)
    assert (board["task"], board["seeds"], board["examples"]) == ("nli", 1, len(gold))
    first, second = board["scores"]["accuracy"]["systems"]
    assert (first["system"], first["value"], second["system"]) == ("right", 100.0, "wrong")
    table, _ = klue(tmp_path, "--ties")
    assert "Systems that share a letter cannot be told apart" in table
    refused = CliRunner().invoke(app, [str(tmp_path / "right"), "--ties"])
    assert "found no task with two systems" in str(refused.exception)
    refused = CliRunner().invoke(app, [str(tmp_path), "--ties", "--markdown"])
    assert "--markdown: found it with --ties" in str(refused.exception)
