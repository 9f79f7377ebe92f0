"""The tab on which a model of each task answers a person's own texts."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import gradio as gr

from klue_common.errors import InputError

from ..callers import Caller
from ..gradio_internals import named_inputs
from ..markup import block, message, plain
from ..models import Found
from ..offers import task_name
from ..task import Controls, TaskDemo
from ..tasks import DEMOS
from ..texts import Language, Texts
from .context import Page, Tab

MOST_AT_ONCE = 32  # that wait or are answered; `Services.answering` says how many of them are
LABEL_CHARACTERS = 40
TEXTS: Texts = {
    "tab": ("체험", "Try"),
    "examples": ("예문", "Examples"),
    "model": ("모델 바꾸기", "Use another model"),
    "model.label": ("Hub의 모델 id", "A model's id on the Hub"),
    "model.info": (
        "klue train으로 만든 모델의 id를 입력하세요. safetensors만 읽고, 저장소의 코드는 실행하지 "
        "않습니다. 처음 여는 모델은 몇 분 걸릴 수 있으니 잠시 뒤 다시 실행하세요. 비워 두면 기본 "
        "모델을 씁니다.",
        "The id of a model made by klue train. Only safetensors are read, and no code of the "
        "repository runs. A model that is opened for the first time may take some minutes: run it "
        "again then. Leave it empty for the default model.",
    ),
    "text": ("복사할 수 있는 형식", "As text, to copy"),
    "waiting": ("실행하면 결과가 여기에 나타납니다.", "The answer appears here."),
    "used": ("모델: {name}", "Model: {name}"),
    "sample": (
        "작은 예시 데이터로만 학습한 모델입니다. 답을 믿지 마세요.",
        "This model has learned from the small sample only: do not trust its answers.",
    ),
    "none": (
        "이 과제의 모델이 아직 없습니다. 아래 명령으로 만들거나, '모델 바꾸기'에 Hub의 모델 id를 "
        "입력하세요.",
        "There is no model for this task yet. Make one with the command below, or type the id of "
        "one on the Hub under “Use another model”.",
    ),
    "none.here": (
        "이 과제의 모델이 아직 없습니다. 아래 명령으로 만드세요.",
        "There is no model for this task yet. Make one with the command below.",
    ),
    "empty": (
        "{field}: 비어 있습니다. 글을 입력하세요.",
        "{field}: found nothing, type a text",
    ),
    "long": (
        "{field}: {found:,}자입니다. {most:,}자까지 입력할 수 있습니다.",
        "{field}: found {found:,} characters, expected at most {most:,}",
    ),
}


def build(page: Page) -> None:
    """Build a tab for each task."""
    with gr.Tabs(overflow_behavior="wrap"):
        for task in page.tasks:
            with gr.Tab(task_name(task, page.language), id=f"try-{task}"):
                build_task(page, DEMOS[task])


def build_task(page: Page, demo: TaskDemo) -> None:
    """Build the inputs on one side, the answer on the other."""
    with gr.Row(equal_height=False):
        with gr.Column(scale=5, min_width=300):
            make = demo.controls or text_boxes
            controls = make(demo, page.language.of(demo.texts))
            gr.Examples(
                [list(example) for example in demo.examples],
                list(controls.inputs),
                label=page.say("examples"),
                example_labels=[example_label(example[0]) for example in demo.examples],
                api_visibility="private",
            )
            typed = page.services.models.typed is not None
            with gr.Accordion(page.say("model"), open=False, visible=typed):
                model = gr.Textbox(
                    label=page.say("model.label"),
                    info=page.say("model.info"),
                    placeholder="org/klue-model",
                )
        with gr.Column(scale=6, min_width=300):
            answer = gr.HTML(waiting(page, demo.name), elem_id=f"answer-{demo.name}")
            with gr.Accordion(page.say("text"), open=False):
                text = gr.Textbox(
                    label=page.say("text"),
                    show_label=False,
                    lines=4,
                    max_lines=12,
                    buttons=["copy"],
                )

    def run(request: gr.Request, *values: str) -> tuple[Any, ...]:
        caller = Caller.of(request)
        return page.guarded(partial(answer_texts, page, demo, values, caller), 1)

    gr.on(
        list(controls.triggers),
        named_inputs(run, [*parameter_names(len(demo.fields)), "model"]),
        [*controls.inputs, model],
        [answer, text],
        concurrency_limit=MOST_AT_ONCE,
        concurrency_id="try",
        **page.api(f"try_{demo.name}"),
    )


def parameter_names(fields: int) -> list[str]:
    """Return what programs call the texts of a task that takes so many.

    >>> parameter_names(1), parameter_names(2)
    (['text'], ['first', 'second'])
    """
    return ["text"] if fields == 1 else ["first", "second", "third", "fourth"][:fields]


def answer_texts(
    page: Page, demo: TaskDemo, values: tuple[str, ...], caller: Caller
) -> tuple[str, str]:
    """Return the answer to texts, as HTML and as text.

    Args:
        page: in the texts of this tab.
        demo: the task.
        values: a text for each of the task's fields, then a model's id or "".
        caller: whose request it is.

    Raises:
        InputError: a text is empty or too long, the model cannot be had, or too many requests.
    """
    *texts, model = (value or "" for value in values)
    language = page.language.of(demo.texts)
    for name, text in zip(demo.fields, texts, strict=True):
        check_text(page, language.say(f"field.{name}"), text, name in demo.optional)
    if not model.strip() and page.services.models.default(demo.name) is None:
        return no_model(page, demo.name), ""
    services, named = page.services, model.strip()
    services.limit.check("try", caller)
    # A model serves one at a time: whoever waits for it waits here, where the line is fair.
    with services.answering.of(caller.address, (demo.name, named)):
        answer, found = services.models.answer(demo, language, named, texts)
    return block(answer.html + used(page, found), "answer"), answer.text


def check_text(page: Page, field: str, text: str, optional: bool) -> None:
    """Raise InputError if a text is empty, unless it is optional, or too long."""
    most = page.services.settings.limits.text_characters
    if not text.strip() and not optional:
        raise InputError(page.say("empty", field=field))
    if len(text) > most:
        raise InputError(page.say("long", field=field, found=len(text), most=most))


def text_boxes(demo: TaskDemo, language: Language) -> Controls:
    """Build a box for each text and a button."""
    boxes = [
        gr.Textbox(label=language.say(f"field.{name}"), lines=demo.lines, max_lines=12)
        for name in demo.fields
    ]
    run = gr.Button(language.say("run"), variant="primary")
    return Controls(boxes, [run.click, *(box.submit for box in boxes)])


def example_label(text: str) -> str:
    """Return what an example's button says: the text, or the last one of a list, cut to fit."""
    try:
        turns = json.loads(text)
        text = turns[-1] if isinstance(turns, list) else text
    except ValueError:
        pass
    return text if len(text) <= LABEL_CHARACTERS else f"{text[: LABEL_CHARACTERS - 1]}…"


def waiting(page: Page, task: str) -> str:
    """Return what stands where an answer will be."""
    if page.services.models.default(task) is not None:
        return message(page.say("waiting"))
    return no_model(page, task)


def no_model(page: Page, task: str) -> str:
    """Return how to get a model for a task."""
    command = f"klue train {task} --model klue/roberta-base --output runs/{task}"
    key = "none" if page.services.models.typed is not None else "none.here"
    text = f"<p>{plain(page.say(key))}</p><pre><code>{plain(command)}</code></pre>"
    return block(text, "note")


def used(page: Page, found: Found) -> str:
    """Return which model has answered."""
    about = f" ({found.about})" if found.about else ""
    line = f"<p><small>{plain(page.say('used', name=found.name) + about)}</small></p>"
    warning = f'<p class="warn">{plain(page.say("sample"))}</p>' if found.sample else ""
    return line + warning


TAB = Tab(key="try", texts=TEXTS, build=build, needs=("klue_baselines", "space_app"))
