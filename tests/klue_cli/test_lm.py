"""`klue lm`: options, outputs, one line for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from klue_cli.app import app
from klue_common.errors import InputError
from klue_datasets import read_rows
from klue_lm.tasks import LMS
from klue_results.results import Result
from tests.lm_server import LMServer, Request, serving


def klue_lm(*arguments: object) -> Any:
    done = CliRunner().invoke(app, ["lm", *map(str, arguments)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def knowing_all(request: Request) -> str:
    """A script that knows the sample's gold answers of every task."""
    for task, lm in LMS.items():
        for row in read_rows(task, "validation", sample=True, full=True):
            pairs = zip(lm.questions(row, "ko"), lm.answers(row, "ko"), strict=True)
            for question, answer in pairs:
                if request.prompt.endswith(question.text):
                    return f" {answer}"
    return "?"


def test_a_run_writes_its_result_twice(tmp_path: Path) -> None:
    pytest.importorskip("openai", reason="the extra `lm` is not installed")
    with serving(LMServer(knowing_all)) as server:
        output, results = tmp_path / "a" / "nli.jsonl", tmp_path / "results"
        done = klue_lm(
            "run", "nli", "--sample", "--generate", "--model", "model", "--base-url", server.url,
            "--output", output, "--results", results, "--json",
        )  # fmt: skip
    printed = json.loads(done.stdout)
    assert printed["scores"] == {"accuracy": 100.0}
    (kept,) = results.rglob("seed-0.json")
    assert Result.read(kept) == Result.read(output.with_name("nli.result.json"))
    shown = CliRunner().invoke(app, ["report", str(results)]).stdout
    assert "language models" in shown and "generate, 0 shots, ko" in shown
    markdown = CliRunner().invoke(app, ["report", str(results), "--markdown"]).stdout
    assert "| model | nli | generate, 0 shots, ko | accuracy | 100.00 |" in markdown
    scored = CliRunner().invoke(
        app, ["score", "nli", str(output), "--sample", "--unknown-label", "wrong", "--json"]
    )
    assert json.loads(scored.stdout)["scores"]["accuracy"] == 100.0


@pytest.mark.slow
def test_a_bench_is_one_table(tmp_path: Path) -> None:
    pytest.importorskip("openai", reason="the extra `lm` is not installed")
    with serving(LMServer(knowing_all)) as server:
        arguments = (
            "bench", "--sample", "--generate", "--model", "model", "--base-url", server.url,
            "--output", tmp_path / "lm", "--results", tmp_path / "results", "--tasks", "nli,mrc",
            "--shots", "1", "--seeds", "0,1", "--concurrency", "8",
        )  # fmt: skip
        done = klue_lm(*arguments)
        asked = len(server.asked)
        klue_lm(*arguments)
        assert len(server.asked) == asked
    lines = [line for line in done.stdout.splitlines() if "generate, 1 shots" in line]
    assert [line.split()[1] for line in lines] == ["nli", "mrc", "mrc"]
    assert len([*(tmp_path / "results").rglob("seed-*.json")]) == 4


def test_a_dry_run_asks_nobody() -> None:
    done = klue_lm("bench", "--sample", "--model", "x", "--shots", "1", "--dry-run")
    assert done.stdout.count("=====") == len(LMS)
    assert "prompt tokens" in done.stdout and "의존 구조" in done.stdout
    made = json.loads(
        klue_lm("run", "ynat", "--sample", "--model", "x", "--dry-run", "--json").stdout
    )
    assert made[0]["questions"] > 0 and made[0]["prompt"].endswith("주제:")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("run", "nli", "--model", "x"), "--base-url: found none"),
        (("run", "nli", "--model", "x", "--base-url", "x"), "--base-url: found 'x'"),
        (("run", "cola", "--model", "x"), "TASK: found 'cola'"),
        (("run", "nli", "--model", "x", "--rank", "--generate"), "--rank and --generate: found"),
        (("run", "dp", "--model", "x", "--rank", "--dry-run"), "dp: found --rank, expected"),
        (("run", "nli", "--model", "x", "--language", "fr", "--dry-run"), "language: found 'fr'"),
        (("run", "nli", "--model", "x", "--shots", "99999", "--dry-run"), "shots: found 99999"),
        (("bench", "--model", "x", "--tasks", "nli,x", "--dry-run"), "TASK: found 'x'"),
        (("bench", "--model", "x", "--shots", "1", "--seeds", "a", "--dry-run"), "seeds: found"),
    ],
)
def test_wrong_input_is_one_line(arguments: tuple[str, ...], line: str) -> None:
    with pytest.raises(InputError, match=line) as caught:
        klue_lm(*arguments, "--sample")
    assert "\n" not in str(caught.value)
