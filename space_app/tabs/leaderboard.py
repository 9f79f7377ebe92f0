"""The tab with the table of scores, its plots, the comparison of two models and the submission."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from klue_common.errors import InputError
from klue_metrics import METRICS
from klue_metrics.comparison import difference_estimates

from ..board.entries import Entry
from ..board.leaderboard import Row, link_of
from ..markup import block, link, message, pairs, plain, table
from ..score_plots import FULL, Line, plot
from .context import PRIVATE, Page, on_load
from .score import FIRST_TASK, MOST_AT_ONCE, task_choices

FIELDS = ("model", "link", "parameters", "trained_on", "selected_on")


def build(page: Page) -> None:
    """Table, plots, comparison, submission."""
    gr.HTML(message(page.say("board.lead")))
    task = gr.Dropdown(task_choices(page), value=FIRST_TASK, label=page.say("task"))
    scores = gr.Dataframe(
        **board_table(page, FIRST_TASK),
        label=page.say("board.table"),
        interactive=False,
        max_height=420,
        elem_id="board",
    )
    gr.HTML(message(page.say("board.pick")))
    details = gr.HTML(elem_id="details")
    plot = gr.HTML(elem_id="plot")
    with gr.Accordion(page.say("board.across"), open=False):
        model = gr.Dropdown(models(page), label=page.say("board.across.model"))
        across = gr.HTML(elem_id="across")
    first, second, compared = build_comparison(page, task)
    submitted = build_submission(page)

    def refresh(chosen: str) -> tuple[Any, ...]:
        entries = entry_choices(page, chosen)
        return (
            gr.update(**board_table(page, chosen)),
            task_plot(page, chosen),
            gr.update(choices=models(page)),
            gr.update(choices=entries, value=None),
            gr.update(choices=entries, value=None),
            "",
            message(page.say("board.compare.few")) if len(entries) < 2 else "",
        )

    def pick(
        chosen: str, a: str | None, b: str | None, event: gr.SelectData
    ) -> tuple[Any, Any, str]:
        return picked(page, chosen, a, b, event.row_value)

    outputs = [scores, plot, model, first, second, details, compared]
    task.change(refresh, task, outputs, **PRIVATE)
    submitted.then(refresh, task, outputs, **PRIVATE)
    scores.select(pick, [task, first, second], [first, second, details], **PRIVATE)
    model.change(lambda name: model_plot(page, name), model, across, **PRIVATE)
    on_load(refresh, task, outputs)
    if page.api("leaderboard").get("api_name"):

        def rows(task: str) -> dict[str, Any]:
            return board_rows(page, task)

        gr.api(rows, api_name="leaderboard")


def build_comparison(page: Page, task: Any) -> tuple[Any, Any, Any]:
    """Two menus and a button."""
    with gr.Accordion(page.say("board.compare"), open=True):
        with gr.Row():
            # Custom values: the entries come with the page, and the board knows them.
            first, second = (
                gr.Dropdown(
                    [], label=page.say(f"board.{side}"), min_width=240, allow_custom_value=True
                )
                for side in "ab"
            )
        button = gr.Button(page.say("board.compare.button"))
        compared = gr.HTML(elem_id="compared")

    def run(a: str | None, b: str | None, request: gr.Request) -> str:
        answer = partial(compare_entries, page, a or "", b or "", request.session_hash)
        return str(page.guarded(answer, 0)[0])

    button.click(
        run,
        [first, second],
        compared,
        concurrency_limit=MOST_AT_ONCE,
        concurrency_id="score",
        **page.api("compare"),
    )
    return first, second, compared


def build_submission(page: Page) -> Any:
    """The form; returns what a table waits for."""
    with gr.Accordion(page.say("submit"), open=False, elem_classes="submission"):
        gr.HTML(message(page.say("submit.lead")))
        with gr.Row(equal_height=False):
            with gr.Column(min_width=300):
                task = gr.Dropdown(task_choices(page), value=FIRST_TASK, label=page.say("task"))
                file = gr.File(label=page.say("score.file"), type="filepath", height=140)
            with gr.Column(min_width=300):
                model = gr.Textbox(label=page.say("submit.model"))
                address = gr.Textbox(label=page.say("submit.link"), placeholder="https://")
                parameters = gr.Textbox(label=page.say("submit.parameters"), placeholder="110")
                trained = gr.Textbox(
                    label=page.say("submit.trained"), placeholder=page.say("submit.trained.hint")
                )
                selected = gr.Textbox(
                    label=page.say("submit.selected"), placeholder=page.say("submit.selected.hint")
                )
        button = gr.Button(page.say("submit.button"), variant="primary")
        done = gr.HTML(elem_id="submitted")

    def run(
        chosen: str,
        path: str | None,
        name: str,
        link: str,
        size: str,
        trained_on: str,
        selected_on: str,
        request: gr.Request,
    ) -> str:
        about = dict(zip(FIELDS, (name, link, size, trained_on, selected_on), strict=True))
        answer = partial(submit, page, chosen, path, about, request.session_hash)
        return str(page.guarded(answer, 0)[0])

    return button.click(
        run,
        [task, file, model, address, parameters, trained, selected],
        done,
        concurrency_limit=MOST_AT_ONCE,
        concurrency_id="score",
        **page.api("submit"),
    )


def submit(
    page: Page, task: str, path: str | None, about: dict[str, str], session: str | None
) -> tuple[str]:
    """Score a file and keep it.

    Raises:
        InputError: something is wrong with the file or with what was typed.
    """
    if not path:
        raise InputError(page.say("score.nofile"))
    page.services.limit.check("submit", session)
    report = page.services.scorer.score(task, Path(path), errors=0)
    entry = page.services.board.submit(report, {name: about[name] or "" for name in FIELDS})
    return (message(page.say("submit.done", model=entry.model), "done"),)


def rows_of_task(page: Page, task: str) -> list[Row]:
    """The rows of a task, the best first."""
    main = METRICS[task].main_score
    rows = [row for row in page.services.board.rows() if row.task == task]
    return sorted(rows, key=lambda row: -row.scores.get(main, next(iter(row.scores.values()))))


def board_table(page: Page, task: str) -> dict[str, Any]:
    """The table's headings, types and values; scores are numbers, so that they sort as numbers."""
    rows = rows_of_task(page, task)
    names = [name for name in METRICS[task].scores if any(name in row.scores for row in rows)]
    keys = ("model", "source", "parameters", "trained", "selected", "date", "id")
    before, behind = keys[:2], keys[2:]
    headings = [
        *(page.say(f"board.{key}") for key in before),
        *names,
        *(page.say(f"board.{key}") for key in behind),
    ]
    types = ["str", "str", *["number"] * len(names), "number", *["str"] * 4]
    values = [table_row(page, row, names) for row in rows]
    return {"headers": headings, "datatype": types, "value": values}


