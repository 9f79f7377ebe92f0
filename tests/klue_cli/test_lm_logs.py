"""Logs of other harnesses on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from klue_cli import lm_logs
from klue_common.errors import InputError
from klue_lm.harness import planned, question_fields

app = typer.Typer()
app.command()(lm_logs.path)
app.command()(lm_logs.from_lm_eval)
app.command()(lm_logs.from_inspect)
runner = CliRunner()


def test_the_folder_holds_the_group_and_eight_tasks() -> None:
    folder = Path(runner.invoke(app, ["path"]).stdout.strip())
    assert len(list(folder.glob("klue_*.yaml"))) == 8
    assert "group: klue" in (folder / "klue.yaml").read_text()


def test_a_log_becomes_predictions_and_counts(tmp_path: Path) -> None:
    [question, other, *_] = planned("ynat", {"sample": True}).questions
    lines = [
        {
            "doc": {"task": "ynat", "language": "ko", **question_fields(one)},
            "filtered_resps": [text],
        }
        for one, text in ((question, "정치"), (other, "날씨"))
    ]
    log, output = tmp_path / "log.jsonl", tmp_path / "out.jsonl"
    log.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    done = runner.invoke(app, ["from-lm-eval", "ynat", str(log), "--output", str(output), "--json"])
    assert done.exit_code == 0, done.output
    counts = json.loads(done.stdout)
    assert (counts["answered"], counts["outside"]) == (1, 1)
    labels = [json.loads(line)["label"] for line in output.read_text("utf-8").splitlines()]
    assert labels == ["정치", "날씨"]


@pytest.mark.parametrize("command", ["from-lm-eval", "from-inspect"])
def test_a_task_that_there_is_not_is_refused(command: str, tmp_path: Path) -> None:
    arguments = [command, "tc", str(tmp_path / "x"), "--output", str(tmp_path / "y")]
    done = runner.invoke(app, arguments)
    assert isinstance(done.exception, InputError)
    assert "TASK: found 'tc'" in str(done.exception)
