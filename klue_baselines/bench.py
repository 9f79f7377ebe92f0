"""All tasks and several seeds of one or more encoders: a process a run, a table an encoder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from klue_common.errors import InputError, RunError
from klue_common.own_files import read_json
from klue_common.progress import note
from klue_common.settings_files import read_toml
from klue_datasets.errors import show
from klue_datasets.files import write_text
from klue_results.bench_tables import bench_markdown
from klue_results.naming import identify, model_name
from klue_results.pictures import results_picture
from klue_results.published import Published
from klue_results.results import RESULT, Result, check_namesakes

from .encoding.encoder import check_encoder
from .launching.side_by_side import Launch, one_by_one
from .recipe import Recipe
from .run_folder import MARKED
from .training.completing import MARKER, is_complete
from .training.settings import Run, check, claimed_settings

SHARED = ("task", "model", "name", "output", "seed", "overrides", "results", "overwrite")
OF_A_RUN = {field.name for field in fields(Run)} - set(SHARED)
OF_A_RECIPE = {field.name for field in fields(Recipe)}
OUTPUT = Path("runs/bench")  # a folder an encoder lies in it


@dataclass(frozen=True)
class Outcome:
    """What became of a run: its result, or None and why; None alone where it waits elsewhere."""

    run: Run
    result: Result | None
    failure: str = ""


def read_settings(path: Path, tasks: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Read settings by task from a TOML file: a table a task, of a recipe's or a run's fields.

        [ynat]
        epochs = 1
        max_train_examples = 8000

    Raises:
        InputError: no such file, no TOML, an unknown task or setting.
    """
    content = read_toml(path)
    known = set(tasks)
    for task, settings in content.items():
        if task not in known:
            raise InputError(f"{path}: found the table {show(task)}, expected {', '.join(tasks)}")
        if not isinstance(settings, dict):
            raise InputError(
                f"{path}: {task}: found {show(settings)}, expected a table of settings"
            )
        for name in settings.keys() - OF_A_RUN - OF_A_RECIPE:
            expected = ", ".join(sorted(OF_A_RUN | OF_A_RECIPE))
            raise InputError(f"{path}: {task}: found {show(name)}, expected one of {expected}")
    return content


def bases(base: Run, models: Sequence[str], names: Sequence[str], output: Path | None) -> list[Run]:
    """Return what the runs of each encoder share; each encoder has a folder of its own.

    Args:
        base: what all runs share.
        models: the encoders.
        names: what results call them, none or one for each.
        output: the folder of a single encoder, or the one that holds those of several. None for
            the default one.

    Raises:
        InputError: a name too few, or one that two encoders have, here or in the results.
    """
    if names and len(names) != len(models):
        raise InputError(
            f"--name: found {len(names)} for {len(models)} encoders, expected one for each"
        )
    runs: dict[str, Run] = {}
    for at, model in enumerate(models):
        name = model_name(model, names[at] if names else None)
        if name in runs:
            raise InputError(
                f"--model: found {runs[name].model} and {model}, which are both called {name}, "
                "expected a --name for each"
            )
        alone = output is not None and len(models) == 1
        folder = output if output is not None and alone else (output or OUTPUT) / name
        own = names[at] if names else None
        runs[name] = replace(base, model=model, name=own, output=folder)
        if base.results is not None:
            check_namesakes(base.results, name, identify(model).digest)
    return [*runs.values()]


def plan(
    base: Run, tasks: Sequence[str], seeds: Sequence[int], settings: Mapping[str, dict[str, Any]]
) -> list[Run]:
    """Return a run a task and seed; `base.output` gets a folder a run.

    Raises:
        InputError: a setting that no run can have.
    """
    runs = []
    for task in tasks:
        own = settings.get(task, {})
        of_run = {name: value for name, value in own.items() if name in OF_A_RUN}
        of_recipe = {name: value for name, value in own.items() if name in OF_A_RECIPE}
        for seed in seeds:
            folder = base.output / task / f"seed-{seed}"
            run = replace(base, task=task, seed=seed, output=folder, **of_run)
            runs.append(replace(run, overrides={**base.overrides, **of_recipe}))
            check(runs[-1])
    return runs