def table_row(page: Page, row: Row, names: Sequence[str]) -> list[Any]:
    """One row of the table."""
    scores = [round(row.scores[name], 2) if name in row.scores else None for name in names]
    entry = row.entry
    if entry is None:
        return [row.model, page.say("board.published"), *scores, None, "", "", "", ""]
    about = [entry.parameters, entry.trained_on, entry.selected_on, entry.created[:10], entry.id]
    return [row.model, page.say("board.here"), *scores, *about]


def board_rows(page: Page, task: str) -> dict[str, Any]:
    """The table of a task, for programs."""
    if task not in METRICS:
        return {"error": f"task: found {task!r}, expected one of {', '.join(METRICS)}"}
    content = board_table(page, task)
    return {"headers": content["headers"], "rows": content["value"]}


def models(page: Page) -> list[str]:
    """All models, for a menu."""
    return list(dict.fromkeys(row.model for row in page.services.board.rows()))


def entry_choices(page: Page, task: str) -> list[tuple[str, str]]:
    """The submissions of a task, for a menu."""
    entries = page.services.board.comparable(task)
    return [(f"{entry.model} ({entry.id})", entry.id) for entry in entries]


def task_plot(page: Page, task: str) -> str:
    """Every model's scores of a task on one scale, with their intervals."""
    rows = rows_of_task(page, task)
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
    title = page.say("board.plot", task=page.say(task))
    return block(f"<h3>{plain(title)}</h3>{''.join(parts)}", "plots")


