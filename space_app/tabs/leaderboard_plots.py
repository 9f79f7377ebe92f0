"""The leaderboard's plots: all models on one task, and one model on all tasks."""

from __future__ import annotations

from klue_metrics import METRICS

from ..board.leaderboard import Row
from ..markup import block, plain
from ..offers import task_name
from ..score_plots import FULL, Line, plot
from ..texts import Texts
from .context import Page

TEXTS: Texts = {
    "title": ("{task} 점수와 95% 신뢰구간", "{task}: scores and 95 % intervals"),
    "others": ("회색 점은 다른 모델의 점수입니다.", "Grey dots are the other models."),
}


def task_plot(page: Page, task: str) -> str:
    """Return every model's official scores of a task on one scale, with their intervals."""
    page = page.of(TEXTS)
    rows = page.services.board.ranked(task)
    parts = []
    for name in METRICS[task].scores:
        scored = sorted(
            (row for row in rows if name in row.scores), key=lambda row: -row.scores[name]
        )
        lines = [
            Line(row.model, row.scores[name], row.intervals.get(name), kind_of(row))
            for row in scored
        ]
        if lines:
            note = page.interval_note({line.name: (line.value, line.bounds) for line in lines})
            parts.append(f"<h4>{plain(name)}</h4>{plot(lines)}{note}")
    title = page.say("title", task=task_name(task, page.language))
    return block(f"<h3>{plain(title)}</h3>{''.join(parts)}", "plots")


def kind_of(row: Row) -> str:
    """Return the class of a row's line."""
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
                lines.append(Line(title, value, bounds, "", name, others))
    if not lines:
        return ""
    note = f"<p><small>{plain(page.say('others'))}</small></p>"
    note += page.interval_note(
        {f"{line.name} {line.small}": (line.value, line.bounds) for line in lines}
    )
    return block(plot(lines, FULL) + note, "plots")