def check_folders(runs: Iterable[Run]) -> None:
    """Refuse folders with another encoder's runs, once and before the first run.

    Raises:
        InputError: it names the folder and the encoder.
    """
    for run in runs:
        marker = run.output / MARKER
        if run.overwrite or not marker.exists():
            continue
        found = read_json(marker, MARKED)
        other = found.get("model")
        if other != run.model:
            raise InputError(
                f"{run.output}: holds a run of the encoder {other}, expected one of {run.model}; "
                "give another --output, or --overwrite"
            )
        if not has_weights_of(found, run):
            raise InputError(
                f"{run.output}: holds a run of other weights of {other}, expected those that are "
                "there now; give another --output, or --overwrite"
            )


def has_weights_of(found: Mapping[str, Any], run: Run) -> bool:
    """Return whether a run.json is of a run's weights, as far as that is known."""
    before, now = found.get("weights"), identify(run.model).digest
    return before is None or now is None or before == now


def label(run: Run, runs: Iterable[Run]) -> str:
    """Return a run among others, in a few words."""
    several = len({(other.model, other.name) for other in runs}) > 1
    name = f"{model_name(run.model, run.name)} " if several else ""
    return f"{name}{run.task} seed {run.seed}"


def bench(runs: Sequence[Run], launch: Launch = one_by_one) -> list[Outcome]:
    """Do all runs that are not done yet; one that fails does not keep the others from it.

    Args:
        runs: in the order of their numbers.
        launch: does them somewhere.

    Raises:
        InputError: an encoder cannot be opened, which no run could go on without.
    """
    for model in dict.fromkeys(run.model for run in runs if not is_done(run)):
        check_encoder(model)
    titles = [f"[{at}/{len(runs)}] {label(run, runs)}" for at, run in enumerate(runs, start=1)]
    left = {}
    for title, run in zip(titles, runs, strict=True):
        if is_done(run) and is_complete(run.output, run.results):
            note(f"{title}: done before")
        else:
            left[title] = run
    failures = launch(left)
    pairs = zip(titles, runs, strict=True)
    return [outcome(run, failures.get(title, "")) for title, run in pairs]


def outcome(run: Run, failure: str) -> Outcome:
    """Return what became of a run."""
    path = run.output / RESULT
    if failure or not path.exists():
        return Outcome(run, None, failure)
    return Outcome(run, Result.read(path))


def is_done(run: Run) -> bool:
    """Return whether the folder holds this very run's result."""
    marker = run.output / MARKER
    if run.overwrite or not (run.output / RESULT).exists() or not marker.exists():
        return False
    found = read_json(marker, MARKED)
    wanted = {**claimed_settings(asdict(run)), **run.overrides}
    same = all(found.get(name) == value for name, value in wanted.items())
    return same and has_weights_of(found, run)


def write_report(folder: Path, results: Sequence[Result], published: Published) -> None:
    """Write the table as Markdown and the picture, made from the results of one encoder."""
    write_text(folder / "table.md", bench_markdown(results, published))
    title = f"KLUE: {results[0].model}" + (" (bundled sample)" if results[0].sample else "")
    write_text(folder / "picture.svg", results_picture(results, published, title))
    note(f"{folder}: table.md, picture.svg")


def failed(outcomes: Sequence[Outcome]) -> None:
    """Raise RunError if a run failed.

    Raises:
        RunError: it names the runs.
    """
    runs = [one.run for one in outcomes]
    lost = [label(one.run, runs) for one in outcomes if one.failure]
    if lost:
        raise RunError(
            f"{len(lost)} of {len(outcomes)} runs failed: {', '.join(lost)}; the same command "
            "tries them again"
        )
