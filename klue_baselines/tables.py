"""Tables of results, made from result files and nothing else."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any

from rich.table import Table

from klue_metrics import METRICS

from .results import Result, seeds_of

INTERVAL = "95 % interval"


def result_rows(results: Iterable[Result]) -> list[dict[str, Any]]:
    """One row a model, task and score.

    mean, and the sample deviation over seeds; for a single seed there is none, but its interval.
    """
    rows = []
    for (model, task), runs in ordered(results):
        for score in METRICS[task].scores:
            values = [run.scores[score] for run in runs]
            rows.append(
                {
                    "model": model,
                    "task": task,
                    "score": score,
                    "mean": statistics.fmean(values),
                    "deviation": statistics.stdev(values) if len(values) > 1 else None,
                    "interval": runs[0].intervals[score] if len(runs) == 1 else None,
                    "seeds": [run.seed for run in runs],
                    "trained_on": runs[0].trained_on,
                    "split": runs[0].split,
                    "selected_on": runs[0].selected_on,
                    "sample": runs[0].sample,
                    "seconds": statistics.fmean(run.seconds["train"] for run in runs),
                }
            )
    return rows


def ordered(results: Iterable[Result]) -> list[tuple[tuple[str, str], list[Result]]]:
    """Groups of seeds, by model and then in the paper's order of tasks."""
    place = {task: at for at, task in enumerate(METRICS)}
    return sorted(seeds_of(results).items(), key=lambda item: (item[0][0], place[item[0][1]]))


def result_table(results: Iterable[Result]) -> Table:
    """A table for people."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("model", "task", "score", "value", INTERVAL, "±", "seeds", "data", "seconds"):
        number = heading in ("value", INTERVAL, "±", "seeds", "seconds")
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    for row in result_rows(results):
        deviation = row["deviation"]
        table.add_row(
            row["model"],
            row["task"],
            row["score"],
            f"{row['mean']:.2f}",
            interval(row),
            "" if deviation is None else f"{deviation:.2f}",
            str(len(row["seeds"])),
            "sample" if row["sample"] else data_note(row),
            f"{row['seconds']:.0f}",
        )
    return table


def markdown_table(results: Iterable[Result]) -> str:
    """The same table for a document."""
    lines = [
        f"| model | task | score | value | {INTERVAL} | ± | seeds | data |",
        "|---|---|---|--:|--:|--:|--:|---|",
    ]
    for row in result_rows(results):
        deviation = "" if row["deviation"] is None else f"{row['deviation']:.2f}"
        data = "sample" if row["sample"] else data_note(row)
        cells = [row["model"], row["task"], row["score"], f"{row['mean']:.2f}", interval(row)]
        cells += [deviation, str(len(row["seeds"])), data]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def interval(row: dict[str, Any]) -> str:
    """A single seed's interval."""
    if row["interval"] is None:
        return ""
    low, high = row["interval"]
    return f"[{low:.2f}, {high:.2f}]"


def data_note(row: dict[str, Any]) -> str:
    """What was scored, and how it differs from KLUE's own protocol."""
    parts = [row["split"]]
    if row["trained_on"] != "train":
        parts.append(f"trained on {row['trained_on']}")
    if row["selected_on"] == "dev":
        parts.append("selected on dev")
    return ", ".join(parts)
