"""The tab on which a model of each task answers a person's own texts."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import gradio as gr

from klue_common.errors import InputError

from ..markup import block, message, plain
from ..models import Found
from ..task import Controls, TaskDemo
from ..tasks import DEMOS
from ..texts import Language
from .context import Page

MOST_AT_ONCE = 4
LABEL_CHARACTERS = 40


def build(page: Page) -> None:
    """A tab for each task."""
    with gr.Tabs(overflow_behavior="wrap"):
        for task, demo in DEMOS.items():
            with gr.Tab(page.say(task), id=f"try-{task}"):
                build_task(page, demo)


def build_task(page: Page, demo: TaskDemo) -> None:
    """Inputs on one side, the answer on the other."""
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=300):
            make = demo.controls or text_boxes
            controls = make(demo, page.language)
            gr.Examples(
                [list(example) for example in demo.examples],
                list(controls.inputs),
                label=page.say("try.examples"),
                example_labels=[example_label(example[0]) for example in demo.examples],
                api_visibility="private",
            )
            with gr.Accordion(page.say("try.model"), open=False):
                model = gr.Textbox(
                    label=page.say("try.model.label"),
                    info=page.say("try.model.info"),
                    placeholder="org/klue-model",
                )
        with gr.Column(scale=6, min_width=300):
            answer = gr.HTML(waiting(page, demo.name), elem_id=f"answer-{demo.name}")
            with gr.Accordion(page.say("try.text"), open=False):
                text = gr.Textbox(
                    label=page.say("try.text"),
                    show_label=False,
                    lines=4,
                    max_lines=12,
                    buttons=["copy"],
                )

    def run(*values: str, request: gr.Request) -> tuple[Any, ...]:
        session = request.session_hash
        return page.guarded(partial(answer_texts, page, demo, values, session), 1)

    gr.on(
        list(controls.triggers),
        handler(len(demo.fields), run),
        [*controls.inputs, model],
        [answer, text],
        concurrency_limit=MOST_AT_ONCE,
        concurrency_id="try",
        **page.api(f"try_{demo.name}"),
    )


def handler(fields: int, run: Any) -> Any:
    """`run` with as many parameters as Gradio gives it: it counts them."""
    if fields == 1:

        def one(text: str, model: str, request: gr.Request) -> Any:
            return run(text, model, request=request)

        return one

    def two(first: str, second: str, model: str, request: gr.Request) -> Any:
        return run(first, second, model, request=request)

    return two


def answer_texts(
    page: Page, demo: TaskDemo, values: tuple[str, ...], session: str | None
) -> tuple[str, str]:
    """The answer to texts and a model's id.

    Raises:
        InputError: a text is empty or too long, the model cannot be had, or too many requests.
    """
    *texts, model = (value or "" for value in values)
    for name, text in zip(demo.fields, texts, strict=True):
        check_text(page, name, text, name in demo.optional)
    if not model.strip() and page.services.models.default(demo.name) is None:
        return no_model(page, demo.name), ""
    page.services.limit.check("try", session)
    with page.services.models.lend(demo.name, model) as (pipeline, found):
        answer = demo.answer(pipeline, page.language, *texts)
    return block(answer.html + used(page, found), "answer"), answer.text


def check_text(page: Page, name: str, text: str, optional: bool) -> None:
    """Raise InputError if a text is empty, unless it is optional, or too long."""
    field, most = page.say(f"field.{name}"), page.services.settings.limits.text_characters
    if not text.strip() and not optional:
        raise InputError(page.say("empty.text", field=field))
    if len(text) > most:
        raise InputError(page.say("long.text", field=field, found=len(text), most=most))


def text_boxes(demo: TaskDemo, language: Language) -> Controls:
    """A box for each text and a button."""
    boxes = [
        gr.Textbox(label=language.say(f"field.{name}"), lines=demo.lines, max_lines=12)
        for name in demo.fields
    ]
    run = gr.Button(language.say("run"), variant="primary")
    return Controls(boxes, [run.click, *(box.submit for box in boxes)])


def example_label(text: str) -> str:
    """What an example's button says."""
    try:
        turns = json.loads(text)
        text = turns[-1] if isinstance(turns, list) else text
    except ValueError:
        pass
    return text if len(text) <= LABEL_CHARACTERS else f"{text[: LABEL_CHARACTERS - 1]}…"


def waiting(page: Page, task: str) -> str:
    """What stands where an answer will be."""
    if page.services.models.default(task) is not None:
        return message(page.say("try.waiting"))
    return no_model(page, task)


def no_model(page: Page, task: str) -> str:
    """How to get a model for a task."""
    command = f"klue train {task} --model klue/roberta-base --output runs/{task}"
    text = f"<p>{plain(page.say('try.none'))}</p><pre><code>{plain(command)}</code></pre>"
    return block(text, "note")


def used(page: Page, found: Found) -> str:
    """Which model has answered."""
    about = f" ({found.about})" if found.about else ""
    line = f"<p><small>{plain(page.say('try.used', name=found.name) + about)}</small></p>"
    warning = f'<p class="warn">{plain(page.say("try.sample"))}</p>' if found.sample else ""
    return line + warning