def kind_of(row: Row) -> str:
    """How a row is drawn."""
    return "published" if row.entry is None else "ours"


def model_plot(page: Page, model: str | None) -> str:
    """One model's scores of all tasks, among those of the others."""
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
                lines.append(Line(page.say(task), value, bounds, "", name, others))
    if not lines:
        return ""
    note = f"<p><small>{plain(page.say('board.across.all'))}</small></p>"
    note += page.interval_note(
        {f"{line.name} {line.small}": (line.value, line.bounds) for line in lines}
    )
    return block(plot(lines, FULL) + note, "plots")


def picked(
    page: Page, task: str, a: str | None, b: str | None, cells: Sequence[Any] | None
) -> tuple[Any, Any, str]:
    """A row was pressed: its details; a submission also takes the free side of the comparison."""
    known = {entry.id: entry for entry in page.services.board.comparable(task)}
    cells = list(cells or [])
    entry = known.get(str(cells[-1])) if cells else None
    row = next(
        (r for r in rows_of_task(page, task) if r.entry == entry and r.model == cells[0]), None
    )
    if row is None:
        return gr.skip(), gr.skip(), ""
    details = details_html(page, row)
    if entry is None or entry.id in (a, b):
        return gr.skip(), gr.skip(), details
    if a is None or (a is not None and b is not None):
        return entry.id, None, details
    return gr.skip(), entry.id, details


def details_html(page: Page, row: Row) -> str:
    """What is known of a row's model."""
    entry = row.entry
    about = {page.say("board.link"): link(link_of(row))}
    if entry is not None:
        about |= {
            page.say("board.trained"): plain(entry.trained_on),
            page.say("board.selected"): plain(entry.selected_on),
            page.say("board.examples"): f"{entry.examples:,} ({plain(entry.split)})",
            page.say("board.date"): plain(entry.created[:10]),
        }
    return block(f"<h3>{plain(row.model)}</h3>{pairs(about)}", "details")


def compare_entries(page: Page, a: str, b: str, session: str | None) -> tuple[str]:
    """The difference between two submissions.

    Raises:
        InputError: they cannot be compared, or too many requests.
    """
    page.services.limit.check("score", session)
    first, second = page.services.board.pair(a, b)
    board, scorer = page.services.board, page.services.scorer
    found = scorer.difference(first.task, board.records(first), board.records(second))
    return (difference_html(page, (first, second), found),)


def difference_html(page: Page, sides: tuple[Entry, Entry], found: dict[str, Any]) -> str:
    """The table of a comparison, with a verdict in words for each score."""
    rows = []
    for name, part in found.items():
        low, high = part["difference_ci"] or (float("nan"), float("nan"))
        if part["told_apart"]:
            verdict = page.say("board.real.a" if part["difference"] > 0 else "board.real.b")
        else:
            verdict = page.say("board.real.no")
        kind = "real" if part["told_apart"] else ""
        rows.append(
            (
                plain(name),
                f"{part['a']:.2f}",
                f"{part['b']:.2f}",
                f"<strong>{part['difference']:+.2f}</strong>",
                f"[{low:+.2f}, {high:+.2f}]",
                f"{part['p_bootstrap']:.3f}",
                f"{part['p_randomisation']:.3f}",
                f'<span class="tag {kind}">{plain(verdict)}</span>',
            )
        )
    headings = [page.say("score.score"), "A", "B", page.say("board.difference")]
    headings += [page.say(f"{key}") for key in ("score.interval", "board.p", "board.p2")]
    names = "".join(
        f"<p>{side}: <bdi>{plain(entry.model)}</bdi></p>"
        for side, entry in zip("AB", sides, strict=True)
    )
    note = page.interval_note(difference_estimates(found))
    compared = table([*headings, page.say("board.verdict")], rows, "compared")
    return block(names + compared + note)
