"""The finished models under a folder of runs, and which one of several seeds is pushed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from klue_common.errors import InputError
from klue_common.progress import note
from klue_datasets import TASKS
from klue_results.naming import repository_name
from klue_results.results import RESULT, Result, differing


@dataclass(frozen=True)
class Finished:
    """A model's folder and the result of its run."""

    folder: Path
    result: Result


@dataclass(frozen=True)
class Choice:
    """The model that goes to a repository, and the results of its other seeds."""

    model: Finished
    others: tuple[Result, ...]


def finished_models(runs: Path) -> list[Finished]:
    """Return the models that `klue train` and `klue bench` finished, by path.

    Args:
        runs: the folder below which they lie, at any depth.

    Raises:
        InputError: a model's result.json is broken.
    """
    return [
        Finished(path.parent, Result.read(path))
        for path in sorted(runs.rglob(RESULT))
        if (path.parent / "config.json").is_file() and not is_hidden(path.relative_to(runs))
    ]


def is_hidden(path: Path) -> bool:
    """Return whether a path leads through a hidden folder, where what is half made lies."""
    return any(part.startswith(".") for part in path.parts)


def chosen_models(runs: Path, seed: int | None, sample: bool) -> list[Choice]:
    """Choose the models under a folder that are to be pushed, and say so on stderr.

    Args:
        runs: the folder below which finished models lie.
        seed: the one to take of each model, None for the best by held-out score.
        sample: whether models of the bundled sample, as `make demo` leaves them, are among them.

    Raises:
        InputError: as for `finished_models` and `choose`.
    """
    return choose(publishable(runs, sample), seed)


def publishable(runs: Path, sample: bool) -> list[Finished]:
    """Return the finished models under a folder that may be pushed; what is left out is said.

    Args:
        runs: the folder below which they lie.
        sample: whether models of the bundled sample, as `make demo` leaves them, are among them.
    """
    found = finished_models(runs)
    models = [one for one in found if sample or not one.result.sample]
    if len(models) < len(found):
        left = len(found) - len(models)
        note(f"{runs}: {left} models of the bundled sample are left out, --sample pushes them")
    known = [one for one in models if one.result.task in TASKS]
    for one in models:
        if one not in known:
            note(f"{one.folder}: left out, {one.result.task} is no task that this version knows")
    if not known:
        note(f"{runs}: found no finished model, none is pushed")
    return known


def choose(models: Iterable[Finished], seed: int | None = None) -> list[Choice]:
    """Choose one model for each repository: the best seed by the held-out score, or a given one.

    Args:
        models: finished ones.
        seed: the one to take, None for the best.

    Raises:
        InputError: two runs for one repository that are no seeds of the same, no such seed, or no
            held-out scores to choose by.
    """
    groups: dict[str, list[Finished]] = {}
    for model in models:
        name = repository_name(model.result.model, model.result.task)
        groups.setdefault(name, []).append(model)
    choices = []
    for name, group in groups.items():
        check_seeds(name, group)
        chosen, why = of_seed(name, group, seed) if seed is not None else best(group)
        note(f"{name}: {chosen.folder}, {why}")
        others = tuple(one.result for one in group if one is not chosen)
        choices.append(Choice(chosen, others))
    return choices


def check_seeds(name: str, group: Sequence[Finished]) -> None:
    """Refuse runs for one repository that differ in anything but their seed."""
    by_seed: dict[int, Path] = {}
    first = group[0]
    for one in group:
        odd = differing(first.result, one.result)
        other = by_seed.setdefault(one.result.seed, one.folder)
        if odd or other != one.folder:
            two = first.folder if odd else other
            what = f"another {' and '.join(odd)}" if odd else f"the seed {one.result.seed} twice"
            raise InputError(
                f"{name}: found {two} and {one.folder} for it, with {what}, expected seeds of one "
                "run; name a folder with --runs that holds one of them alone"
            )


def of_seed(name: str, group: Sequence[Finished], seed: int) -> tuple[Finished, str]:
    """Return the model of a seed, and why it is taken."""
    for one in group:
        if one.result.seed == seed:
            return one, f"seed {seed} as asked for"
    raise InputError(f"--seed: found {seed}, expected one of {seeds(group)} for {name}")


def best(group: Sequence[Finished]) -> tuple[Finished, str]:
    """Return the best model by the held-out score that its checkpoint was chosen by, and why."""
    if len(group) == 1:
        return group[0], f"seed {group[0].result.seed}"
    score = group[0].result.settings.get("select_by", "score")
    for one in group:
        if score not in one.result.held_out:
            raise InputError(
                f"{one.folder}: found no held-out {score} to choose one of the seeds "
                f"{seeds(group)} by, expected --seed"
            )
    chosen = max(group, key=lambda one: (one.result.held_out[score], -one.result.seed))
    value = chosen.result.held_out[score]
    why = f"the best of the seeds {seeds(group)} by held-out {score} ({value:.2f})"
    return chosen, f"seed {chosen.result.seed}, {why}"


def seeds(group: Iterable[Finished]) -> str:
    """Return the seeds of some runs for a message."""
    return ", ".join(str(seed) for seed in sorted(one.result.seed for one in group))
