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

from ..callers import Caller
from ..markup import block, message, no_templates, plain, table
from ..score_plots import dot
from ..scoring import SPLIT, Report
from ..tasks import DEMOS
from ..texts import Texts
from .context import PRIVATE, SCORING, Page, Tab

TEXTS: Texts = {
    "tab": ("채점", "Score"),
    "lead": (
        "예측 파일을 올리면 공식 점수와 95% 신뢰구간을 계산합니다. 정답은 {split} 분할 "
        "{count:,}개입니다.",
        "Upload a prediction file for the official scores with 95 % intervals, against the "
        "{count:,} examples of the {split} split.",
    ),
    "nodata": (
        "이 서버에는 이 과제의 데이터가 없어 채점할 수 없습니다.",
        "This server has no data for the task, so it cannot score it.",
    ),
    "format": (
        "파일 형식: JSON Lines, 한 줄에 하나",
        "Format: JSON Lines, one object a line",
    ),
    "unknown": (
        "라벨 집합에 없는 라벨과 빠진 답을 오답으로 처리 (언어 모델 채점용)",
        "Count unknown labels and missing answers as wrong (for language models)",
    ),
    "unknown.found": (
        "오답으로 처리: 라벨 집합에 없는 답 {invented:,}개, 빈 답 {empty:,}개 (파일에 없는 guid "
        "{missing:,}개)",
        "Counted as wrong: {invented:,} invented, {empty:,} empty (guids missing: {missing:,})",
    ),
    "by": ("세부 분석 기준", "Breakdown by"),
    "by.none": ("없음", "none"),
    "button": ("채점하기", "Score"),
    "download": ("결과 내려받기 (JSON)", "Download as JSON"),
    "waiting": (
        "파일을 올리고 '채점하기'를 누르면 점수가 여기에 나타납니다.",
        "Upload a file and press Score: the scores appear here.",
    ),
    "value": ("값", "Value"),
    "errors": ("손실이 가장 큰 예", "Costliest errors"),
    "errors.lead": (
        "{main} 점수를 깎는 예 {count:,}개 가운데 가장 큰 것부터 {shown}개. 숫자는 그 예가 없을 때 "
        "오르는 점수입니다.",
        "{shown} of {count:,} examples that cost {main}, the costliest first, each with the points "
        "that the score would gain without it.",
    ),
    "noerrors": ("틀린 예가 없습니다.", "Nothing is wrong."),
    "confusions": ("혼동 행렬", "Confusions"),
    "confusions.lead": (
        "행은 정답, 열은 예측입니다.",
        "Rows are references, columns predictions.",
    ),
    "right": ("맞음", "right"),
    "missed": ("놓침", "missed"),
    "wrong": ("틀림", "wrong"),
}


def build(page: Page) -> None:
    """Build task, file and options on one side, the report on the other."""
    with gr.Row(equal_height=False):
        with gr.Column(scale=4, min_width=300):
            task = gr.Dropdown(page.task_choices(), value=page.tasks[0], label=page.say("task"))
            about = gr.HTML()
            file = gr.File(label=page.say("file"), type="filepath", height=140)
            by = gr.Dropdown(menu(page, all_groupings(page)), value="", label=page.say("by"))
            unknown = gr.Checkbox(label=page.say("unknown"))
            button = gr.Button(page.say("button"), variant="primary")
        with gr.Column(scale=7, min_width=300):
            report = gr.HTML(message(page.say("waiting")), elem_id="report")
            content = gr.JSON(visible=False)  # for programs

    def change(chosen: str) -> tuple[str, Any]:
        return about_task(page, chosen), gr.update(choices=groupings(page, chosen), value="")

    def run(
        chosen: str, path: str | None, grouping: str, as_wrong: bool, request: gr.Request
    ) -> tuple[Any, ...]:
        given = (chosen, path, grouping, as_wrong, Caller.of(request))
        return page.guarded(partial(score_file, page, *given), 1)

    task.change(change, task, [about, by], **PRIVATE)
    page.on_load(change, task, [about, by])
    button.click(
        run,
        [task, file, by, unknown],
        [report, content],
        **SCORING,
        **page.api("score"),
    )


def about_task(page: Page, task: str) -> str:
    """Return what a file of the task has to hold; or that there is no data to score it against."""
    fields = ["guid", *(field.name for field in METRICS[task].fields)]
    line = json.dumps(dict.fromkeys(fields, "…"), ensure_ascii=False)
    try:
        gold, _ = page.services.scorer.gold(task)
    except InputError:
        return message(page.say("nodata"), "warn")
    lead = plain(page.say("lead", split=SPLIT, count=len(gold)))
    form = plain(page.say("format"))
    return block(f"<p>{lead}</p><p>{form}</p><pre><code>{plain(line)}</code></pre>", "note")


