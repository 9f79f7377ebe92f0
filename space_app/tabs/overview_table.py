"""The overview's table: models by the official scores of all tasks, as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from klue_metrics import METRICS

from ..board.filters import REVERSE, Filters
from ..board.leaderboard import is_gold
from ..board.overview import Column, ModelRow, columns
from ..board.standings import Group, Standing
from ..markup import plain
from ..offers import task_name
from ..texts import Texts
from .context import Page

SHOWN = 100  # models of a kind in the table; the files hold them all
TEXTS: Texts = {
    "caption": (
        "모델별 여덟 과제의 공식 점수",
        "Models by the official scores of all tasks",
    ),
    "kind.encoder": ("미세조정한 인코더 (dev)", "Fine-tuned encoders (dev)"),
    "kind.language-model": (
        "언어 모델 (dev): 미세조정 없이 질문으로 평가",
        "Language models (dev), asked by prompt",
    ),
    "kind.published": (
        "공개된 점수: 평가한 분할이 명시되지 않아 위의 점수와 비교할 수 없음",
        "Published scores: their split is not named, so they do not compare with those above",
    ),
    "order.rank": ("평균 순위", "Mean rank"),
    "order.tasks": ("과제 수", "Tasks"),
    "order.average": ("평균", "Average"),
    "order.model": ("모델", "Model"),
    "order.parameters": ("매개변수(백만)", "Parameters (M)"),
    "order.date": ("날짜", "Date"),
    "said": ("학습 · 선택 · 질문 방식", "Trained on · selected on · asked"),
    "best": ("가장 높음", "highest"),
    "tied": ("가장 높은 점수와 구별할 수 없음", "not told apart from the highest"),
    "equal": ("정답과 같음", "equal to gold"),
    "more": (
        "{count:,}개 모델 중 {shown:,}개를 보여 줍니다. 조건을 좁히거나 파일로 받으세요.",
        "{shown:,} of {count:,} models are shown: narrow the filters, or take the file.",
    ),
    "none": ("조건에 맞는 모델이 없습니다.", "No model fits the filters."),
}
BEHIND = ("tasks", "parameters", "date")
WRITTEN = {
    "f1": "F1",
    "pearsonr": "Pearson\u00a0r",
    "auprc": "AUPRC",
    "uas": "UAS",
    "las": "LAS",
    "rouge": "ROUGE",
}
# kind of a group and column -> ids of the submissions that are tied with the best.
Tied = Mapping[tuple[str, Column], Set[str]]


def overview_table(page: Page, groups: Iterable[Group], view: Filters, tied: Tied) -> str:
    """Return the table of a view, in which a group of rows is a kind of models.

    A button in a heading has the order that it stands for as `data-sort`, one in a row its model as
    `data-model` and the kind as `data-kind`.
    """
    page, groups = page.of(TEXTS), list(groups)
    if not groups:
        return f'<p role="status">{plain(page.say("none"))}</p>'
    caption = plain(page.say("caption"))
    bodies = "".join(group_body(page, group, view, tied) for group in groups)
    return (
        f'<div class="wide board" tabindex="0" role="region" aria-label="{caption}">'
        f'<table class="plain overview"><caption class="sr">{caption}</caption>'
        f"{headings(page, view)}{bodies}</table></div>"
    )


def headings(page: Page, view: Filters) -> str:
    """Return the two rows of headings: tasks, and under them their scores."""
    first = [f'<th class="name" rowspan="2"{sorted_as(view, "model")}>{order(page, "model")}</th>']
    orders = ["rank", *(["average"] if view.average else [])]
    first += [single_heading(page, view, name) for name in orders]
    for task, metric in METRICS.items():
        name = plain(task_name(task, page.language))
        first.append(
            f'<th scope="colgroup" class="task edge" colspan="{len(metric.scores)}">'
            f'<abbr title="{name}">{plain(task.upper())}</abbr></th>'
        )
    first += [single_heading(page, view, name) for name in BEHIND]
    first.append(f'<th scope="col" rowspan="2">{plain(page.say("said"))}</th>')
    second = [score_heading(view, column) for column in columns()]
    return f"<thead><tr>{''.join(first)}</tr><tr>{''.join(second)}</tr></thead>"


def score_heading(view: Filters, column: Column) -> str:
    """Return the heading of a score."""
    key, button = ".".join(column), sort_button(".".join(column), in_words(column[1]))
    return f'<th scope="col"{edge(column)}{sorted_as(view, key)}>{button}</th>'


def in_words(score: str) -> str:
    """Return what a heading calls a score.

    >>> in_words("uas_macro_f1"), in_words("exact_match")
    ('UAS macro F1', 'exact match')
    """
    return " ".join(WRITTEN.get(word, word) for word in score.split("_"))


def edge(column: Column) -> str:
    """Return the class of a column that is the first of its task, "" of others."""
    task, name = column
    return ' class="edge"' if name == METRICS[task].scores[0] else ""


def single_heading(page: Page, view: Filters, name: str) -> str:
    """Return the heading of a column that stands for itself."""
    return f'<th scope="col" rowspan="2"{sorted_as(view, name)}>{order(page, name)}</th>'


def order(page: Page, name: str) -> str:
    """Return the button that sorts by something else than a score."""
    return sort_button(name, page.say(f"order.{name}"))


def sort_button(key: str, label: str) -> str:
    """Return a button that sorts."""
    return f'<button type="button" data-sort="{plain(key)}">{plain(label)}</button>'


def sorted_as(view: Filters, key: str) -> str:
    """Return what a screen reader says of a column that is sorted by, "" for others."""
    if view.sort.removeprefix(REVERSE) != key:
        return ""
    rising = (key in ("rank", "model")) != view.sort.startswith(REVERSE)
    return f' aria-sort="{"ascending" if rising else "descending"}"'


def group_body(page: Page, group: Group, view: Filters, tied: Tied) -> str:
    """Return the rows of one kind of models under its name."""
    span = len(columns()) + len(BEHIND) + 2 + view.average
    title = plain(page.say(f"kind.{group.kind}"))
    count, shown = len(group.standings), group.standings[:SHOWN]
    rows = [table_row(page, one, view, tied) for one in shown]
    if count > SHOWN:
        more = plain(page.say("more", count=count, shown=SHOWN))
        rows.append(f'<tr class="more"><th colspan="{span + 1}"><span>{more}</span></th></tr>')
    heading = f'<th scope="rowgroup" colspan="{span + 1}"><span>{title}</span></th>'
    return f'<tbody><tr class="kind">{heading}</tr>{"".join(rows)}</tbody>'


def table_row(page: Page, one: Standing, view: Filters, tied: Tied) -> str:
    """Return the row of a model."""
    row = one.row
    gold = any(is_gold(of_task) for of_task in row.tasks.values())
    mark = f'<small class="warn">{plain(page.say("equal"))}</small>' if gold else ""
    cells = [number(one.mean_rank), *([number(one.average)] if view.average else [])]
    cells += [score_cell(page, one, column, tied) for column in columns()]
    cells.append(f'<td class="number">{len(row.tasks)}/{len(METRICS)}</td>')
    cells.append(number(row.parameters, "{:,.6g}"))
    cells.append(f'<td class="day">{plain(row.last)}</td>')
    said = " · ".join((*row.trained_on, *row.selected_on, *row.asked))
    cells.append(f'<td class="said"><bdi>{plain(said)}</bdi></td>')
    return f'<tr><th scope="row" class="name">{name_button(row)}{mark}</th>{"".join(cells)}</tr>'


def name_button(row: ModelRow) -> str:
    """Return a model's name, which opens its profile; whatever it holds stays within it."""
    name = plain(row.model)
    return (
        f'<button type="button" data-kind="{plain(row.kind)}" data-model="{name}">'
        f"<bdi>{name}</bdi></button>"
    )


def score_cell(page: Page, one: Standing, column: Column, tied: Tied) -> str:
    """Return the cell of a score: the best in bold, those that may be as good with a sign."""
    value = one.row.values.get(column)
    shown = "" if value is None else f"{value:.2f}"
    kinds, said = ["number", *(["edge"] if edge(column) else [])], ""
    if column in one.best:
        kinds.append("best")
        shown, said = f"<strong>{shown}</strong>", page.say("best")
    elif submission(one, column) in tied.get((one.row.kind, column), ()):
        kinds.append("tied")
        shown, said = f'<span aria-hidden="true">≈</span>{shown}', page.say("tied")
    words = f'<span class="sr"> {plain(said)}</span>' if said else ""
    return f'<td class="{" ".join(kinds)}">{shown}{words}</td>'


def submission(one: Standing, column: Column) -> str:
    """Return the id of the submission that a score is of, "" of a published one."""
    row = one.row.tasks.get(column[0])
    return row.entry.id if row and row.entry else ""


def number(value: float | None, form: str = "{:.2f}") -> str:
    """Return a cell with a number, an empty one for none."""
    return f'<td class="number">{"" if value is None else plain(form.format(value))}</td>'
