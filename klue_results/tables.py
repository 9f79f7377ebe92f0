"""Tables of results, made from result files and nothing else."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table

from klue_metrics import METRICS
from klue_metrics.interval_notes import interval_note

from .results import Result, conditions, seeds_of

INTERVAL = "95 % interval"
PUBLISHED_NOTE = (
    "Published scores: KLUE's README of 2021-11-03, one run a model; it does not name the split, "
    "probably the hidden test set."
)


def result_rows(results: Iterable[Result]) -> list[dict[str, Any]]:
    """One row a model, task, score and conditions: nothing but the seed differs within a row.

    mean, deviation: over seeds, the sample deviation; None for a single seed. interval: the mean
    of the seeds' bootstrap intervals, all over the same examples. note: the sentence on an interval
    that leaves out the mean, "" where it does not. held_out: the mean of the chosen
    checkpoints' scores on the held-out part, None where one is not known. at_most: the training
    examples that a run was told to stop at, None for all. differs: what tells the row from others
    of the same model and task.
    """
    rows = []
    groups = ordered(results)
    for runs in groups:
        model, task = runs[0].model, runs[0].task
        differs = differences(runs[0], [other[0] for other in groups])
        for score in METRICS[task].scores:
            values = [run.scores[score] for run in runs]
            mean = statistics.fmean(values)
            bounds = [statistics.fmean(run.intervals[score][end] for run in runs) for end in (0, 1)]
            rows.append(
                {
                    "model": model,
                    "task": task,
                    "score": score,
                    "mean": mean,
                    "deviation": statistics.stdev(values) if len(values) > 1 else None,
                    "interval": bounds,
                    "note": interval_note({score: (mean, bounds)}),
                    "held_out": mean_held_out(runs, score),
                    "seeds": [run.seed for run in runs],
                    "trained_on": runs[0].trained_on,
                    "split": runs[0].split,
                    "selected_on": runs[0].selected_on,
                    "sample": runs[0].sample,
                    "at_most": runs[0].data.get("at_most"),
                    "differs": differs,
                    "seconds": statistics.fmean(run.seconds["train"] for run in runs),
                }
            )
    return rows


def mean_held_out(runs: Sequence[Result], score: str) -> float | None:
    """The mean of a score over the held-out parts, None where a run does not have it."""
    values = [run.held_out[score] for run in runs if score in run.held_out]
    return statistics.fmean(values) if len(values) == len(runs) else None


def ordered(results: Iterable[Result]) -> list[list[Result]]:
    """Groups of seeds, by model and then in the paper's order of tasks."""
    place = {task: at for at, task in enumerate(METRICS)}
    return sorted(seeds_of(results), key=lambda runs: (runs[0].model, place[runs[0].task]))


SHOWN_OTHERWISE = ("split", "trained_on", "selected_on", "sample")


def differences(result: Result, others: Iterable[Result]) -> dict[str, Any]:
    """The conditions that others of the same model and task do not share."""
    own = conditions(result)
    rivals = [conditions(o) for o in others if (o.model, o.task) == (result.model, result.task)]
    return {
        name: value
        for name, value in own.items()
        if name not in SHOWN_OTHERWISE and any(rival.get(name) != value for rival in rivals)
    }


def result_table(results: Iterable[Result]) -> Table:
    """A table for people; "held-out" is what settings may be compared by without a look at dev."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    headings = ("model", "task", "score", "value", INTERVAL, "±", "held-out", "seeds", "data")
    for heading in (*headings, "seconds"):
        number = heading not in ("model", "task", "score", "data")
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    rows = result_rows(results)
    for row in rows:
        deviation = row["deviation"]
        table.add_row(
            row["model"],
            row["task"],
            row["score"],
            f"{row['mean']:.2f}",
            interval(row),
            "" if deviation is None else f"{deviation:.2f}",
            "" if row["held_out"] is None else f"{row['held_out']:.2f}",
            str(len(row["seeds"])),
            data_note(row),
            f"{row['seconds']:.0f}",
        )
    table.caption = intervals_note(rows) or None
    return table


def markdown_table(results: Iterable[Result]) -> str:
    """The same table for a document."""
    lines = [
        f"| model | task | score | value | {INTERVAL} | ± | seeds | data |",
        "|---|---|---|--:|--:|--:|--:|---|",
    ]
    rows = result_rows(results)
    for row in rows:
        deviation = "" if row["deviation"] is None else f"{row['deviation']:.2f}"
        data = data_note(row)
        cells = [row["model"], row["task"], row["score"], f"{row['mean']:.2f}", interval(row)]
        cells += [deviation, str(len(row["seeds"])), data]
        lines.append(f"| {' | '.join(cells)} |")
    note = intervals_note(rows)
    return "\n".join([*lines, *(["", note] if note else [])])


def interval(row: Mapping[str, Any]) -> str:
    """A row's interval."""
    low, high = row["interval"]
    return f"[{low:.2f}, {high:.2f}]"


