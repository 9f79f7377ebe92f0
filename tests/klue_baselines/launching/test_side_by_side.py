"""Several runs at once: the numbers of one after another, and each alone with its failure."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import psutil
import pytest

from klue_baselines.bench import Outcome, bench, plan, write_report
from klue_baselines.launching.side_by_side import check_parallel, side_by_side
from klue_baselines.run_folder import LOCK, checkpoints
from klue_baselines.training.run import Run
from klue_common.errors import InputError
from klue_common.processes import cores
from klue_results.published import PUBLISHED

QUICK = {"batch_size": 4, "epochs": 12, "evaluations": 1, "patience": 12}


def two_tasks(encoder: Path, output: Path) -> list[Run]:
    base = Run("ynat", str(encoder), output, sample=True, results=None, overrides=QUICK)
    return plan(replace(base, max_train_examples=12), ["ynat", "nli"], [1], {})


def what_counts(outcome: Outcome) -> Any:
    """Everything of a run that a table, a card or a reader takes from it, to the last digit."""
    assert outcome.result is not None
    measured = ("seconds", "speed", "peak_memory", "created", "commit")
    result = {key: value for key, value in vars(outcome.result).items() if key not in measured}
    return result, (outcome.run.output / "predictions.jsonl").read_bytes()


def wait_for(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 300
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert holds()


def table(outcomes: list[Outcome], folder: Path) -> bytes:
    write_report(folder, [one.result for one in outcomes if one.result], PUBLISHED)
    return (folder / "table.md").read_bytes()


@pytest.mark.slow
def test_side_by_side_ends_in_the_numbers_of_one_by_one(
    tiny_encoder: Path, tmp_path: Path, in_turn: list[Outcome]
) -> None:
    launch = partial(side_by_side, at_once=2, threads=1)
    outcomes = bench(two_tasks(tiny_encoder, tmp_path), launch)
    assert [what_counts(one) for one in outcomes] == [what_counts(one) for one in in_turn]
    assert table(outcomes, tmp_path / "a") == table(in_turn, tmp_path / "b")


@pytest.mark.slow
def test_a_killed_run_is_named_and_the_others_go_on(
    tiny_encoder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    runs = two_tasks(tiny_encoder, tmp_path)
    runs[0] = replace(runs[0], overrides={**QUICK, "epochs": 999, "patience": 999})

    def kill() -> None:
        wait_for(lambda: checkpoints(runs[0].output))
        held = str(runs[0].output / LOCK)
        for child in active_children():
            if held in [one.path for one in psutil.Process(child.pid).open_files()]:
                child.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    outcomes = bench(runs, partial(side_by_side, at_once=2))
    killer.join()
    assert [one.failure for one in outcomes] == ["killed by SIGKILL", ""]
    assert [one.result is None for one in outcomes] == [True, False]
    assert "[1/2] ynat seed 1: failed, killed by SIGKILL (" in capfd.readouterr().err
    asked = []
    again = bench(runs, lambda left: {title: asked.append(title) or "" for title in left})
    assert asked == ["[1/2] ynat seed 1"]  # only what lacks
    assert again[1].result == outcomes[1].result


@pytest.mark.slow
def test_ctrl_c_ends_the_runs_too(tiny_encoder: Path, tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text("[ynat]\nepochs = 500\npatience = 500\n")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "klue_cli", "bench", "--model", tiny_encoder, "--output", out]
    command += ["--sample", "--tasks", "ynat", "--seeds", "1,2", "--settings", settings]
    process = subprocess.Popen(
        [*map(str, command), "--parallel", "2", "--results", str(tmp_path / "results")],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_for(lambda: len([*out.glob("ynat/seed-*/checkpoints/*/trainer_state.json")]) > 1)
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) >= 2
    process.send_signal(signal.SIGINT)  # to the command alone; a terminal's goes to all
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "failed" not in said and "Traceback" not in said
    assert not psutil.wait_procs(children, timeout=20)[1]


@pytest.mark.parametrize(
    ("at_once", "threads", "message"),
    [
        (0, None, "--parallel: found 0, expected a number from 1 on"),
        (10**6, None, "--parallel: found 1000000, expected at most "),
        (1, 0, "--cpus-per-run: found 0, expected from 1 to "),
        (1, cores() + 1, "--cpus-per-run: found "),
    ],
)
def test_more_than_the_machine_has_is_refused(
    at_once: int, threads: int | None, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        check_parallel(at_once, threads)
    assert side_by_side({}, 2) == {}
