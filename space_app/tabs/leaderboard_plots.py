"""The leaderboard's plots: all models on one task, and one model on all tasks."""

from __future__ import annotations

from collections.abc import Iterable

from klue_metrics import METRICS

from ..board.leaderboard import Row, is_language_model
from ..markup import block, plain
from ..offers import task_name
from ..score_plots import FULL, Line, plot
from ..texts import Texts
from .context import Page

TEXTS: Texts = {
    "title": ("{task} 점수와 95% 신뢰구간", "{task}: scores and 95 % intervals"),
    "asked": ("언어 모델", "language model"),
    "others": ("회색 점은 다른 모델의 점수입니다.", "Grey dots are the other models."),
}


def task_plot(page: Page, task: str) -> str:
    """Return every model's official scores of a task on one scale, with their intervals.

    Language models stand in a group of their own below the encoders.
    """
    page, board = page.of(TEXTS), page.services.board
    parts = []
    for name in METRICS[task].scores:
        groups = (board.ranked(task), board.language_models(task))
        lines = [line for rows in groups for line in lines_of(page, rows, name)]
        if lines:
            note = page.interval_note(
                {f"{line.name} {line.small}".strip(): (line.value, line.bounds) for line in lines}
            )
            parts.append(f"<h4>{plain(name)}</h4>{plot(lines)}{note}")
    title = page.say("title", task=task_name(task, page.language))
    return block(f"<h3>{plain(title)}</h3>{''.join(parts)}", "plots")


def lines_of(page: Page, rows: Iterable[Row], name: str) -> list[Line]:
    """Return the lines of those rows that have a score, the highest first."""
    scored = sorted((row for row in rows if name in row.scores), key=lambda row: -row.scores[name])
    return [
        Line(
            row.model,
            row.scores[name],
            row.intervals.get(name),
            kind_of(row),
            asked(page, row),
        )
        for row in scored
    ]


def asked(page: Page, row: Row) -> str:
    """Return how a language model was asked, "" of an encoder."""
    if row.entry is None or not is_language_model(row):
        return ""
    return f"{page.say('asked')} · {row.entry.asked}"


def kind_of(row: Row) -> str:
    """Return the class of a row's line."""
    if is_language_model(row):
        return "asked"
    return "published" if row.entry is None else "ours"


def model_plot(page: Page, model: str | None) -> str:
    """Return one model's official scores of all tasks, among those of the others."""
    page = page.of(TEXTS)
    rows = page.services.board.rows()
    lines = []
    for task, metric in METRICS.items():
        for name in metric.scores:
            scored = [row for row in rows if row.task == task and name in row.scores]
            mine = [row for row in scored if row.model == model]
            if mine:
                best = max(mine, key=lambda row: row.scores[name])
                value, bounds = best.scores[name], best.intervals.get(name)
                others = [row.scores[name] for row in scored]
                title = task_name(task, page.language)
                kind = "asked" if is_language_model(best) else ""
                lines.append(Line(title, value, bounds, kind, name, others))
    if not lines:
        return ""
    note = f"<p><small>{plain(page.say('others'))}</small></p>"
    note += page.interval_note(
        {f"{line.name} {line.small}": (line.value, line.bounds) for line in lines}
    )
    return block(plot(lines, FULL) + note, "plots")