def intervals_note(rows: Iterable[Mapping[str, Any]]) -> str:
    """The sentence on values that their own intervals leave out, "" where there is none."""
    return interval_note(
        {
            f"{row['model']} {row['task']} {row['score']}": (row["mean"], row["interval"])
            for row in rows
        }
    )


def data_note(row: Mapping[str, Any]) -> str:
    """What was scored, and how it differs from KLUE's own protocol."""
    parts = ["sample" if row["sample"] else row["split"]]
    if not row["sample"] and row["trained_on"] != "train":
        parts.append(f"trained on {row['trained_on']}")
    if not row["sample"] and row["selected_on"] == "dev":
        parts.append("selected on dev")
    if row["at_most"] is not None and "train_examples" not in row["differs"]:
        parts.append(f"trained on {row['at_most']:,} examples")
    parts += [f"{name} {value}" for name, value in row["differs"].items()]
    return ", ".join(parts)


BESIDE = ("KLUE-BERT-base", "KLUE-RoBERTa-small", "KLUE-RoBERTa-base", "KLUE-RoBERTa-large")
Published = Mapping[str, Mapping[str, Mapping[str, float]]]


def bench_rows(results: Iterable[Result], published: Published) -> list[dict[str, Any]]:
    """The rows of `result_rows`, each with `published`: model -> its published score."""
    rows = []
    for row in result_rows(results):
        of_others = {
            model: tasks[row["task"]][row["score"]]
            for model, tasks in published.items()
            if row["score"] in tasks.get(row["task"], {})
        }
        rows.append({**row, "published": of_others})
    return rows


def bench_cells(row: Mapping[str, Any], beside: Iterable[str]) -> list[str]:
    """A row of a bench's table as text, with the published scores of some models."""
    deviation = "" if row["deviation"] is None else f"{row['deviation']:.2f}"
    others = [row["published"].get(model) for model in beside]
    return [
        row["task"],
        row["score"],
        f"{row['mean']:.2f}",
        deviation,
        interval(row),
        str(len(row["seeds"])),
        *("" if value is None else f"{value:.2f}" for value in others),
        data_note(row),
    ]


def bench_table(results: Iterable[Result], published: Published) -> Table:
    """The table of a bench for people, beside KLUE's own models."""
    rows = bench_rows(results, published)
    table = Table(box=None, pad_edge=False, header_style="bold", title=rows[0]["model"])
    for heading in ("task", "score", "mean", "±", INTERVAL, "seeds", *BESIDE, "data"):
        side = "left" if heading in ("task", "score", "data") else "right"
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*bench_cells(row, BESIDE))
    table.caption = "\n".join(filter(None, [intervals_note(rows), PUBLISHED_NOTE]))
    return table


def bench_markdown(results: Iterable[Result], published: Published) -> str:
    """The same for a document, beside all published models."""
    rows = bench_rows(results, published)
    headings = ["task", "score", "mean", "±", INTERVAL, "seeds", *published, "data"]
    rules = ["---", "---", *["--:"] * (4 + len(published)), "---"]
    lines = [f"# {rows[0]['model']}", "", *(f"| {' | '.join(c)} |" for c in (headings, rules))]
    lines += [f"| {' | '.join(bench_cells(row, published))} |" for row in rows]
    note = intervals_note(rows)
    return "\n".join([*lines, "", *([note, ""] if note else []), PUBLISHED_NOTE, ""])
