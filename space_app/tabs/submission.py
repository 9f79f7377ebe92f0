"""The part of the leaderboard on which a prediction file is submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from klue_common.errors import InputError

from ..board.entries import ENCODER, LANGUAGE_MODEL
from ..board.leaderboard import NOTES
from ..callers import Caller
from ..markup import message
from ..texts import Texts
from .context import PRIVATE, SCORING, Page

FIELDS = ("model", "link", "parameters", "trained_on", "selected_on", "asked", "open_weights")
TEXTS: Texts = {
    "title": ("모델 제출", "Submit a model"),
    "lead": (
        "올린 파일을 이 페이지가 직접 채점하고, 그 점수만 표에 올립니다. 예측은 모델 비교에만 "
        "쓰이며 공개되지 않습니다.",
        "This page scores the file itself, and only those scores enter the table. The predictions "
        "are kept for comparisons and never given out.",
    ),
    "kind": ("모델 종류", "Kind of model"),
    "encoder": ("미세조정한 인코더", "Fine-tuned encoder"),
    "language_model": ("언어 모델", "Language model"),
    "model": ("모델 이름", "Model name"),
    "link": ("링크 (선택)", "Link (optional)"),
    "parameters": ("매개변수 수, 백만 단위 (선택)", "Parameters in millions (optional)"),
    "trained_on": ("학습에 쓴 데이터", "Trained on"),
    "hint.trained_on": ("예: KLUE train 전체", "e.g. all of KLUE train"),
    "selected_on": ("체크포인트를 고른 기준", "Selected on"),
    "hint.selected_on": ("예: train의 10%, 또는 dev", "e.g. a tenth of train, or dev"),
    "open_weights": (
        "가중치가 공개되어 있습니다 (링크에서 받을 수 있음)",
        "The weights are open: anybody can have them by the link",
    ),
    "asked": ("질문 방식", "How it was asked"),
    "hint.asked": (
        "예: 순위 비교, 예시 7개, 한국어 지시문",
        "e.g. rank, 7 shots, Korean instructions",
    ),
    "button": ("채점하고 제출하기", "Score and submit"),
    "done": ("제출되었습니다: {model}", "Submitted: {model}"),
}


@dataclass(frozen=True)
class Form:
    """What a person fills in; `notes` are the boxes that only one kind of model has."""

    kind: Any
    task: Any
    file: Any
    model: Any
    link: Any
    parameters: Any
    notes: Mapping[str, Any]
    open_weights: Any

    @property
    def inputs(self) -> list[Any]:
        """The parts in the order in which programs give them; what came later stands last."""
        first = [self.task, self.file, self.model, self.link, self.parameters]
        notes, last = self.notes, self.open_weights
        return [*first, notes["trained_on"], notes["selected_on"], self.kind, notes["asked"], last]


def build_submission(page: Page) -> Any:
    """Build the form; return the event that a table waits for."""
    page = page.of(TEXTS)
    with gr.Accordion(page.say("title"), open=False, elem_classes="submission"):
        gr.HTML(message(page.say("lead")))
        form = build_form(page)
        button = gr.Button(page.say("button"), variant="primary")
        done = gr.HTML(elem_id="submitted")

    def run(
        chosen: str,
        path: str | None,
        name: str,
        link: str,
        size: str,
        trained_on: str,
        selected_on: str,
        kind: str,
        asked: str,
        open_weights: bool,
        request: gr.Request,
    ) -> str:
        texts = (name, link, size, trained_on, selected_on, asked)
        about = dict(zip(FIELDS, (*texts, "yes" if open_weights else ""), strict=True))
        answer = partial(submit, page, chosen, path, about, Caller.of(request), kind)
        return str(page.guarded(answer, 0)[0])

    def choose(kind: str) -> list[Any]:
        return [gr.update(visible=name in NOTES[kind]) for name in form.notes]

    form.kind.change(choose, form.kind, list(form.notes.values()), **PRIVATE)
    return button.click(run, form.inputs, done, **SCORING, **page.api("submit"))


def build_form(page: Page) -> Form:
    """Build the parts of the form, for an encoder until another kind is chosen."""
    kinds = [(page.say("encoder"), ENCODER), (page.say("language_model"), LANGUAGE_MODEL)]
    kind = gr.Radio(kinds, value=ENCODER, label=page.say("kind"), elem_id="kind")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=300):
            task = gr.Dropdown(page.task_choices(), value=page.tasks[0], label=page.say("task"))
            file = gr.File(label=page.say("file"), type="filepath", height=140)
        with gr.Column(min_width=300):
            model = gr.Textbox(label=page.say("model"))
            link = gr.Textbox(label=page.say("link"), placeholder="https://")
            parameters = gr.Textbox(label=page.say("parameters"), placeholder="110")
            # A value, though an empty one: a program gives those of its kind of model alone.
            notes = {
                name: gr.Textbox(
                    "",
                    label=page.say(name),
                    placeholder=page.say(f"hint.{name}"),
                    visible=name in NOTES[ENCODER],
                )
                for name in (*NOTES[ENCODER], *NOTES[LANGUAGE_MODEL])
            }
            open_weights = gr.Checkbox(False, label=page.say("open_weights"))
    return Form(kind, task, file, model, link, parameters, notes, open_weights)


def submit(
    page: Page,
    task: str,
    path: str | None,
    about: Mapping[str, str | None],
    caller: Caller,
    kind: str = ENCODER,
) -> tuple[str]:
    """Score a file as one of its kind, keep it, and return what the person is told.

    Raises:
        InputError: something is wrong with the file or with what was typed.
    """
    if not path:
        raise InputError(page.say("nofile"))
    services = page.services
    services.limit.check("submit", caller)
    with services.scoring.of(caller.address):
        report = services.workers.submission(task, Path(path), kind)
    entry = services.board.submit(report, {name: about.get(name) or "" for name in FIELDS})
    return (message(page.say("done", model=entry.model), "done"),)
