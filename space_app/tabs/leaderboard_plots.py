"""The leaderboard's plots: all models on one task, and one model on all tasks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from klue_metrics import METRICS

from ..board.entries import Entry
from ..board.leaderboard import MOST_PARAMETERS, Row, is_gold, is_language_model
from ..markup import block, plain
from ..offers import task_name
from ..scatter import Point, scatter, size_ticks
from ..score_plots import FULL, Line, plot
from ..texts import Texts
from .context import Page
from .profile import about_model

TEXTS: Texts = {
    "title": ("{task} 점수와 95% 신뢰구간", "{task}: scores and 95 % intervals"),
    "asked": ("언어 모델", "language model"),
    "size": (
        "크기와 {score}: 매개변수 수(로그 눈금)",
        "Size against {score}: parameters (log scale)",
    ),
    "time": ("시간에 따른 {score}: 제출한 날", "{score} over time: the day of the submission"),
    "leads": (
        "이름이 적힌 모델은 같은 종류에서 그보다 작거나 이른 어떤 모델보다도 점수가 높습니다.",
        "A model whose name is written scores higher than any smaller or earlier one of its kind.",
    ),
    "others": ("회색 점은 다른 모델의 점수입니다.", "Grey dots are the other models."),
}
LEAST_PARAMETERS = 0.001  # millions; of a line of the store that holds less no size is drawn


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
    return block(f"<h3>{plain(title)}</h3>{''.join(parts)}{scatters(page, task)}", "plots")


def scatters(page: Page, task: str) -> str:
    """Return a task's main score against size and over time, each where two places differ."""
    board, score = page.services.board, METRICS[task].main_score
    rows = [*board.ranked(task), *board.language_models(task)]
    sizes, days = [], []
    for row in rows:
        value, entry = row.scores.get(score, math.nan), row.entry
        if entry is None or is_gold(row) or not math.isfinite(value):
            continue
        if entry.parameters and LEAST_PARAMETERS <= entry.parameters <= MOST_PARAMETERS:
            sizes.append(Point(row.model, math.log10(entry.parameters), value, kind_of(row)))
        if day := day_of(entry):
            days.append(Point(row.model, day, value, kind_of(row)))
    parts = []
    if len({point.x for point in sizes}) > 1:
        ticks = size_ticks(*(10 ** end(point.x for point in sizes) for end in (min, max)))
        parts.append(titled(page.say("size", score=score), sizes, ticks))
    if len({point.x for point in days}) > 1:
        ends = [end(point.x for point in days) for end in (min, max)]
        ticks = {day: date.fromordinal(int(day)).isoformat() for day in ends}
        parts.append(titled(page.say("time", score=score), days, ticks))
    note = f"<p><small>{plain(page.say('leads'))}</small></p>" if parts else ""
    return "".join(parts) + note


def titled(title: str, points: Sequence[Point], ticks: Mapping[float, str]) -> str:
    """Return a scatter plot under its title."""
    return f"<h4>{plain(title)}</h4>{scatter(points, ticks, title)}"


def day_of(entry: Entry) -> float | None:
    """Return the day of a submission as a number, None if it is not known."""
    try:
        return float(date.fromisoformat(entry.created[:10]).toordinal())
    except ValueError:
        return None


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
    of_model = (row for row in page.services.overview.rows() if row.model == model)
    about = "".join(about_model(page, row) for row in of_model)
    note = f"<p><small>{plain(page.say('others'))}</small></p>"
    note += page.interval_note(
        {f"{line.name} {line.small}": (line.value, line.bounds) for line in lines}
    )
    return block(about + plot(lines, FULL) + note, "plots")
