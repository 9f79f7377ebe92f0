"""The table of a bench: the results of one encoder beside the published ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .published import Published
from .results import Result
from .tables import INTERVAL, Row, cells, markdown_line, notes_on, result_rows

# The models of KLUE's own that a table on a terminal has room for.
BESIDE = ("KLUE-BERT-base", "KLUE-RoBERTa-small", "KLUE-RoBERTa-base", "KLUE-RoBERTa-large")
PUBLISHED_NOTE = (
    "Published scores: KLUE's README of 2021-11-03, one run a model; it does not name the split, "
    "probably the hidden test set."
)


def bench_rows(results: Iterable[Result], published: Published) -> list[Row]:
    """Return the rows of `result_rows`, each with `published`: model -> its published score."""
    rows = []
    for row in result_rows(results):
        of_others = {
            model: tasks[row["task"]][row["score"]]
            for model, tasks in published.items()
            if row["score"] in tasks.get(row["task"], {})
        }
        rows.append({**row, "published": of_others})
    return rows


def bench_columns(beside: Iterable[str]) -> list[str]:
    """Return the headings of a bench's table, with a column for each of some published models."""
    return ["task", "score", "mean", "±", INTERVAL, "seeds", *beside, "data"]


def bench_cells(row: Mapping[str, Any], beside: Iterable[str]) -> list[str]:
    """Return a row of a bench's table as text, in the order of `bench_columns`."""
    beside = list(beside)
    values = [row["published"].get(model) for model in beside]
    others = ["" if value is None else f"{value:.2f}" for value in values]
    known = {**cells(row), **dict(zip(beside, others, strict=True))}
    return [known["value" if name == "mean" else name] for name in bench_columns(beside)]


def bench_markdown(results: Iterable[Result], published: Published) -> str:
    """Return the table of one encoder's results as a Markdown document, beside all published ones.

    Args:
        results: of one encoder, at least one.
        published: model -> task -> score -> value.
    """
    results = list(results)
    columns = bench_columns(published)
    rules = ["---", "---", *["--:"] * (len(columns) - 3), "---"]
    lines = [f"# {results[0].model}", "", markdown_line(columns), markdown_line(rules)]
    lines += [markdown_line(bench_cells(row, published)) for row in bench_rows(results, published)]
    for note in [*notes_on(results), PUBLISHED_NOTE]:
        lines += ["", note]
    return "\n".join([*lines, ""])
