"""Settings that do best on the held-out part of train: runs that Optuna chooses one after another.

Each trial is a run as `klue train` does it, in a process and a folder of its own, and is judged by
its result's held-out score; what dev says of it is in the result and is not looked at. That is why
transformers' `Trainer.hyperparameter_search` is not used, which trains in this process and judges
by whatever the Trainer evaluates on.

A sweep keeps nothing of its own: each trial's sampler is seeded by the sweep's seed and the trial's
number, so that the same command asks for the same settings again, finds the runs that are done, and
goes on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from klue_common.errors import InputError, RunError
from klue_common.extras import package
from klue_common.progress import note
from klue_datasets.files import write_text
from klue_results.results import RESULT, Result

from .bench import OF_A_RECIPE, OF_A_RUN, check_folders, is_done
from .encoding.encoder import check_encoder
from .launching.apart import run_apart
from .search_space import Space
from .training.completing import is_complete
from .training.settings import HELD_OUT, Run, check

BEST = "best.toml"


@dataclass(frozen=True)
class Trial:
    """One run of a sweep.

    number: from 1. settings: what the space gave it. held_out: its score on the held-out part, None
    where it failed. seconds: of training. failure: why it failed, "" if it did not.
    """

    number: int
    settings: dict[str, Any]
    folder: Path
    held_out: float | None
    seconds: float = 0.0
    failure: str = ""


def sweep(base: Run, space: Space, trials: int) -> list[Trial]:
    """Do the trials that are not done yet; one that fails does not keep the others from it.

    Args:
        base: what all runs share; its `output` gets a folder a trial, its seed is also the
            sampler's.
        space: the settings to try.
        trials: how many in all.

    Raises:
        InputError: Optuna is not installed, the encoder cannot be opened, a setting is wrong, or a
            folder holds other runs.
    """
    if trials < 1:
        raise InputError(f"--trials: found {trials}, expected a whole number from 1 on")
    if base.select_on != HELD_OUT or space.fixed.get("select_on", HELD_OUT) != HELD_OUT:
        raise InputError(f"select_on: found dev, expected {HELD_OUT}: dev chooses no settings")
    chooser, done = Chooser(space, base.seed), list[Trial]()
    check_encoder(base.model)
    for number in range(1, trials + 1):
        settings = chooser.ask()
        run = run_of(base, settings, number)
        check_folders([run])
        done.append(trial(run, settings, number, trials))
        chooser.tell(done[-1].held_out)
    return done


class Chooser:
    """Chooses the settings of one trial after another.

    Raises:
        InputError: Optuna is not installed.
    """

    def __init__(self, space: Space, seed: int) -> None:
        optuna = package("optuna", "sweep", "klue sweep")
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.optuna, self.space, self.seed = optuna, space, seed
        self.study = optuna.create_study(direction="maximize")
        self.trial: Any = None

    def ask(self) -> dict[str, Any]:
        """Return the settings of the next trial, which follow from the scores of those before."""
        [seed] = np.random.SeedSequence([self.seed, len(self.study.trials)]).generate_state(1)
        self.study.sampler = self.optuna.samplers.TPESampler(seed=int(seed))
        self.trial = self.study.ask()
        return self.space.ask(self.trial)

    def tell(self, score: float | None) -> None:
        """Take down the score of the trial, None where it failed."""
        if score is None:
            self.study.tell(self.trial, state=self.optuna.trial.TrialState.FAIL)
        else:
            self.study.tell(self.trial, score)


def run_of(base: Run, settings: dict[str, Any], number: int) -> Run:
    """Return the run of a trial.

    Raises:
        InputError: a setting that no run can have.
    """
    of_run = {name: value for name, value in settings.items() if name in OF_A_RUN}
    of_recipe = {name: value for name, value in settings.items() if name in OF_A_RECIPE}
    folder = base.output / f"trial-{number:03d}"
    run = replace(base, output=folder, results=None, **of_run)
    run = replace(run, overrides={**base.overrides, **of_recipe})
    check(run)
    return run


def trial(run: Run, settings: dict[str, Any], number: int, trials: int) -> Trial:
    """Do a trial, or read what it gave before."""
    title = f"[{number}/{trials}] {run.task}"
    if is_done(run) and is_complete(run.output, None):
        note(f"{title}: done before")
        failure = ""
    else:
        note(f"{title}: {in_words(settings)}")
        failure = run_apart(run)
    path = run.output / RESULT
    if failure or not path.exists():
        note(f"{title}: failed, {failure}")
        return Trial(number, settings, run.output, None, failure=failure)
    result = Result.read(path)
    score = result.held_out[result.settings["select_by"]]
    note(f"{title}: held-out {result.settings['select_by']} {score:.2f}")
    return Trial(number, settings, run.output, score, result.seconds["train"])


def in_words(settings: dict[str, Any]) -> str:
    """Return settings as one line.

    >>> in_words({"learning_rate": 0.000123456, "batch_size": 16})
    'learning_rate 0.000123, batch_size 16'
    """
    return ", ".join(
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in settings.items()
    )


def best_of(done: Sequence[Trial]) -> Trial:
    """Return the trial that did best on the held-out part; of equals the first.

    Raises:
        RunError: all failed.
    """
    scored = [one for one in done if one.held_out is not None]
    if not scored:
        raise RunError(f"all {len(done)} trials failed: {done[-1].failure}")
    return max(scored, key=lambda one: (one.held_out, -one.number))


def write_best(task: str, done: Sequence[Trial], folder: Path) -> Path:
    """Write the best trial's settings as `klue bench --settings` reads them.

    Raises:
        RunError: all trials failed.
    """
    best, path = best_of(done), folder / BEST
    lines = [f"{name} = {json.dumps(value)}" for name, value in best.settings.items()]
    about = (
        f"# trial {best.number} of {len(done)}: {best.held_out:.2f} on the held-out part of train"
    )
    write_text(path, "\n".join([about, f"[{task}]", *lines, ""]))
    return path
