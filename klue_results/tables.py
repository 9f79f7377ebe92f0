"""Tables of results, made from result files and nothing else: rows for programs, cells of text.

A table shows the scores that the results hold: the official ones of a task in the paper's order,
then those that this version does not know. What is missing is named in a note below the table.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from klue_metrics import METRICS
from klue_metrics.interval_notes import interval_note

from .results import Result, conditions, seeds_of

INTERVAL = "95 % interval"
# The conditions that a row shows in words of their own.
SHOWN_OTHERWISE = ("split", "trained_on", "selected_on", "sample")
MARKDOWN_COLUMNS = ("model", "task", "score", "value", INTERVAL, "±", "seeds", "data")

Row = dict[str, Any]


def result_rows(results: Iterable[Result]) -> list[Row]:
    """Return one row a model, task, score and conditions: only the seed differs within a row.

    Returns:
        Rows by model and then in the paper's order of tasks and scores, with these fields:
        mean, deviation: over the seeds that have the score, 0-100; the deviation is the sample's,
        None for a single seed. interval: the mean of the seeds' bootstrap intervals, all over the
        same examples, None where a seed has none. note: the sentence on an interval that leaves
        out the mean, "" where it does not. held_out: the mean of the chosen checkpoints' scores on
        the held-out part, None where one is not known. seeds: those that have the score. at_most:
        the training examples that a run was told to stop at, None for all. differs: what tells the
        row from others of the same model and task. seconds: of training, the mean, None where one
        is not known.
    """
    groups = ordered(results)
    return [
        row_of(score, runs, differences(runs[0], [other[0] for other in groups]))
        for runs in groups
        for score in scores_of(runs)
    ]


def row_of(score: str, runs: Sequence[Result], differs: Mapping[str, Any]) -> Row:
    """Return the row of a score that at least one of some seeds has."""
    having = [run for run in runs if number(run.scores.get(score)) is not None]
    first, values = having[0], [run.scores[score] for run in having]
    mean, bounds = statistics.fmean(values), mean_interval(having, score)
    return {
        "model": first.model,
        "task": first.task,
        "score": score,
        "mean": mean,
        "deviation": statistics.stdev(values) if len(values) > 1 else None,
        "interval": bounds,
        "note": interval_note({score: (mean, bounds)}),
        "held_out": mean_of([run.held_out.get(score) for run in having]),
        "seeds": [run.seed for run in having],
        "trained_on": first.trained_on,
        "split": first.split,
        "selected_on": first.selected_on,
        "sample": first.sample,
        "at_most": first.data.get("at_most"),
        "differs": differs,
        "seconds": mean_of([run.seconds.get("train") for run in having]),
    }


def number(value: Any) -> float | None:
    """Return a value that can be shown as a score, None for any other.

    Example:
        >>> number(50), number(float("nan")), number({"PS": 50.0})
        (50.0, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def mean_of(values: Iterable[Any]) -> float | None:
    """Return the mean of some values, None where one is no number."""
    numbers = [number(value) for value in values]
    known = [value for value in numbers if value is not None]
    return statistics.fmean(known) if known and len(known) == len(numbers) else None


def mean_interval(runs: Sequence[Result], score: str) -> list[float] | None:
    """Return the mean lower and the mean upper bound, None where a run has no interval."""
    every = [run.intervals.get(score) for run in runs]
    pairs = [bounds for bounds in every if isinstance(bounds, list) and len(bounds) == 2]
    if len(pairs) < len(every):
        return None
    low, high = (mean_of(pair[end] for pair in pairs) for end in (0, 1))
    return None if low is None or high is None else [low, high]


def official_scores(task: str) -> tuple[str, ...]:
    """Return a task's official scores in the paper's order, none of a task that is not known."""
    return METRICS[task].scores if task in METRICS else ()


def scores_of(runs: Sequence[Result]) -> list[str]:
    """Return the scores that some runs of one task have: the official ones, then others."""
    names = dict.fromkeys(name for run in runs for name in run.scores)
    official = official_scores(runs[0].task)
    in_order = [*official, *(name for name in names if name not in official)]
    return [
        name for name in in_order if any(number(run.scores.get(name)) is not None for run in runs)
    ]


def ordered(results: Iterable[Result]) -> list[list[Result]]:
    """Return groups of seeds by model, then in the paper's order of tasks, unknown ones last."""
    place = {task: at for at, task in enumerate(METRICS)}
    return sorted(
        seeds_of(results),
        key=lambda runs: (runs[0].model, place.get(runs[0].task, len(place)), runs[0].task),
    )


def differences(result: Result, others: Iterable[Result]) -> dict[str, Any]:
    """Return the conditions that others of the same model and task do not share, by name."""
    own = conditions(result)
    rivals = [conditions(o) for o in others if (o.model, o.task) == (result.model, result.task)]
    return {
        name: value
        for name, value in own.items()
        if name not in SHOWN_OTHERWISE and any(rival.get(name) != value for rival in rivals)
    }


def cells(row: Mapping[str, Any]) -> dict[str, str]:
    """Return a row's cells as text, by the heading of their column.

    "held-out" is what settings may be compared by without a look at dev.
    """
    deviation, held_out, seconds = row["deviation"], row["held_out"], row["seconds"]
    return {
        "model": row["model"],
        "task": row["task"],
        "score": row["score"],
        "value": f"{row['mean']:.2f}",
        INTERVAL: interval(row),
        "±": "" if deviation is None else f"{deviation:.2f}",
        "held-out": "" if held_out is None else f"{held_out:.2f}",
        "seeds": str(len(row["seeds"])),
        "data": data_note(row),
        "seconds": "" if seconds is None else f"{seconds:.0f}",
    }


def markdown_table(results: Iterable[Result]) -> str:
    """Return the table of some results as Markdown, its notes below it."""
    results = list(results)
    rows = [cells(row) for row in result_rows(results)]
    lines = [
        markdown_line(MARKDOWN_COLUMNS),
        "|---|---|---|--:|--:|--:|--:|---|",
        *(markdown_line([row[column] for column in MARKDOWN_COLUMNS]) for row in rows),
    ]
    for note in notes_on(results):
        lines += ["", note]
    return "\n".join(lines)


def markdown_line(texts: Iterable[str]) -> str:
    """Return a line of a Markdown table.

    Example:
        >>> markdown_line(["task", "score"])
        '| task | score |'
    """
    return f"| {' | '.join(texts)} |"


def interval(row: Mapping[str, Any]) -> str:
    """Return a row's interval as text, "" where it has none."""
    return "" if row["interval"] is None else "[{:.2f}, {:.2f}]".format(*row["interval"])


def data_note(row: Mapping[str, Any]) -> str:
    """Return what was scored, and how it differs from KLUE's own protocol."""
    parts = ["sample" if row["sample"] else row["split"]]
    if not row["sample"] and row["trained_on"] != "train":
        parts.append(f"trained on {row['trained_on']}")
    if not row["sample"] and row["selected_on"] == "dev":
        parts.append("selected on dev")
    if row["at_most"] is not None and "train_examples" not in row["differs"]:
        parts.append(f"trained on {row['at_most']:,} examples")
    parts += [f"{name} {value}" for name, value in row["differs"].items()]
    return ", ".join(parts)


def notes_on(results: Iterable[Result]) -> list[str]:
    """Return the sentences that belong below a table of results.

    Returns:
        One on the values that their own intervals leave out; then one a model and task on what is
        missing, or not known to this version.
    """
    results = list(results)
    estimates = {
        f"{row['model']} {row['task']} {row['score']}": (row["mean"], row["interval"])
        for row in result_rows(results)
    }
    note = interval_note(estimates)
    return [*([note] if note else []), *filter(None, map(gaps_note, ordered(results)))]


def gaps_note(runs: Sequence[Result]) -> str:
    """Return a sentence on the scores that some seeds lack, or that this version does not know."""
    task, official = runs[0].task, official_scores(runs[0].task)
    shown = scores_of(runs)
    parts = []
    for name in dict.fromkeys([*official, *shown]):
        without = [str(run.seed) for run in runs if number(run.scores.get(name)) is None]
        if without:
            parts.append(f"no {name} of seed {', '.join(without)}")
    if unknown := [name for name in shown if name not in official]:
        parts.append(f"{', '.join(unknown)} shown as found, not known to this version")
    if left_out := sorted({name for run in runs for name in run.scores} - {*shown, *official}):
        parts.append(f"{', '.join(left_out)} left out, no number")
    if task not in METRICS:
        parts.insert(0, "a task that this version does not know")
    return f"{runs[0].model} {task}: {'; '.join(parts)}." if parts else ""