def all_groupings(page: Page) -> list[str]:
    """Return the groupings of all tasks, each once: what a program may ask for."""
    known = (DEMOS[task].groupings for task in page.tasks if task in DEMOS)
    return list(dict.fromkeys(name for names in known for name in names))


def groupings(page: Page, task: str) -> list[tuple[str, str]]:
    """Return the groupings of a task for a menu."""
    try:
        return menu(page, page.services.scorer.groupings(task))
    except InputError:
        return menu(page, ())


def menu(page: Page, names: Iterable[str]) -> list[tuple[str, str]]:
    """Return a menu of names, of which none need be chosen."""
    return [(page.say("by.none"), ""), *((name, name) for name in names)]


def score_file(
    page: Page, task: str, path: str | None, by: str, as_wrong: bool, caller: Caller
) -> tuple[str, dict[str, Any]]:
    """Return the report, and its content for programs.

    Raises:
        InputError: no file, a wrong one, or too many requests.
    """
    if not path:
        raise InputError(page.say("nofile"))
    services = page.services
    services.limit.check("score", caller)
    with services.scoring.of(caller.address):
        report = services.workers.report(task, Path(path), as_wrong, by or None)
    content = report.to_json()
    link = download_link(page.say("download"), f"klue-{task}.json", content)
    return report_html(page, report, link), content


def download_link(label: str, name: str, content: Any) -> str:
    """Return a link that holds the file itself, so that none has to lie on the server.

    >>> download_link("Save", "a.json", {})
    '<p><a class="button" download="a.json" href="data:application/json;base64,e30=">Save</a></p>'
    """
    text = json.dumps(content, ensure_ascii=False, indent=2).encode()
    address = f"data:application/json;base64,{base64.b64encode(text).decode()}"
    return f'<p><a class="button" download="{plain(name)}" href="{address}">{plain(label)}</a></p>'


def report_html(page: Page, report: Report, link: str) -> str:
    """Return scores, the link to them as a file, breakdown and errors."""
    parts = [scores_table(page, report), link]
    if report.unknown_labels:
        parts.append(f"<p>{plain(page.say('unknown.found', **report.unknown_labels))}</p>")
    if report.groups:
        parts.append(groups_table(report))
    parts.append(errors_part(page, report))
    return block("".join(parts), "report")


def scores_table(page: Page, report: Report) -> str:
    """Return each score with its interval, as numbers and on the scale from 0 to 100."""
    rows = []
    for name, value in report.scores.items():
        bounds = report.intervals.get(name)
        shown = f"[{bounds[0]:.2f}, {bounds[1]:.2f}]" if bounds else ""
        rows.append((plain(name), f"<strong>{value:.2f}</strong>", shown, dot(value, bounds)))
    headings = [page.say(name) for name in ("score", "value", "interval")]
    note = page.interval_note(report.estimates)
    return table([*headings, "0 – 100"], rows, "scores") + note


def groups_table(report: Report) -> str:
    """Return the scores of each group; a score that is undefined there is a dash."""
    names = list(report.scores)
    rows = []
    for group, part in report.groups.items():
        cells = ["–" if part.get(n) is None else f"{part[n]:.2f}" for n in names]
        rows.append((plain(group), f"{part['examples']:,}", *cells))
    return f"<h3>{plain(report.by)}</h3>" + table([report.by or "", "n", *names], rows)


def errors_part(page: Page, report: Report) -> str:
    """Return the costliest examples and the confusion table."""
    analysis = report.analysis
    heading = f"<h3>{plain(page.say('errors'))}</h3>"
    if not analysis.examples:
        return heading + f"<p>{plain(page.say('noerrors'))}</p>"
    lead = page.say(
        "errors.lead",
        main=analysis.main_score,
        count=analysis.n_costly,
        shown=len(analysis.examples),
    )
    marks = " ".join(
        f'<span class="{kind}">{plain(page.say(kind))}</span>'
        for kind in ("right", "missed", "wrong")
    )
    examples = "".join(map(example_part, analysis.examples)) + confusions(page, report)
    return f"{heading}<p>{plain(lead)}</p><p>{marks}</p>{no_templates(examples)}"


def confusions(page: Page, report: Report) -> str:
    """Return the confusion table with its heading."""
    title, lead = page.say("confusions"), page.say("confusions.lead")
    part = confusion_part(report.analysis)
    return f"<h3>{plain(title)}</h3><p>{plain(lead)}</p>{part}"


TAB = Tab(key="score", texts=TEXTS, build=build, needs=("klue_datasets", "klue_metrics"))
