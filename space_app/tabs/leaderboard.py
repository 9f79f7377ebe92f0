"""The tab with the table of scores, its plots, the comparison of two models and the submission."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from klue_metrics import METRICS

from ..board.leaderboard import Row, is_gold, is_language_model, link_of, score_names
from ..markup import block, link, message, pairs, plain
from ..texts import Texts
from .comparison import build_comparison, entry_choices, too_few
from .context import PRIVATE, Page, Tab
from .language_models import build_language_models, lm_details, lm_table
from .leaderboard_plots import model_plot, task_plot
from .overview import build_overview
from .submission import build_submission
from .ties import tie_cells, tie_headings, ties_note

TEXTS: Texts = {
    "tab": ("리더보드", "Leaderboard"),
    "lead": (
        "공개된 점수와 이 페이지에서 채점한 점수입니다. 공개된 점수는 평가한 분할이 명시되지 "
        "않았고(아마 비공개 test), 여기서 채점한 점수는 dev이므로 나란히 비교할 수 없습니다.",
        "Published scores, and those that this page has computed. The source of the published ones "
        "does not name the split (probably the hidden test set); scores made here are on dev, so "
        "the two do not compare like with like.",
    ),
    "one": ("과제별 점수표", "One task"),
    "table": ("점수표", "Scores"),
    "column.source": ("출처", "Source"),
    "column.trained": ("학습 데이터", "Trained on"),
    "column.selected": ("선택 기준", "Selected on"),
    "published": ("공개", "published"),
    "here": ("여기서 채점", "scored here"),
    "equal": ("여기서 채점, 정답과 같음", "scored here, equal to gold"),
    "equal.about": (
        "예측이 정답과 같습니다. 모델의 점수가 아닙니다.",
        "The predictions equal the gold labels: this is no model's score.",
    ),
    "unread": (
        "제출 목록을 지금 읽을 수 없어 마지막으로 읽은 것을 보여 줍니다.",
        "The submissions cannot be read at the moment: these are the ones read last.",
    ),
    "examples": ("예", "Examples"),
    "link": ("링크", "Link"),
    "pick": (
        "행을 누르면 자세한 정보가 나타납니다. 제출된 모델 두 행을 차례로 누르면 비교할 A와 "
        "B가 됩니다.",
        "Press a row for its details. Two submitted rows pressed one after the other become A and "
        "B of the comparison.",
    ),
    "across": ("한 모델의 과제별 점수", "A model across tasks"),
}


def build(page: Page) -> None:
    """Build table, plots, comparison and submission."""
    first_task = page.tasks[0]
    gr.HTML(message(page.say("lead")))
    overview = build_overview(page)
    with gr.Accordion(page.say("across"), open=True):
        model = gr.Dropdown(
            models(page), value=None, label=page.say("column.model"), allow_custom_value=True
        )
        across = gr.HTML(elem_id="across")
    gr.HTML(block(f"<h2>{plain(page.say('one'))}</h2>"))
    task = gr.Dropdown(page.task_choices(), value=first_task, label=page.say("task"))
    scores = gr.Dataframe(
        **board_table(page, first_task),
        label=page.say("table"),
        interactive=False,
        max_height=420,
        elem_id="board",
    )
    section, asked = build_language_models(page, first_task)
    gr.HTML(message(page.say("pick")))
    details = gr.HTML(elem_id="details")
    plot = gr.HTML(elem_id="plot")
    first, second, compared = build_comparison(page)
    submitted = build_submission(page)

    def refresh(chosen: str) -> tuple[Any, ...]:
        return refreshed(page, chosen)

    def pick(
        chosen: str, a: str | None, b: str | None, event: gr.SelectData
    ) -> tuple[Any, Any, str]:
        return picked(page, chosen, a, b, event.row_value)

    outputs = [scores, section, asked, plot, model, first, second, details, compared]
    task.change(refresh, task, outputs, **PRIVATE)
    submitted.then(refresh, task, outputs, **PRIVATE).then(
        overview.show, overview.inputs, overview.table, **PRIVATE
    )
    for table in (scores, asked):
        table.select(pick, [task, first, second], [first, second, details], **PRIVATE)
    model.change(lambda name: model_plot(page, name), model, across, **PRIVATE)
    overview.table.click(pressed, None, model, **PRIVATE)
    page.on_load(refresh, task, outputs)
    if page.public:
        publish(page)


def pressed(event: gr.EventData) -> str:
    """Return the model whose name was pressed in the overview."""
    return str(getattr(event, "model", ""))


def refreshed(page: Page, task: str) -> tuple[Any, ...]:
    """Return what the tab shows of a task: tables, plot, menus, no details, no comparison."""
    entries, language_models = entry_choices(page, task), lm_table(page, task)
    return (
        gr.update(**board_table(page, task)),
        gr.update(visible=bool(language_models["value"])),
        gr.update(**language_models),
        unread(page) + ties_note(page, task) + task_plot(page, task),
        gr.update(choices=models(page)),
        gr.update(choices=entries, value=None),
        gr.update(choices=entries, value=None),
        "",
        too_few(page, entries),
    )


def publish(page: Page) -> None:
    """Let programs read the tables."""

    def rows(task: str) -> dict[str, Any]:
        return board_rows(page, task)

    gr.api(rows, api_name="leaderboard")


def board_table(page: Page, task: str) -> dict[str, Any]:
    """Return the encoders' table: headings, types and values; scores are numbers, to be sorted."""
    rows = page.services.board.ranked(task)
    names = score_names(task, rows)
    keys = ("model", "source", "parameters", "trained", "selected", "date", "id")
    before, behind = keys[:2], keys[2:]
    headings = [
        *(page.say(f"column.{key}") for key in before),
        *names,
        *tie_headings(page),
        *(page.say(f"column.{key}") for key in behind),
    ]
    types = ["str", "str", *["number"] * len(names), "str", "str", "number", *["str"] * 4]
    values = [table_row(page, row, names) for row in rows]
    return {"headers": headings, "datatype": types, "value": values}


