"""All tasks, several seeds: done runs stay, interrupted ones go on, a failing one is alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from klue_baselines.bench import bench, failed, is_done, plan, read_settings
from klue_baselines.errors import InputError, RunError
from klue_baselines.registry import BASELINES
from klue_baselines.results import Result
from klue_baselines.training import Run

SETTINGS = """
[ynat]
epochs = 6
learning_rate = 1e-3
batch_size = 4
"""


def command(encoder: Path, folder: Path, *more: str) -> list[str]:
    (folder / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    own = ["--model", str(encoder), "--output", str(folder / "out"), "--sample"]
    own += ["--results", str(folder / "results"), "--settings", str(folder / "settings.toml")]
    return [sys.executable, "-m", "klue_baselines.cli", "bench", *own, *more]


def scores(folder: Path) -> dict[str, Any]:
    paths = sorted((folder / "results").rglob("seed-*.json"))
    return {
        str(path.relative_to(folder / "results")): dict(Result.read(path).scores) for path in paths
    }


@pytest.mark.slow
def test_a_killed_bench_goes_on_and_ends_in_the_same_numbers(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    (whole := tmp_path / "whole").mkdir()
    (cut := tmp_path / "cut").mkdir()
    more = ("--tasks", "ynat", "--seeds", "1,2", "--json")
    first = subprocess.run(
        command(tiny_encoder, whole, *more), capture_output=True, text=True, check=True
    )
    rows = json.loads(first.stdout)
    assert [(row["task"], row["score"], row["seeds"]) for row in rows] == [
        ("ynat", "macro_f1", [1, 2])
    ]
    assert rows[0]["deviation"] is not None
    assert rows[0]["published"]["KLUE-BERT-base"] == 85.73
    for name in (
        "table.md",
        "picture.svg",
        "ynat/seed-1/README.md",
        "ynat/seed-2/predictions.jsonl",
    ):
        assert (whole / "out" / name).is_file()

    process = subprocess.Popen(
        command(tiny_encoder, cut, *more),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    checkpoints = cut / "out" / "ynat" / "seed-1" / "checkpoints"
    deadline = time.monotonic() + 120
    while not list(checkpoints.glob("*/trainer_state.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (cut / "results").exists()
    assert checkpoints.is_dir()

    again = subprocess.run(
        command(tiny_encoder, cut, *more), capture_output=True, text=True, check=True
    )
    assert scores(cut) == scores(whole)
    assert "done before" not in again.stderr
    third = subprocess.run(
        command(tiny_encoder, cut, *more), capture_output=True, text=True, check=True
    )
    assert third.stderr.count("done before") == 2
    assert third.stdout == again.stdout


@pytest.mark.slow
def test_one_failing_task_does_not_keep_the_others(
    tiny_encoder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    base = Run(
        "ynat", str(tiny_encoder), tmp_path, sample=True, results=None, overrides={"epochs": 1}
    )
    runs = plan(base, ["mrc", "ynat"], [0], {"mrc": {"max_length": 40}})
    outcomes = bench(runs)
    assert [one.result is None for one in outcomes] == [True, False]
    assert "[1/2] mrc seed 0: failed, max_length: found 40 pieces" in capfd.readouterr().err
    with pytest.raises(RunError, match="1 of 2 runs failed: mrc seed 0"):
        failed(outcomes)
    assert is_done(runs[1])
    other = plan(base, ["ynat"], [0], {"ynat": {"epochs": 2}})
    assert not is_done(other[0])


def test_a_plan_has_a_folder_a_run() -> None:
    base = Run("ynat", "m", Path("out"))
    own = {"dp": {"epochs": 2, "train_split": "validation[:80%]"}}
    runs = plan(base, list(BASELINES), [1, 2], own)
    assert len({run.output for run in runs}) == 16
    parser = next(run for run in runs if run.task == "dp")
    assert (parser.train_split, dict(parser.overrides)) == ("validation[:80%]", {"epochs": 2})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[ynat", "expected a TOML file of settings"),
        ("[tc]\nepochs = 1", "found the table 'tc', expected ynat, sts"),
        ("ynat = 3", "ynat: found 3, expected a table of settings"),
        (
            "[ynat]\nepoch = 1",
            "ynat: found 'epoch', expected one of accumulation, attention_dropout",
        ),
    ],
)
def test_settings_are_checked(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_settings(path, BASELINES)
