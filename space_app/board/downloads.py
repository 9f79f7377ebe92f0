"""The overview as a file: CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

import csv
import io
import json
import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from klue_metrics import METRICS

from .filters import Filters
from .overview import columns
from .standings import Group, Standing

BOM = "\ufeff"  # by which Excel knows UTF-8
FORMULA = tuple("=+-@")  # by which a spreadsheet knows what it has to compute
ABOUT = ("parameters", "open_weights", "first", "last", "link")
SAID = ("trained_on", "selected_on", "asked")


def csv_text(groups: Iterable[Group], view: Filters) -> str:
    """Return a view as CSV, a model a line, what is not known empty."""
    file = io.StringIO(newline="")
    file.write(BOM)
    writer = csv.writer(file)
    scores = [f"{task}.{name}" for task, name in columns()]
    bounds = [f"{score}.{end}" for score in scores for end in ("low", "high")]
    average = ("average",) if view.average else ()
    before = ["model", "kind", "mean_rank", *average, "tasks", "submissions"]
    writer.writerow([*before, *scores, *ABOUT, *SAID, *bounds])
    for one in every(groups):
        writer.writerow(list(csv_row(one, view)))
    return file.getvalue()


def csv_row(one: Standing, view: Filters) -> Iterator[Any]:
    """Yield the cells of a model."""
    row = one.row
    yield from (harmless(row.model), row.kind, rounded(one.mean_rank))
    if view.average:
        yield rounded(one.average)
    yield from (len(row.tasks), row.submissions)
    yield from (rounded(row.values.get(column)) for column in columns())
    yield from (cell(getattr(row, name)) for name in ABOUT)
    yield from (harmless("; ".join(getattr(row, name))) for name in SAID)
    for task, name in columns():
        low, high = interval(one, task, name) or (None, None)
        yield from (rounded(low), rounded(high))


def json_text(groups: Iterable[Group], view: Filters) -> str:
    """Return a view as JSON: the query that made it, and the models."""
    content = {"query": view.to_query(), "models": [json_row(one, view) for one in every(groups)]}
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)


def json_row(one: Standing, view: Filters) -> dict[str, Any]:
    """Return a model as data."""
    row = one.row
    average = {"average": one.average} if view.average else {}
    return {
        "model": row.model,
        "kind": row.kind,
        "mean_rank": one.mean_rank,
        **average,
        "submissions": row.submissions,
        **{name: getattr(row, name) for name in (*ABOUT, *SAID)},
        "tasks": {task: json_task(one, task) for task in METRICS if task in row.tasks},
    }


def json_task(one: Standing, task: str) -> dict[str, Any]:
    """Return a model's scores of a task as data."""
    entry = one.row.tasks[task].entry
    scores = {
        name: {"value": one.row.values[task, name], "interval": interval(one, task, name)}
        for name in METRICS[task].scores
        if (task, name) in one.row.values
    }
    submission = {"id": entry.id, "split": entry.split, "data": entry.data} if entry else None
    return {"rank": one.ranks.get(task), "scores": scores, "submission": submission}


def every(groups: Iterable[Group]) -> Iterator[Standing]:
    """Yield the models of all groups."""
    for group in groups:
        yield from group.standings


def interval(one: Standing, task: str, name: str) -> Sequence[float] | None:
    """Return the interval of a score, None where there is none."""
    bounds = one.row.tasks[task].intervals.get(name) if (task, name) in one.row.values else None
    return bounds if bounds and all(map(math.isfinite, bounds)) else None


def rounded(value: float | None) -> float | str:
    """Return a number with as many decimals as are written in a table, "" for none."""
    return "" if value is None else round(value, 4)


def cell(value: Any) -> Any:
    """Return a value as a cell."""
    if isinstance(value, bool):
        return "yes" if value else ""
    return harmless(value) if isinstance(value, str) else rounded(value)


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    >>> harmless("=HYPERLINK(1)"), harmless(" ＝1"), harmless("KLUE-BERT")
    ("'=HYPERLINK(1)", "' ＝1", 'KLUE-BERT')
    """
    meant = unicodedata.normalize("NFKC", text).lstrip()
    return f"'{text}" if meant.startswith(FORMULA) else text