def unread(page: Page) -> str:
    """Return a line where the store cannot be read, "" where it can."""
    return message(page.say("unread"), "warn") if page.services.board.problem else ""


def table_row(page: Page, row: Row, names: Sequence[str]) -> list[Any]:
    """Return one row of the table; a score that it lacks is None."""
    scores = [round(row.scores[name], 2) if name in row.scores else None for name in names]
    entry = row.entry
    if entry is None:
        return [row.model, page.say("published"), *scores, "", "", None, "", "", "", ""]
    about = [entry.parameters, entry.trained_on, entry.selected_on, entry.created[:10], entry.id]
    source = page.say("equal" if is_gold(row) else "here")
    return [row.model, source, *scores, *tie_cells(page, entry), *about]


def board_rows(page: Page, task: str) -> dict[str, Any]:
    """Return the tables of a task for programs."""
    if task not in METRICS:
        return {"error": f"task: found {task!r}, expected one of {', '.join(METRICS)}"}
    tables = [
        {"headers": content["headers"], "rows": content["value"]}
        for content in (board_table(page, task), lm_table(page, task))
    ]
    return {**tables[0], "language_models": tables[1]}


def models(page: Page) -> list[str]:
    """Return all models for a menu."""
    return list(dict.fromkeys(row.model for row in page.services.board.rows()))


def picked(
    page: Page, task: str, a: str | None, b: str | None, cells: Sequence[Any] | None
) -> tuple[Any, Any, str]:
    """Return both sides of the comparison and the details after a row was pressed.

    A submission takes the free side of the comparison.

    Args:
        page: in the texts of this tab.
        task: whose table it is.
        a, b: the sides of the comparison until now, ids of entries.
        cells: of the row; the last one is an entry's id, or "".
    """
    known = {entry.id: entry for entry in page.services.board.comparable(task)}
    cells = list(cells or [])
    entry = known.get(str(cells[-1])) if cells else None
    board = page.services.board
    rows = [*board.ranked(task), *board.language_models(task)]
    row = next((r for r in rows if r.entry == entry and r.model == cells[0]), None)
    if row is None:
        return gr.skip(), gr.skip(), ""
    details = details_html(page, row)
    if entry is None or entry.id in (a, b):
        return gr.skip(), gr.skip(), details
    if a is None or (a is not None and b is not None):
        return entry.id, None, details
    return gr.skip(), entry.id, details


def details_html(page: Page, row: Row) -> str:
    """Return what is known of a row's model."""
    entry = row.entry
    about = {page.say("link"): link(link_of(row))}
    if entry is not None:
        if is_language_model(row):
            about |= lm_details(page, entry)
        else:
            about[page.say("column.trained")] = plain(entry.trained_on)
            about[page.say("column.selected")] = plain(entry.selected_on)
        about |= {
            page.say("examples"): f"{entry.examples:,} ({plain(entry.split)})",
            page.say("column.date"): plain(entry.created[:10]),
        }
    gold = f'<p class="warn">{plain(page.say("equal.about"))}</p>' if is_gold(row) else ""
    return block(f"<h3>{plain(row.model)}</h3>{gold}{pairs(about)}", "details")


TAB = Tab(key="leaderboard", texts=TEXTS, build=build, needs=("klue_metrics",))
