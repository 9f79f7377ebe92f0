"""`klue sweep`: settings for a task, chosen on the held-out part of its train split."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .doors import a_file, a_folder
from .options import Compile, DataDir, Json, Overwrite, Precision, Sample, Seed, Task, known_task
from .terminal import numbers, plain_table, show


def sweep(
    task: Task,
    model: Annotated[str, typer.Option(help="An encoder: a folder or a Hub id.")],
    space: Annotated[
        Path,
        typer.Option(
            help="A TOML file with a table of the task: values, lists of them, and ranges like "
            "{ low = 1e-5, high = 3e-4, log = true }.",
            callback=a_file,
        ),
    ],
    trials: Annotated[int, typer.Option(help="Runs in all, those of earlier times included.")] = 20,
    seed: Seed = 0,
    output: Annotated[
        Path | None,
        typer.Option(
            help="The folder for the trials and best.toml. Default: runs/sweep/NAME/TASK.",
            callback=a_folder,
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="What results call the encoder, as of klue train.")
    ] = None,
    precision: Precision = "fp32",
    compile_: Compile = False,
    overwrite: Overwrite = False,
    data_dir: DataDir = None,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Try settings, each in a run of its own, and write those that did best on held-out examples.

    `klue bench --settings best.toml` takes them. The same command goes on where it was; with more
    --trials it tries more.
    """
    from klue_baselines import Run
    from klue_baselines import sweep as room
    from klue_baselines.search_space import read_space
    from klue_common.progress import note, quiet_libraries
    from klue_results.naming import model_name

    quiet_libraries()
    known_task(task)
    chosen = read_space(space, task)
    folder = output or Path("runs/sweep") / model_name(model, name) / task
    base = Run(
        task=task,
        model=model,
        output=folder,
        seed=seed,
        data_dir=data_dir,
        sample=sample,
        precision=precision,
        compile=compile_,
        overwrite=overwrite,
        name=name,
    )
    done = room.sweep(base, chosen, trials)
    path = room.write_best(task, done, folder)
    ranked = sorted(done, key=lambda one: (one.held_out is None, -(one.held_out or 0), one.number))
    varied = [*chosen.choices, *chosen.ranges]
    rows = [
        [
            str(one.number),
            *(f"{one.settings[setting]:.4g}" if isinstance(one.settings[setting], float)
              else str(one.settings[setting]) for setting in varied),
            "failed" if one.held_out is None else f"{one.held_out:.2f}",
            f"{one.seconds:.0f}",
        ]
        for one in ranked
    ]  # fmt: skip
    columns = [numbers("trial"), *map(numbers, varied), numbers("held-out"), numbers("seconds")]
    content = {
        "best": str(path),
        "trials": [{**vars(one), "folder": str(one.folder)} for one in ranked],
    }
    show(plain_table(columns, rows), content, as_json)
    note(f"{path}: the settings of trial {room.best_of(done).number}")
