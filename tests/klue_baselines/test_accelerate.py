"""The same command on two processes: the same scores, every example once, every file once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from klue_datasets import load
from klue_metrics import METRICS

OWN = ["--sample", "--epochs", "8", "--learning-rate", "1e-3", "--batch-size", "8"]


def train(task: str, encoder: Path, folder: Path, launcher: list[str]) -> dict[str, float]:
    command = [
        *launcher, "klue_baselines.cli", "train", task, "--model", str(encoder), *OWN,
        "--output", str(folder), "--results", str(folder / "results"), "--json",
    ]  # fmt: skip
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert answer.returncode == 0, answer.stderr[-2000:]
    # Of two tables one after the other this would not be JSON.
    scores: dict[str, float] = json.loads(answer.stdout)["scores"]
    return scores


@pytest.mark.slow
@pytest.mark.parametrize("task", ["ynat", "mrc"])
def test_two_processes_do_what_one_does(task: str, tiny_encoder: Path, tmp_path: Path) -> None:
    one = train(task, tiny_encoder, tmp_path / "one", [sys.executable, "-m"])
    launcher = [sys.executable, "-m", "accelerate.commands.launch", "--cpu"]
    launcher += ["--num_processes", "2", "--num_machines", "1", "--mixed_precision", "no"]
    launcher += ["--dynamo_backend", "no", "--main_process_port", "0", "-m"]
    two = train(task, tiny_encoder, tmp_path / "two", launcher)
    assert one.keys() == two.keys()
    for name, score in one.items():
        assert two[name] == pytest.approx(score, abs=25)  # the sample's dev split has 32 examples

    metric = METRICS[task]
    rows = load(task, "validation", sample=True, full=True)
    gold = metric.gold(rows)
    records = metric.read_predictions(tmp_path / "two" / "predictions.jsonl", gold)
    assert len(records) == len(gold)  # read_predictions refuses a doubled or a missing guid
    scores = metric.score(gold, records)
    assert {name: scores[name] for name in metric.scores} == pytest.approx(two)

    result = json.loads((tmp_path / "two" / "result.json").read_text(encoding="utf-8"))
    assert result["data"]["eval_examples"] == len(rows)
    assert not list((tmp_path / "two").glob(".*"))  # nothing was left half written
    files = {path.name for path in (tmp_path / "two").iterdir()}
    assert files == {path.name for path in (tmp_path / "one").iterdir()}
