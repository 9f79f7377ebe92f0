"""The same command on two processes: the same scores, every example once, every file once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest
from typer.testing import CliRunner

from klue_cli.app import app
from klue_datasets import load
from klue_metrics import METRICS

OWN = ["--sample", "--epochs", "3", "--learning-rate", "1e-3", "--batch-size", "8"]
# `accelerate launch` starts several processes on GPUs, and on CPUs a single one.
LAUNCHER = [
    sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2", "--standalone",
]  # fmt: skip
ON_CPU = {**os.environ, "ACCELERATE_USE_CPU": "true"}


def words(task: str, encoder: Path, folder: Path) -> list[str]:
    return [
        "train", task, "--model", str(encoder), *OWN,
        "--output", str(folder), "--results", str(folder / "results"), "--json",
    ]  # fmt: skip


def train_on_two(task: str, encoder: Path, folder: Path) -> dict[str, float]:
    command = [*LAUNCHER, "-m", "klue_cli", *words(task, encoder, folder)]
    answer = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300, env=ON_CPU
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    # Of two tables one after the other this would not be JSON.
    scores: dict[str, float] = json.loads(answer.stdout)["scores"]
    return scores


@pytest.mark.slow
def test_two_processes_do_what_one_does(tiny_encoder: Path, tmp_path: Path) -> None:
    task = "mrc"  # an example of which becomes several rows, on whichever process
    alone = CliRunner().invoke(app, words(task, tiny_encoder, tmp_path / "one"))
    assert alone.exit_code == 0, alone.stderr
    one = json.loads(alone.stdout)["scores"]
    two = train_on_two(task, tiny_encoder, tmp_path / "two")
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
    assert result["hardware"]["devices"] == 2
    assert result["settings"]["batch_size"] == 8
    assert result["data"]["eval_examples"] == len(rows)
    assert not list((tmp_path / "two").glob(".*"))  # nothing was left half written
    files = {path.name for path in (tmp_path / "two").iterdir()}
    assert files == {path.name for path in (tmp_path / "one").iterdir()}

    again = tmp_path / "again.jsonl"
    command = [*LAUNCHER, "-m", "klue_cli", "predict", task, "--sample"]
    command += ["--model", str(tmp_path / "two"), "--output", str(again)]
    answer = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300, env=ON_CPU
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    found = metric.score(gold, metric.read_predictions(again, gold))
    assert {name: found[name] for name in metric.scores} == pytest.approx(scores)


# One run is left alone; one is interrupted in the middle of its second epoch and started again.
RESUMED = """
import json, sys
from pathlib import Path
from accelerate import PartialState
from transformers import TrainerCallback
from klue_baselines import Run
from klue_baselines.training import run as run_module
from klue_baselines.training.trainer import KlueTrainer

class Interrupt(TrainerCallback):
    def on_step_end(self, args, state, control, **_):
        if state.global_step == 7:  # the last checkpoint is of step 6
            raise KeyboardInterrupt

def train(name):
    settings = {"epochs": 3, "learning_rate": 1e-3, "batch_size": 8, "evaluations": 2}
    return run_module.train(Run(
        "ynat", sys.argv[1], folder / name, overrides=settings, sample=True, results=None,
        max_train_examples=27,
    ))

def training_step(trainer, model, inputs, *more):
    seen[trainer.state.global_step] = inputs["example"].tolist()
    return learn(trainer, model, inputs, *more)

folder, learn, seen = Path(sys.argv[2]), KlueTrainer.training_step, {}
KlueTrainer.training_step = training_step
whole, expected, seen = train("whole"), seen, {}
progress, run_module.TrainingProgress = run_module.TrainingProgress, lambda label: Interrupt()
try:
    train("parts")
except KeyboardInterrupt:
    run_module.TrainingProgress = progress
parts = train("parts")
assert seen == expected, (seen, expected)
assert parts.history == whole.history, (parts.history, whole.history)
assert parts.scores == whole.scores
assert parts.hardware["devices"] == 2
rank = PartialState().process_index
(folder / f"{rank}.json").write_text(json.dumps(list(seen.values())))
"""


@pytest.mark.slow
def test_a_run_on_two_processes_goes_on_where_it_was(tiny_encoder: Path, tmp_path: Path) -> None:
    script = tmp_path / "resumed.py"
    script.write_text(RESUMED, encoding="utf-8")
    answer = subprocess.run(
        [*LAUNCHER, str(script), str(tiny_encoder), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=ON_CPU,
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
    mine, other = (json.loads((tmp_path / f"{rank}.json").read_text()) for rank in (0, 1))
    assert len(mine) == len(other) == 3 * 4
    for first in range(0, 12, 4):
        batches = mine[first : first + 4] + other[first : first + 4]
        assert set(chain(*batches)) == set(range(27))  # the last batch is filled up from the first
