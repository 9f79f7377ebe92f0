"""The tab that scores an uploaded prediction file."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from klue_common.errors import InputError
from klue_metrics import METRICS
from klue_metrics.error_pages import confusion_part, example_part

from ..markup import block, message, plain, table
from ..score_plots import dot
from ..scoring import SPLIT, Report
from .context import PRIVATE, Page, on_load

MOST_AT_ONCE = 2
FIRST_TASK = "ynat"
# What a breakdown may be by, over all tasks; the page offers those of the task that is chosen.
GROUPINGS = ("source", "domain", "question_type", "label", "length")


def build(page: Page) -> None:
    """Task, file and options on one side, the report on the other."""
    with gr.Row(equal_height=False):
        with gr.Column(scale=4, min_width=300):
            task = gr.Dropdown(task_choices(page), value=FIRST_TASK, label=page.say("task"))
            about = gr.HTML()
            file = gr.File(label=page.say("score.file"), type="filepath", height=140)
            by = gr.Dropdown(menu(page, GROUPINGS), value="", label=page.say("score.by"))
            unknown = gr.Checkbox(label=page.say("score.unknown"))
            button = gr.Button(page.say("score.button"), variant="primary")
        with gr.Column(scale=7, min_width=300):
            report = gr.HTML(message(page.say("score.waiting")), elem_id="report")
            content = gr.JSON(visible=False)  # for programs

    def change(chosen: str) -> tuple[str, Any]:
        return about_task(page, chosen), gr.update(choices=groupings(page, chosen), value="")

    def run(
        chosen: str, path: str | None, grouping: str, as_wrong: bool, request: gr.Request
    ) -> tuple[Any, ...]:
        given = (chosen, path, grouping, as_wrong, request.session_hash)
        return page.guarded(partial(score_file, page, *given), 1)

    task.change(change, task, [about, by], **PRIVATE)
    on_load(change, task, [about, by])
    button.click(
        run,
        [task, file, by, unknown],
        [report, content],
        concurrency_limit=MOST_AT_ONCE,
        concurrency_id="score",
        **page.api("score"),
    )


def task_choices(page: Page) -> list[tuple[str, str]]:
    """The tasks, for a menu."""
    return [(f"{page.say(task)} ({task})", task) for task in METRICS]


def about_task(page: Page, task: str) -> str:
    """What a file of the task has to hold; or that there is no data to score it against."""
    fields = ["guid", *(field.name for field in METRICS[task].fields)]
    line = json.dumps(dict.fromkeys(fields, "…"), ensure_ascii=False)
    try:
        gold, _ = page.services.scorer.gold(task)
    except InputError:
        return message(page.say("score.nodata"), "warn")
    lead = plain(page.say("score.lead", split=SPLIT, count=len(gold)))
    form = plain(page.say("score.format"))
    return block(f"<p>{lead}</p><p>{form}</p><pre><code>{plain(line)}</code></pre>", "note")


def groupings(page: Page, task: str) -> list[tuple[str, str]]:
    """The breakdowns of a task, for a menu."""
    try:
        return menu(page, page.services.scorer.groupings(task))
    except InputError:
        return menu(page, ())


def menu(page: Page, names: Iterable[str]) -> list[tuple[str, str]]:
    """A menu of names, none of which may be chosen."""
    return [(page.say("score.by.none"), ""), *((name, name) for name in names)]


def score_file(
    page: Page, task: str, path: str | None, by: str, as_wrong: bool, session: str | None
) -> tuple[str, dict[str, Any]]:
    """The report, and its content for programs.

    Raises:
        InputError: no file, a wrong one, or too many requests.
    """
    if not path:
        raise InputError(page.say("score.nofile"))
    page.services.limit.check("score", session)
    report = page.services.scorer.score(task, Path(path), as_wrong, by or None)
    content = report.to_json()
    link = download_link(page.say("score.download"), f"klue-{task}.json", content)
    return report_html(page, report, link), content


def download_link(label: str, name: str, content: Any) -> str:
    """A link that holds the file itself, so that none has to lie on the server.

    >>> download_link("Save", "a.json", {})
    '<p><a class="button" download="a.json" href="data:application/json;base64,e30=">Save</a></p>'
    """
    text = json.dumps(content, ensure_ascii=False, indent=2).encode()
    address = f"data:application/json;base64,{base64.b64encode(text).decode()}"
    return f'<p><a class="button" download="{plain(name)}" href="{address}">{plain(label)}</a></p>'


def report_html(page: Page, report: Report, link: str) -> str:
    """Scores, the link to them as a file, breakdown, errors."""
    parts = [scores_table(page, report), link]
    if report.unknown_labels:
        parts.append(f"<p>{plain(page.say('score.unknown.found', **report.unknown_labels))}</p>")
    if report.groups:
        parts.append(groups_table(report))
    parts.append(errors_part(page, report))
    return block("".join(parts), "report")


def scores_table(page: Page, report: Report) -> str:
    """Each score with its interval, as numbers and as a line on the scale from 0 to 100."""
    rows = []
    for name, value in report.scores.items():
        bounds = report.intervals.get(name)
        shown = f"[{bounds[0]:.2f}, {bounds[1]:.2f}]" if bounds else ""
        rows.append((plain(name), f"<strong>{value:.2f}</strong>", shown, dot(value, bounds)))
    headings = [page.say(f"score.{name}") for name in ("score", "value", "interval")]
    note = page.interval_note(report.estimates)
    return table([*headings, "0 – 100"], rows, "scores") + note


def groups_table(report: Report) -> str:
    """The scores of each group; a score that is undefined there is a dash."""
    names = list(report.scores)
    rows = []
    for group, part in report.groups.items():
        cells = ["–" if part.get(n) is None else f"{part[n]:.2f}" for n in names]
        rows.append((plain(group), f"{part['examples']:,}", *cells))
    return f"<h3>{plain(report.by)}</h3>" + table([report.by or "", "n", *names], rows)


def errors_part(page: Page, report: Report) -> str:
    """The costliest examples and the confusion table."""
    analysis = report.analysis
    heading = f"<h3>{plain(page.say('score.errors'))}</h3>"
    if not analysis.examples:
        return heading + f"<p>{plain(page.say('score.noerrors'))}</p>"
    lead = page.say(
        "score.errors.lead",
        main=analysis.main_score,
        count=analysis.n_costly,
        shown=len(analysis.examples),
    )
    marks = " ".join(
        f'<span class="{kind}">{plain(page.say("score." + kind))}</span>'
        for kind in ("right", "missed", "wrong")
    )
    # The two functions escape for HTML; the braces are for Gradio's templates.
    examples = "".join(map(example_part, analysis.examples)) + confusions(page, report)
    return f"{heading}<p>{plain(lead)}</p><p>{marks}</p>{no_templates(examples)}"


def confusions(page: Page, report: Report) -> str:
    """The confusion table with its heading."""
    title, lead = page.say("score.confusions"), page.say("score.confusions.lead")
    part = confusion_part(report.analysis)
    return f"<h3>{plain(title)}</h3><p>{plain(lead)}</p>{part}"


def no_templates(html: str) -> str:
    """HTML in which nothing is a template's place any more."""
    return html.translate({ord(c): f"&#{ord(c)};" for c in "${}`"})
