"""Killed at any moment after training, or kept from writing: the same command completes the run."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from transformers import TrainerCallback

from klue_baselines.bench import bench, plan
from klue_baselines.launching.apart import START_METHOD
from klue_baselines.training import finishing
from klue_baselines.training import run as run_module
from klue_baselines.training.completing import is_complete, write_card
from klue_baselines.training.run import Run, train
from klue_common.errors import InputError, RunError
from klue_results.results import Result, result_path

QUICK = {"epochs": 1, "learning_rate": 1e-3, "batch_size": 16, "evaluations": 2, "max_length": 64}
# Each is raised before it is done: what is killed there has done everything before.
CHANGES = ("os.rename", "os.rmdir", "shutil.rmtree")
TASK = "ynat"


class Interrupt(TrainerCallback):
    """Ctrl-C when training has ended."""

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        raise KeyboardInterrupt


def quick_run(encoder: Path, folder: Path) -> Run:
    return Run(
        TASK, str(encoder), folder / "run", overrides=QUICK, sample=True, max_train_examples=24,
        results=folder / "results",
    )  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def trained(
    tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Run, Path, Result, dict[str, bytes]]:
    """A run, its folder as it is when training has ended, its result and its files in the end."""
    folder = tmp_path_factory.mktemp("trained")
    run = quick_run(tiny_encoder, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_module, "TrainingProgress", lambda label: Interrupt())
        with pytest.raises(KeyboardInterrupt):
            train(run)
    shutil.copytree(run.output, folder / "ended")
    return run, folder / "ended", train(run), contents(run.output)


def killed(run: Run, at: int, changes: Sequence[str]) -> None:
    """Train, and kill this process before the n-th change to the run's folders after training."""
    numbers, finish = itertools.count(), run_module.finish
    places = (str(run.output), str(run.results))

    def watch(event: str, args: tuple[Any, ...]) -> None:
        if event in changes:
            place = str(args[0])  # what a whole tree is removed by is named within its folder
            if (place.startswith(places) or not Path(place).is_absolute()) and next(numbers) == at:
                os.kill(os.getpid(), signal.SIGKILL)

    def finish_watched(*given: Any) -> Result:
        sys.addaudithook(watch)
        return finish(*given)

    run_module.finish = finish_watched
    train(run)


def exit_code_of(run: Run, at: int, changes: Sequence[str] = CHANGES) -> int | None:
    context: Any = multiprocessing.get_context(START_METHOD)
    if START_METHOD == "forkserver":
        context.set_forkserver_preload(["klue_baselines.training.run"])
    process = context.Process(target=killed, args=(run, at, changes))
    process.start()
    process.join()
    return process.exitcode


def start_over(run: Run, ended: Path) -> None:
    shutil.rmtree(run.output)
    shutil.copytree(ended, run.output)
    assert run.results is not None
    shutil.rmtree(run.results, ignore_errors=True)


def check_complete(run: Run, result: Result, expected: Result, files: dict[str, bytes]) -> None:
    assert run.results is not None
    assert (result.scores, result.history) == (expected.scores, expected.history)
    assert Result.read(run.output / "result.json") == result
    assert Result.read(result_path(run.results, result)) == result
    assert is_complete(run.output, run.results)
    found = contents(run.output)
    assert found.keys() == files.keys()
    for name in ("model.safetensors", "config.json", "predictions.jsonl"):
        assert found[name] == files[name]


@pytest.mark.slow
def test_killed_at_any_moment_after_training(
    trained: tuple[Run, Path, Result, dict[str, bytes]],
) -> None:
    run, ended, expected, files = trained
    for at in itertools.count():
        start_over(run, ended)
        code = exit_code_of(run, at)
        if code == 0:
            break
        assert code == -signal.SIGKILL
        check_complete(run, train(run), expected, files)
    assert at > 11  # model, predictions, card, result, copy, checkpoints


def test_a_finished_run_gives_its_result_again(
    trained: tuple[Run, Path, Result, dict[str, bytes]], capsys: pytest.CaptureFixture[str]
) -> None:
    run, ended, expected, files = trained
    start_over(run, ended)
    result = train(run)
    for name in ("predictions.jsonl", "README.md"):
        (run.output / name).unlink()
    shutil.rmtree(run.results or "")
    shutil.copytree(ended / "checkpoints", run.output / "checkpoints")
    (run.output / ".result.json.123").write_text("half a res")
    capsys.readouterr()
    assert train(run) == result
    assert f"{run.output}: finished before" in capsys.readouterr().err
    check_complete(run, result, expected, files)

    with pytest.raises(InputError, match=r"holds a finished run with other settings"):
        train(replace(run, seed=1))


def test_predictions_that_cannot_be_made_again_are_named(
    trained: tuple[Run, Path, Result, dict[str, bytes]], capsys: pytest.CaptureFixture[str]
) -> None:
    run, ended, _, _ = trained
    start_over(run, ended)
    train(run)
    for name in ("predictions.jsonl", "model.safetensors"):
        (run.output / name).unlink()
    train(run)
    assert "predictions.jsonl: missing, and so are the weights" in capsys.readouterr().err


def test_results_that_cannot_be_kept_are_refused_before_training(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    run = quick_run(tiny_encoder, tmp_path)
    (tmp_path / "results").write_text("in the way")
    with pytest.raises(InputError, match=f"{run.results}: found a file, expected a folder"):
        train(run)
    assert not run.output.exists()


def test_results_that_cannot_be_kept_in_the_end_are_brought_later(
    trained: tuple[Run, Path, Result, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, ended, expected, files = trained
    start_over(run, ended)
    assert run.results is not None

    def block(*given: Any) -> None:
        Path(str(run.results)).write_text("in the way")
        write_card(*given)

    with monkeypatch.context() as patch:
        patch.setattr(finishing, "write_card", block)  # after training, a file comes in the way
        with pytest.raises(RunError, match=f"{run.results}: cannot be written .*; the result is"):
            train(run)
    assert (run.output / "result.json").exists()
    run.results.unlink()
    check_complete(run, train(run), expected, files)


@pytest.mark.slow
def test_a_bench_completes_what_is_missing(
    tiny_encoder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    base = replace(quick_run(tiny_encoder, tmp_path), task="ynat")
    runs = plan(base, ["ynat"], [0], {})
    (first,) = bench(runs)
    assert first.result is not None
    shutil.rmtree(tmp_path / "results")
    capfd.readouterr()
    (second,) = bench(runs)
    assert second.result == first.result
    assert "done before" not in capfd.readouterr().err
    assert Result.read(result_path(tmp_path / "results", first.result)) == first.result
    bench(runs)
    assert "ynat seed 0: done before" in capfd.readouterr().err
