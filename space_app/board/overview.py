"""One row a model: the official scores of all tasks that it has, each task's from one submission.

A model is a name and a kind. Of several submissions for a task the one that is best by the task's
main score stands in the row, so that a task's scores belong together; those that equal the gold
labels are no model's and stand there only where there is no other.
"""

from __future__ import annotations

import math
import threading
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from klue_metrics import METRICS
from klue_results.published import DATE, SOURCE

from .entries import LANGUAGE_MODEL, Entry
from .leaderboard import Board, Row, is_gold, published_rows, rows_of

ENCODERS, LANGUAGE_MODELS, PUBLISHED = KINDS = ("encoder", "language-model", "published")
MOST = 100 + 1e-6  # what a line of the store holds beyond it, up or down, is no official score
Column = tuple[str, str]  # a task and one of its official scores


def columns() -> tuple[Column, ...]:
    """Return the official scores of all tasks in KLUE's order.

    >>> columns()[:3]
    (('ynat', 'macro_f1'), ('sts', 'pearsonr'), ('sts', 'f1'))
    """
    return tuple((task, name) for task, metric in METRICS.items() for name in metric.scores)


@dataclass(frozen=True)
class ModelRow:
    """What is known of one model.

    Attributes:
        model, kind: its name, and one of `KINDS`.
        tasks: task -> the row whose scores are shown.
        values: column -> the score, 0-100; what it lacks is not there.
        submissions: how many there are, those that are not shown counted too.
        parameters: in millions, None if nobody told.
        open_weights: whether its weights can be had, as far as anybody said.
        link: where it is described, "" if nobody told.
        trained_on, selected_on, asked: what was said with the tasks' submissions, each once.
        first, last: days (ISO 8601) of its first and its last submission, "" if not known.
    """

    model: str
    kind: str
    tasks: Mapping[str, Row]
    values: Mapping[Column, float]
    submissions: int
    parameters: float | None = None
    open_weights: bool = False
    link: str = ""
    trained_on: tuple[str, ...] = ()
    selected_on: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    first: str = ""
    last: str = ""

    @property
    def complete(self) -> bool:
        """Whether it has the main score of every task."""
        return all((task, metric.main_score) in self.values for task, metric in METRICS.items())

    def main(self, task: str) -> float | None:
        """Return its main score of a task, None without one."""
        return self.values.get((task, METRICS[task].main_score))


class Overview:
    """The rows of all models, made once for each state of the store."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.lock = threading.Lock()
        self.entries: list[Entry] | None = None
        self.kept: tuple[ModelRow, ...] = ()

    def rows(self) -> tuple[ModelRow, ...]:
        """Return the rows as the store is now."""
        entries = self.board.entries()
        with self.lock:
            if entries != self.entries:
                self.entries, self.kept = entries, model_rows(entries)
            return self.kept


def model_rows(entries: Iterable[Entry]) -> tuple[ModelRow, ...]:
    """Return a row for each model that has an official score, by name; the published ones last."""
    rows = [row for row in rows_of(entries) if row.task in METRICS]
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in [*rows, *published_rows()]:
        name = unicodedata.normalize("NFC", row.model)
        groups.setdefault((kind_of(row), name), []).append(row)
    made = [model_row(kind, of_model) for (kind, _), of_model in groups.items()]
    having = [row for row in made if row.values]
    return tuple(sorted(having, key=lambda row: (KINDS.index(row.kind), row.model.casefold())))


def kind_of(row: Row) -> str:
    """Return the kind of a row's model."""
    if row.entry is None:
        return PUBLISHED
    return LANGUAGE_MODELS if row.entry.kind == LANGUAGE_MODEL else ENCODERS


def model_row(kind: str, rows: Sequence[Row]) -> ModelRow:
    """Return the row of one model from its rows of all tasks."""
    shown = {task: best_of(task, rows) for task in METRICS if any(r.task == task for r in rows)}
    values = {
        (task, name): row.scores[name]
        for task, row in shown.items()
        for name in METRICS[task].scores
        if abs(row.scores.get(name, math.nan)) <= MOST
    }
    entries = [row.entry for row in rows if row.entry is not None]
    if not entries:
        about = {"open_weights": True, "link": SOURCE, "first": DATE, "last": DATE}
        return ModelRow(rows[0].model, kind, shown, values, 0, **about)  # type: ignore[arg-type]
    of_shown = [row.entry for row in shown.values() if row.entry is not None]
    days = sorted(filter(None, (entry.created[:10] for entry in entries)))
    return ModelRow(
        rows[0].model,
        kind,
        shown,
        values,
        len(entries),
        parameters=next((e.parameters for e in reversed(entries) if e.parameters), None),
        open_weights=any(entry.open_weights for entry in entries),
        link=next((entry.link for entry in reversed(entries) if entry.link), ""),
        trained_on=each_once(entry.trained_on for entry in of_shown),
        selected_on=each_once(entry.selected_on for entry in of_shown),
        asked=each_once(entry.asked for entry in of_shown),
        first=days[0] if days else "",
        last=days[-1] if days else "",
    )


def best_of(task: str, rows: Iterable[Row]) -> Row:
    """Return the row of a task that is best by its main score, the first of equal ones."""
    main = METRICS[task].main_score

    def merit(row: Row) -> tuple[bool, float]:
        value = row.scores.get(main, -math.inf)
        return not is_gold(row), value if math.isfinite(value) else -math.inf

    return max((row for row in rows if row.task == task), key=merit)


def each_once(texts: Iterable[str]) -> tuple[str, ...]:
    """Return texts without repetitions and without empty ones.

    >>> each_once(["train", "", "train", "dev"])
    ('train', 'dev')
    """
    return tuple(dict.fromkeys(filter(None, texts)))
