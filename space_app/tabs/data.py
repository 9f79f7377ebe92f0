"""The tab on which the data is read."""

from __future__ import annotations

from typing import Any

import gradio as gr

from klue_common.errors import InputError
from klue_datasets import TASKS

from ..markup import Bar, bars, block, message, plain
from ..rows import PAGE, Index
from ..tasks import DEMOS
from .context import PRIVATE, Page, on_load
from .score import task_choices

FIRST_TASK, SPLIT, SPLITS = "ynat", "validation", ("train", "validation")


def build(page: Page) -> None:
    """Filters above, examples below, the distribution of labels beside them."""
    with gr.Row():
        task = gr.Dropdown(
            task_choices(page), value=FIRST_TASK, label=page.say("task"), min_width=240
        )
        split = gr.Dropdown(list(SPLITS), value=SPLIT, label=page.say("data.split"), min_width=140)
        label = gr.Dropdown(
            [(page.say("data.all"), "")], value="", label=page.say("data.label"), min_width=140
        )
        source = gr.Dropdown(
            [(page.say("data.all"), "")], value="", label=page.say("data.source"), min_width=140
        )
        text = gr.Textbox(label=page.say("data.search"), min_width=140)
    number = gr.State(0)
    with gr.Row(equal_height=False):
        with gr.Column(scale=7, min_width=300):
            examples = gr.HTML(elem_id="examples")
            with gr.Row():
                back = gr.Button(page.say("data.previous"), size="sm")
                forth = gr.Button(page.say("data.next"), size="sm")
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
            return show_examples(page, chosen, part, label, source, text, at + by)

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
    if page.api("data").get("api_name"):
        gr.api(browse, api_name="data")
    loaded = on_load(choose, [task, split], [label, source, counts])
    loaded.then(find, filters, [examples, number], **PRIVATE)


def index(page: Page, task: str, split: str) -> Index | None:
    """The index of a split, None where there is no data for it."""
    if task not in TASKS or split not in SPLITS:
        return None
    try:
        return page.services.rows.index(task, split)
    except InputError:
        return None


def choices(page: Page, task: str, split: str) -> tuple[list[Any], list[Any]]:
    """The labels and the sources, for menus."""
    every = (page.say("data.all"), "")
    found = index(page, task, split)
    if found is None:
        return [every], [every]
    labels = [(name, name) for name, count in found.counts.items() if count]
    return [every, *labels], [every, *((name, name) for name in found.source_names())]


def distribution(page: Page, task: str, split: str) -> str:
    """How often each label occurs, and what the task is."""
    about = TASKS[task].korean_about if page.language.code == "ko" else TASKS[task].about
    licence = f"<p><small>{plain(page.say('data.licence'))}</small></p>"
    found = index(page, task, split)
    if found is None:
        return block(f"<p>{plain(about)}</p>{licence}")
    most = max(found.counts.values(), default=1) or 1
    rows = bars(Bar(name, f"{count:,}", count / most) for name, count in found.counts.items())
    title = f"{page.say('data.distribution')} · {page.say('data.count', count=len(found.labels))}"
    return block(f"<p>{plain(about)}</p><h3>{plain(title)}</h3>{rows}{licence}")


def show_examples(
    page: Page, task: str, split: str, label: str, source: str, text: str, number: int
) -> tuple[str, int]:
    """A page of the examples that match, and its number."""
    found = index(page, task, split)
    if found is None:
        return message(page.say("data.missing"), "warn"), 0
    matching = found.find(label or "", source or "", text or "")
    if not matching:
        return message(page.say("data.nothing")), 0
    pages = -(-len(matching) // PAGE)
    number = min(max(number, 0), pages - 1)
    rows = found.rows(matching[number * PAGE : (number + 1) * PAGE])
    count = page.say("data.found", total=len(found.labels), count=len(matching))
    where = page.say("data.page", page=number + 1, pages=pages)
    lead = f'<p class="found">{plain(count)} · {plain(where)}</p>'
    cards = "".join(card(page, task, row, found_source(task, row)) for row in rows)
    return block(lead + cards, "cards"), number


def found_source(task: str, row: dict[str, Any]) -> str:
    """The corpus of a row."""
    return DEMOS[task].rows.source(row)


def card(page: Page, task: str, row: dict[str, Any], source: str) -> str:
    """One example with its gold annotation, and its annotators' beside."""
    shown = DEMOS[task].rows.show(row, page.language)
    about = " · ".join(filter(None, (row["guid"], source)))
    said = ""
    if shown.annotators:
        entries = "".join(
            f"<li><small>{plain(name)}</small> {plain(value)}</li>"
            for name, value in shown.annotators.items()
        )
        heading = plain(page.say("data.annotators"))
        said = f'<div class="said"><small>{heading}</small><ul>{entries}</ul></div>'
    return f"<article><header>{plain(about)}</header>{shown.html}{said}</article>"
