"""KLUE in minutes on one GPU: seconds a task, and all eight tasks with three seeds.

An encoder of RoBERTa-base's size with random weights learns KLUE at its full size by `klue bench`,
one run after the other and several at once, beside a plain loop of transformers' Trainer on the
same card in the same call. Rows are repeated to the official counts where a file is missing or
shorter; only time is measured, and no score is kept or shown.

    python -m speed.gpu --parallel 8 --json gpu.json       # whole runs: an hour or two
    python -m speed.gpu --parallel 8 --share 0.05          # a part of each, in ten minutes or so
    python -m speed.gpu --tasks ynat,dp --share 0.05
    python -m speed.gpu --try                              # does it work here? no GPU needed

A share of a run ends at an evaluation and its checkpoint, one at least, and what it trained is
multiplied; one seed stands for all. The plain loop is run with one seed. Runs are written to a
temporary folder (TMPDIR; about 2 GB a run at once, 0.5 GB a run that is done) and removed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from rich.console import Console

from klue_baselines.launching.side_by_side import check_parallel
from klue_baselines.tasks import BASELINES, baseline_of
from klue_baselines.tiny import make_encoder
from klue_baselines.training.settings import Run
from klue_common.errors import InputError, exit_code
from klue_common.own_files import json_text
from klue_common.progress import note, quiet_libraries
from klue_datasets.files import write_text

from .measures import Measured, Plan, measure, measure_parallel
from .runs import base_encoder, ready, workload
from .tables import content, lines, table


def compare(plan: Plan, base: Run, out: Path | None) -> None:
    """Measure everything, keep what is there after each task, and print it."""
    done: list[Measured] = []
    ready()
    for task in plan.tasks:
        note(f"{task}: reading and encoding")
        done.append(measure(workload(task, base), base, plan))
        if out is not None:
            write_text(out, json_text(content(plan, done, {})))
    together = replace(base, output=base.output / "parallel")
    parallel = measure_parallel(done, together, plan) if plan.parallel > 1 else {}
    found = content(plan, done, parallel)
    if out is not None:
        write_text(out, json_text(found))
    console = Console(width=160, highlight=False)
    console.print(found["gpu"] or "no GPU", "seconds of a run with one seed", sep=", ")
    console.print(table(done))
    for line in lines(plan, found):
        console.print(line)


def planned(given: argparse.Namespace) -> Plan:
    """Return what the options ask for.

    Raises:
        InputError: an unknown task, a share out of its limits, more runs at once than cores.
    """
    tasks = given.tasks.split(",") if given.tasks else [*BASELINES]
    for task in tasks:
        baseline_of(task)
    if not 0 < given.share <= 1:
        raise InputError(f"--share: found {given.share:g}, expected above 0, at most 1")
    check_parallel(given.parallel, None)
    if not (torch.cuda.is_available() or given.try_it):
        raise InputError("found no GPU, expected one; --try shows without one that it works")
    return Plan(tasks, given.share, given.parallel)


def parsed(words: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tasks", default="", help="like dp,ner; default: all eight")
    parser.add_argument("--share", type=float, default=1.0, help="of each run, like 0.05")
    parser.add_argument("--parallel", type=int, default=1, help="also so many runs at once")
    parser.add_argument("--json", type=Path, help="write all numbers there, after each task")
    parser.add_argument(
        "--try", dest="try_it", action="store_true", help="the bundled sample, a small encoder"
    )
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Read the options, measure and print; the exit code is that of `klue`."""
    given = parsed(words)
    quiet_libraries()
    try:
        plan = planned(given)
        with tempfile.TemporaryDirectory(prefix="klue-gpu-") as folder:
            encoder = (make_encoder if given.try_it else base_encoder)(Path(folder) / "encoder")
            precision = "bf16" if torch.cuda.is_available() else "fp32"
            runs = Path(folder) / "runs"
            base = Run("", str(encoder), runs, sample=given.try_it, precision=precision)
            compare(plan, base, given.json)
    except Exception as error:
        if exit_code(error) is None:
            raise  # a bug of ours
        print(error, file=sys.stderr)
        return exit_code(error) or 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
