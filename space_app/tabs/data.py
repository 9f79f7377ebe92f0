"""The tab on which the data is read."""

from __future__ import annotations

from typing import Any

import gradio as gr

from klue_common.errors import InputError
from klue_datasets import TASKS

from ..markup import Bar, bars, block, message, plain
from ..rows import PAGE, Index
from ..task import TaskDemo
from ..tasks import DEMOS
from ..texts import Texts
from .context import PRIVATE, Page, Tab

SPLIT, SPLITS = "validation", ("train", "validation")
TEXTS: Texts = {
    "tab": ("데이터", "Data"),
    "split": ("분할", "Split"),
    "label": ("라벨", "Label"),
    "source": ("출처", "Source"),
    "all": ("전체", "all"),
    "search": ("글에서 찾기", "Search the texts"),
    "count": ("{count:,}개", "{count:,} examples"),
    "found": ("{total:,}개 가운데 {count:,}개", "{count:,} of {total:,} examples"),
    "page": ("{page} / {pages} 쪽", "Page {page} of {pages}"),
    "previous": ("이전", "Previous"),
    "next": ("다음", "Next"),
    "nothing": ("조건에 맞는 예가 없습니다.", "No example matches."),
    "missing": (
        "이 서버에는 이 과제의 데이터가 없습니다.",
        "This server has no data for the task.",
    ),
    "annotators": ("주석자", "Annotators"),
    "distribution": ("라벨 분포", "Labels"),
    "licence": (
        "KLUE 데이터는 CC BY-SA 4.0 라이선스를 따릅니다.",
        "KLUE's data is under CC BY-SA 4.0.",
    ),
}


def build(page: Page) -> None:
    """Build the filters above, the examples below, the distribution of labels beside them."""
    with gr.Row():
        task = gr.Dropdown(
            page.task_choices(), value=page.tasks[0], label=page.say("task"), min_width=240
        )
        split = gr.Dropdown(list(SPLITS), value=SPLIT, label=page.say("split"), min_width=140)
        label = gr.Dropdown(
            [(page.say("all"), "")],
            value="",
            label=page.say("label"),
            min_width=140,
            allow_custom_value=True,  # of a session that was forgotten meanwhile
        )
        source = gr.Dropdown(
            [(page.say("all"), "")],
            value="",
            label=page.say("source"),
            min_width=140,
            allow_custom_value=True,  # of a session that was forgotten meanwhile
        )
        text = gr.Textbox(label=page.say("search"), min_width=140)
    # In the browser, not in a session: sessions come and go.
    number = gr.Number(0, visible="hidden")
    with gr.Row(equal_height=False):
        with gr.Column(scale=7, min_width=300):
            examples = gr.HTML(elem_id="examples")
            with gr.Row():
                back = gr.Button(page.say("previous"), size="sm")
                forth = gr.Button(page.say("next"), size="sm")
        with gr.Column(scale=4, min_width=300):
            counts = gr.HTML(elem_id="counts")

    filters = [task, split, label, source, text]

    def choose(chosen: str, part: str) -> tuple[Any, ...]:
        labels, sources = choices(page, chosen, part)
        return (
            gr.update(choices=labels, value=""),
            gr.update(choices=sources, value=""),
            distribution(page, chosen, part),
        )

    def find(chosen: str, part: str, label: str, source: str, text: str) -> tuple[str, int]:
        return show_examples(page, chosen, part, label, source, text, 0)

    def turn(by: int) -> Any:
        def turned(
            chosen: str, part: str, label: str, source: str, text: str, at: int
        ) -> tuple[str, int]:
            return show_examples(page, chosen, part, label, source, text, int(at) + by)

        return turned

    def browse(
        chosen: str, part: str, label: str = "", source: str = "", text: str = "", at: int = 0
    ) -> str:
        return show_examples(page, chosen, part, label, source, text, int(at))[0]

    first = gr.on(
        [task.change, split.change], choose, [task, split], [label, source, counts], **PRIVATE
    )
    first.then(find, filters, [examples, number], **PRIVATE)
    gr.on(
        [label.input, source.input, text.submit, text.blur],
        find,
        filters,
        [examples, number],
        **PRIVATE,
    )
    back.click(turn(-1), [*filters, number], [examples, number], **PRIVATE)
    forth.click(turn(1), [*filters, number], [examples, number], **PRIVATE)
    if page.public:
        gr.api(browse, api_name="data")
    loaded = page.on_load(choose, [task, split], [label, source, counts])
    loaded.then(find, filters, [examples, number], **PRIVATE)


def index(page: Page, task: str, split: str) -> Index | None:
    """Return the index of a split, None where there is no data for it."""
    if task not in page.tasks or split not in SPLITS:
        return None
    try:
        return page.services.rows.index(task, split)
    except InputError:
        return None


def choices(page: Page, task: str, split: str) -> tuple[list[Any], list[Any]]:
    """Return the labels and the sources for menus."""
    every = (page.say("all"), "")
    found = index(page, task, split)
    if found is None:
        return [every], [every]
    labels = [(name, name) for name, count in found.counts.items() if count]
    return [every, *labels], [every, *((name, name) for name in found.source_names())]


def distribution(page: Page, task: str, split: str) -> str:
    """Return how often each label occurs, and what the task is."""
    about = (TASKS[task].korean_about, TASKS[task].about)[page.language.column]
    licence = f"<p><small>{plain(page.say('licence'))}</small></p>"
    found = index(page, task, split)
    if found is None:
        return block(f"<p>{plain(about)}</p>{licence}")
    most = max(found.counts.values(), default=1) or 1
    rows = bars(Bar(name, f"{count:,}", count / most) for name, count in found.counts.items())
    title = f"{page.say('distribution')} · {page.say('count', count=len(found.labels))}"
    return block(f"<p>{plain(about)}</p><h3>{plain(title)}</h3>{rows}{licence}")


def show_examples(
    page: Page, task: str, split: str, label: str, source: str, text: str, number: int
) -> tuple[str, int]:
    """Return a page of the examples that match, and its number from 0."""
    found = index(page, task, split)
    if found is None:
        return message(page.say("missing"), "warn"), 0
    matching = found.find(label or "", source or "", text or "")
    if not matching:
        return message(page.say("nothing")), 0
    pages = -(-len(matching) // PAGE)
    number = min(max(number, 0), pages - 1)
    rows = found.rows(matching[number * PAGE : (number + 1) * PAGE])
    count = page.say("found", total=len(found.labels), count=len(matching))
    where = page.say("page", page=number + 1, pages=pages)
    lead = f'<p class="found">{plain(count)} · {plain(where)}</p>'
    cards = "".join(card(page, DEMOS[task], row) for row in rows)
    return block(lead + cards, "cards"), number


def card(page: Page, demo: TaskDemo, row: dict[str, Any]) -> str:
    """Return one example with its gold annotation, and what its annotators said."""
    shown = demo.rows.show(row, page.language.of(demo.texts))
    about = " · ".join(filter(None, (row["guid"], demo.rows.source(row))))
    said = ""
    if shown.annotators:
        entries = "".join(
            f"<li><small>{plain(name)}</small> {plain(value)}</li>"
            for name, value in shown.annotators.items()
        )
        heading = plain(page.say("annotators"))
        said = f'<div class="said"><small>{heading}</small><ul>{entries}</ul></div>'
    return f"<article><header>{plain(about)}</header>{shown.html}{said}</article>"


TAB = Tab(key="data", texts=TEXTS, build=build, needs=("klue_datasets", "space_app"))
