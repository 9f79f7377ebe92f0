"""A sweep chooses by held-out scores, goes on where it was, and a trial that fails is alone."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from klue_baselines.bench import read_settings
from klue_baselines.search_space import Range, Space
from klue_baselines.sweep import Chooser, Trial, best_of, sweep, write_best
from klue_baselines.training.run import Run
from klue_cli.app import app
from klue_common.errors import InputError, RunError
from klue_results.results import Result

RATES = Space(
    {"epochs": 2}, {"batch_size": (8, 16)}, {"learning_rate": Range(1e-5, 1e-2, log=True)}
)


@pytest.fixture(autouse=True)
def optuna() -> None:
    pytest.importorskip("optuna", reason="the extra sweep is not installed")


def chosen(scores: list[float | None], seed: int = 0) -> list[dict[str, float]]:
    chooser, found = Chooser(RATES, seed), []
    for score in scores:
        found.append(chooser.ask())
        chooser.tell(score)
    return found


def test_settings_follow_from_seed_and_scores_alone() -> None:
    scores = [50.0, None, 70.0, *map(float, range(12))]
    first = chosen(scores)
    assert first == chosen(scores)
    assert first != chosen(scores, seed=1)
    assert first != chosen([*scores[:-2], 99.0, 0.0])  # the last two tell nothing of themselves
    assert all(1e-5 <= one["learning_rate"] <= 1e-2 for one in first)
    assert {one["batch_size"] for one in first} == {8, 16}
    assert {one["epochs"] for one in first} == {2}


def test_later_trials_are_near_what_did_well() -> None:
    chooser = Chooser(RATES, 0)
    for _ in range(40):
        asked = chooser.ask()
        chooser.tell(100 - abs(asked["learning_rate"] - 1e-3) * 1e4)
    rates = [trial.params["learning_rate"] for trial in chooser.study.trials]
    near = [sum(3e-4 < rate < 3e-3 for rate in part) for part in (rates[:10], rates[-10:])]
    assert near[1] > near[0]


def trial(number: int, held_out: float | None) -> Trial:
    settings = {"learning_rate": 1e-05, "train_split": "train[:50%]", "select_by": "macro_f1"}
    return Trial(number, settings, Path("x"), held_out, failure="" if held_out else "lost")


def test_the_best_is_written_as_a_bench_reads_it(tmp_path: Path) -> None:
    done = [trial(1, None), trial(2, 50.0), trial(3, 60.0), trial(4, 60.0)]
    assert best_of(done).number == 3
    path = write_best("ynat", done, tmp_path)
    assert path.read_text(encoding="utf-8").startswith("# trial 3 of 4: 60.00 on the held-out")
    assert read_settings(path, ["ynat"]) == {"ynat": done[2].settings}
    with pytest.raises(RunError, match="all 1 trials failed: lost"):
        best_of(done[:1])


def test_what_cannot_be_is_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    base = Run("ynat", str(tiny_encoder), tmp_path, sample=True)
    with pytest.raises(InputError, match="--trials: found 0"):
        sweep(base, RATES, 0)
    dev = replace(RATES, fixed={"select_on": "dev"})
    with pytest.raises(InputError, match="select_on: found dev, expected held-out"):
        sweep(base, dev, 1)


def test_without_optuna_a_line_names_the_extra(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(InputError, match=r"optuna: not installed.*pip install 'klue-hub\[sweep\]'"):
        sweep(Run("ynat", str(tiny_encoder), tmp_path, sample=True), RATES, 1)


@pytest.mark.slow
def test_a_sweep_goes_on_and_a_failing_trial_is_alone(tiny_encoder: Path, tmp_path: Path) -> None:
    # A rate at which the loss becomes no number: that run fails, and it alone.
    space, out = tmp_path / "space.toml", tmp_path / "out"
    space.write_text(
        "[ynat]\nepochs = 4\nevaluations = 1\nbatch_size = 16\n"
        "learning_rate = [1e-3, 1e38]\n", encoding="utf-8",
    )  # fmt: skip
    command = ["sweep", "ynat", "--model", str(tiny_encoder), "--space", str(space), "--sample"]
    command += ["--output", str(out), "--seed", "5", "--json"]
    first = CliRunner().invoke(app, [*command, "--trials", "2"])
    assert first.exit_code == 0, first.output
    before = {path: path.stat().st_mtime_ns for path in out.rglob("result.json")}
    again = CliRunner().invoke(app, [*command, "--trials", "3"])
    assert again.exit_code == 0, again.output
    assert again.stderr.count("done before") == len(before)
    assert all(path.stat().st_mtime_ns == changed for path, changed in before.items())

    trials = json.loads(again.stdout)["trials"]
    assert [one for one in trials if one["number"] < 3] == json.loads(first.stdout)["trials"]
    *done, failed = trials  # which comes last
    assert failed["held_out"] is None and "loss" in failed["failure"]
    assert failed["settings"]["learning_rate"] == 1e38
    for one in done:
        result = Result.read(Path(one["folder"]) / "result.json")
        assert result.held_out["macro_f1"] == one["held_out"]
        assert result.settings["learning_rate"] == one["settings"]["learning_rate"] == 1e-3
    assert read_settings(out / "best.toml", ["ynat"])["ynat"]["learning_rate"] == 1e-3
