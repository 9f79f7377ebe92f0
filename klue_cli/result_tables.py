"""Tables of results on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from klue_results.bench_tables import BESIDE, PUBLISHED_NOTE, bench_cells, bench_columns, bench_rows
from klue_results.lm_tables import (
    LM_COLUMNS,
    LM_TEXTS,
    encoders,
    language_models,
    lm_cells,
    lm_notes,
    lm_rows,
)
from klue_results.published import Published
from klue_results.results import Result
from klue_results.tables import INTERVAL, cells, notes_on, result_rows

from .terminal import heading, numbers, plain_table

COLUMNS = (
    "model",
    "task",
    "score",
    "value",
    INTERVAL,
    "±",
    "held-out",
    "seeds",
    "data",
    "seconds",
)
TEXTS = ("model", "task", "score", "data")  # the columns that stand left


def shown_results(results: Sequence[Result]) -> Group:
    """Return the tables of some results, encoders and language models, with the notes below."""
    tuned, asked = encoders(results), language_models(results)
    parts: list[RenderableType] = [result_table(tuned)] if tuned else []
    if asked:
        parts += [heading("\nlanguage models" if tuned else "language models"), lm_table(asked)]
    return with_notes(parts, [*notes_on(results), *lm_notes(asked)])


def lm_table(results: Sequence[Result]) -> Table:
    """Return the table of some language models' results."""
    rows = [[lm_cells(row)[column] for column in LM_COLUMNS] for row in lm_rows(results)]
    table = plain_table([n if n in LM_TEXTS else numbers(n) for n in LM_COLUMNS], rows)
    for column in table.columns:
        column.no_wrap = True
    return table


def result_table(results: Sequence[Result]) -> Table:
    """Return the table of some results."""
    rows = [[cells(row)[column] for column in COLUMNS] for row in result_rows(results)]
    table = plain_table([name if name in TEXTS else numbers(name) for name in COLUMNS], rows)
    for column in table.columns:
        column.no_wrap = True
    return table


def shown_bench(results: Sequence[Result], published: Published) -> Group:
    """Return the table of one encoder's results beside KLUE's own models, its notes below it."""
    columns = [name if name in TEXTS else numbers(name) for name in bench_columns(BESIDE)]
    rows = [bench_cells(row, BESIDE) for row in bench_rows(results, published)]
    notes = [*notes_on(results), PUBLISHED_NOTE]
    return with_notes([heading(results[0].model), plain_table(columns, rows)], notes)


def with_notes(parts: Iterable[RenderableType], notes: Iterable[str]) -> Group:
    """Return a table and the lines below it; its own caption would be wrapped at its width."""
    return Group(*parts, *map(Text, notes))
