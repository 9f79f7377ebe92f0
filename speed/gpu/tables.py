"""The measurements as JSON has them, and as a table for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import torch
from rich.table import Table

from klue_baselines.tasks import BASELINES

from .measures import SEEDS, Measured, Plan
from .runs import Filled
from .use import GpuUse

GOAL_MINUTES, GOAL_RATIO = 60, 1.5  # with three seeds on one H100


def content(plan: Plan, done: Sequence[Measured], parallel: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything that was measured, as JSON has it; the totals are of three seeds."""
    once = sum(one.work.once for one in done)
    alone = once + sum(one.run for one in done) * len(SEEDS)
    plain = once + sum(one.plain_run for one in done) * len(SEEDS)
    totals = {"alone": alone, "plain": plain, "ratio": plain / alone}
    if parallel:
        together = once + parallel["seconds"]
        totals |= {"parallel": together, "parallel_ratio": plain / together}
    return {
        "only_seconds": "rows are repeated and weights are random: nothing here is a score",
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "plan": asdict(plan),
        "tasks": {
            one.work.task: {**asdict(one), "run": one.run, "plain_run": one.plain_run}
            for one in done
        },
        "parallel": dict(parallel),
        "totals": totals,
    }


def size(split: Filled) -> str:
    """Return how many rows a split has, and what they are where they are not its own.

    >>> size(Filled("train", 100, "train", 100)), size(Filled("...", 2100, "validation", 700))
    ('100', '2,100 of 700 of dev')
    """
    if split.rows == split.at_hand and split.split == split.source:
        return f"{split.rows:,}"
    of = " of dev" if split.source == "validation" else ""
    return f"{split.rows:,} of {split.at_hand:,}{of}"


def used(use: GpuUse) -> str:
    """Return how busy the GPU was and what of its memory was taken."""
    if use.busy is None or use.memory is None:
        return "not seen"
    return f"{use.busy:.0f} %, {use.memory:.1f} GiB"


def table(done: Sequence[Measured]) -> Table:
    """Return a table for people, a task a row, seconds of whole runs with one seed."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("task", "train", "dev", "read once", "part", "klue bench", "in training",
                    "GPU", "plain loop", "GPU", "ratio"):  # fmt: skip
        made.add_column(heading, no_wrap=True, justify="left" if heading == "task" else "right")
    for one in done:
        work, ours = one.work, one.ours
        part = "whole" if one.times == 1 else f"1/{one.times:.1f}"
        made.add_row(
            work.task, size(work.train), size(work.dev), f"{work.once:.0f} s", part,
            f"{one.run:.0f} s", f"{ours.train * one.times:.0f} s", used(one.used),
            f"{one.plain_run:.0f} s", used(one.used_plainly), f"{one.plain_run / one.run:.2f}",
        )  # fmt: skip
    return made


def lines(plan: Plan, found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what stands below the table: the totals, each beside its goal."""
    totals, several = found["totals"], found["parallel"]
    what = "all eight tasks" if len(plan.tasks) == len(BASELINES) else ", ".join(plan.tasks)
    yield f"{what}, three seeds, in minutes (goal for all eight on one H100: below {GOAL_MINUTES})"
    yield f"  klue bench, one after the other  {totals['alone'] / 60:6.1f}"
    if several:
        place = f"klue bench --parallel {plan.parallel}"
        seen = used(GpuUse(**several["used"]))
        yield f"  {place:<32} {totals['parallel'] / 60:6.1f}   GPU {seen}"
    yield f"  plain loop, one after the other  {totals['plain'] / 60:6.1f}"
    ratio = f"{totals['ratio']:.2f}"
    if several:
        ratio += f", {totals['parallel_ratio']:.2f} with --parallel"
    yield f"plain loop / klue bench: {ratio} (goal: {GOAL_RATIO})"
    if plan.share < 1:
        yield "one seed and a part of each run were measured (column part); the rest is reckoned"
    if found["gpu"] is None:
        yield "there is no GPU here: this shows that it works, and nothing of how fast one is"
