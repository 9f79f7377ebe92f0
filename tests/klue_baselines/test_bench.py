"""All tasks, several seeds: done runs stay, interrupted ones go on, a failing one is alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from klue_baselines.bench import (
    bases,
    bench,
    check_folders,
    failed,
    is_done,
    label,
    plan,
    read_settings,
)
from klue_baselines.tasks import BASELINES
from klue_baselines.tiny import make_encoder
from klue_baselines.training.run import Run
from klue_cli.app import app
from klue_common.errors import InputError, RunError
from klue_results import results as results_files
from klue_results.naming import weights_digest
from tests.klue_results.test_card import result

SETTINGS = """
[ynat]
epochs = 2
learning_rate = 1e-3
batch_size = 4
"""


def words(encoder: Path, folder: Path, *more: str) -> list[str]:
    (folder / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    own = ["--model", str(encoder), "--output", str(folder / "out"), "--sample"]
    own += ["--results", str(folder / "results"), "--settings", str(folder / "settings.toml")]
    return ["bench", *own, *more]


def klue(arguments: list[str]) -> Result:
    """The command, in this process; its runs have processes of their own."""
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done


def scores(folder: Path) -> dict[str, Any]:
    paths = sorted((folder / "results").rglob("seed-*.json"))
    return {
        str(path.relative_to(folder / "results")): dict(results_files.Result.read(path).scores)
        for path in paths
    }


@pytest.mark.slow
def test_a_killed_bench_goes_on_and_ends_in_the_same_numbers(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    (whole := tmp_path / "whole").mkdir()
    (cut := tmp_path / "cut").mkdir()
    more = ("--tasks", "ynat", "--seeds", "1,2", "--json")
    first = klue(words(tiny_encoder, whole, *more))
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
        [sys.executable, "-m", "klue_cli", *words(tiny_encoder, cut, *more)],
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

    again = klue(words(tiny_encoder, cut, *more, "--parallel", "2"))
    assert scores(cut) == scores(whole)
    assert "done before" not in again.stderr
    assert again.stderr.count("[1/2] ynat seed 1: running (1 waiting, 1 running)\n") == 1
    assert again.stderr.count("(2 done)\n") == 1
    third = klue(words(tiny_encoder, cut, *more))
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
    assert "[1/2] mrc seed 0: failed, max_length: found 40 tokens" in capfd.readouterr().err
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


def folders(tmp_path: Path, *names: str) -> list[str]:
    """Model folders, as far as a plan looks at them."""
    for name in names:
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "model.safetensors").write_text(name)
    return [str(tmp_path / name) for name in names]


def test_each_encoder_has_a_folder_of_its_own(tmp_path: Path) -> None:
    base, models = Run("ynat", "", Path(), results=None), folders(tmp_path, "a/enc", "b/enc")

    def of(*given: Any) -> list[tuple[str, str | None, str]]:
        return [(run.model, run.name, run.output.as_posix()) for run in bases(base, *given)]

    assert of(models[:1], [], None) == [(models[0], None, "runs/bench/a__enc")]
    assert of(models[1:], [], None) == [(models[1], None, "runs/bench/b__enc")]
    assert of(models, [], None) == [*of(models[:1], [], None), *of(models[1:], [], None)]
    assert of(models[:1], ["one"], None) == [(models[0], "one", "runs/bench/one")]
    assert of(models[:1], [], Path("out")) == [(models[0], None, "out")]
    assert [run[2] for run in of(models, ["one", "two"], Path("out"))] == ["out/one", "out/two"]
    with pytest.raises(InputError, match="--name: found 1 for 2 encoders, expected one for each"):
        of(models, ["one"], None)
    with pytest.raises(InputError, match="which are both called enc, expected a --name for each"):
        of(models, ["enc", "enc"], None)
    with pytest.raises(InputError, match="name: found 'a--b'"):
        of(models[:1], ["a--b"], None)


def test_a_name_that_is_taken_is_found_before_the_first_run(tmp_path: Path) -> None:
    (model,) = folders(tmp_path, "enc")
    other = {"path": "elsewhere/enc", "revision": None, "digest": "ab" * 32}
    result(model="enc", encoder=other).write(tmp_path / "results" / "enc" / "sts" / "seed-1.json")
    base = Run("ynat", "", Path(), results=tmp_path / "results")
    with pytest.raises(InputError, match="found a result of another encoder with the name enc"):
        bases(base, [model], ["enc"], None)
    assert bases(base, [model], ["enc-2"], None)


def test_a_folder_of_another_encoder_is_refused_once(tmp_path: Path) -> None:
    models = folders(tmp_path, "a/enc", "b/enc")
    out = tmp_path / "out"
    first, second = (
        plan(Run("ynat", model, out, results=None), ["ynat", "dp"], [1], {}) for model in models
    )
    check_folders(first)
    marker = out / "dp" / "seed-1" / "run.json"
    marker.parent.mkdir(parents=True)
    content = {"model": models[0], "weights": weights_digest(Path(models[0]))}
    marker.write_text(json.dumps(content))
    check_folders(first)
    with pytest.raises(
        InputError, match=r"dp/seed-1: holds a run of the encoder .*a/enc, expected"
    ):
        check_folders(second)
    check_folders([replace(run, overwrite=True) for run in second])
    Path(models[0], "model.safetensors").write_text("trained on")
    with pytest.raises(InputError, match="dp/seed-1: holds a run of other weights of"):
        check_folders(first)
    marker.write_text(json.dumps({"model": models[0]}))  # as the first release wrote it
    check_folders(first)


def test_runs_of_several_encoders_are_told_apart(tmp_path: Path) -> None:
    models = folders(tmp_path, "a/enc", "b/enc")
    runs = [Run("ynat", model, Path(model), seed=1) for model in models]
    assert label(runs[0], runs[:1]) == "ynat seed 1"
    assert [label(run, runs) for run in runs] == ["a__enc ynat seed 1", "b__enc ynat seed 1"]


@pytest.mark.slow
def test_two_encoders_in_one_command_and_one_after_the_other(tmp_path: Path) -> None:
    models = [make_encoder(tmp_path / name / "enc", seed) for seed, name in enumerate("ab")]
    (tmp_path / "settings.toml").write_text("[ynat]\nepochs = 1\n")
    own = ["--sample", "--tasks", "ynat", "--seeds", "1", "--settings", "settings.toml", "--json"]

    # From a working folder: where runs and results lie that nobody named a place for.
    def klue_bench(*more: object) -> tuple[list[dict[str, Any]], str]:
        done = subprocess.run(
            [sys.executable, "-m", "klue_cli", "bench", *map(str, more), *own],
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path.cwd())},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return json.loads(done.stdout), done.stderr

    rows, _ = klue_bench("--model", models[0], "--model", models[1])
    assert [row["model"] for row in rows] == ["a__enc", "b__enc"]
    for name in ("a__enc", "b__enc"):
        assert (tmp_path / "runs" / "bench" / name / "table.md").read_text().startswith(f"# {name}")
    again, said = klue_bench("--model", models[1], "--overwrite")
    assert "done before" not in said
    assert again[0]["mean"] == rows[1]["mean"]
    assert len(list((tmp_path / "results").rglob("seed-*.json"))) == 2


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
