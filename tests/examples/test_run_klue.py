"""The script that people copy runs as it stands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from klue_datasets import load
from klue_metrics import METRICS

SCRIPT = Path(__file__).parents[2] / "examples" / "run_klue.py"


@pytest.mark.slow
def test_the_script_trains_and_scores(tiny_encoder: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable, SCRIPT, "--task", "nli", "--model", tiny_encoder,
            "--output", tmp_path / "nli", "--sample", "--max-train-examples", "16",
        ],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    metric = METRICS["nli"]
    gold = metric.gold(load("nli", "validation", sample=True, full=True))
    scores = metric.score(
        gold, metric.read_predictions(tmp_path / "nli" / "predictions.jsonl", gold)
    )
    assert f"nli accuracy {scores['accuracy']:.2f} (sample)" in done.stdout
