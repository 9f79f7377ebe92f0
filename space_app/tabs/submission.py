"""The part of the leaderboard on which a prediction file is submitted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from klue_common.errors import InputError

from ..callers import Caller
from ..markup import message
from ..texts import Texts
from .context import SCORING, Page

FIELDS = ("model", "link", "parameters", "trained_on", "selected_on")
TEXTS: Texts = {
    "title": ("모델 제출", "Submit a model"),
    "lead": (
        "올린 파일을 이 페이지가 직접 채점하고, 그 점수만 표에 올립니다. 예측은 모델 비교에만 "
        "쓰이며 공개되지 않습니다.",
        "This page scores the file itself, and only those scores enter the table. The predictions "
        "are kept for comparisons and never given out.",
    ),
    "model": ("모델 이름", "Model name"),
    "link": ("링크 (선택)", "Link (optional)"),
    "parameters": ("매개변수 수, 백만 단위 (선택)", "Parameters in millions (optional)"),
    "trained": ("학습에 쓴 데이터", "Trained on"),
    "trained.hint": ("예: KLUE train 전체", "e.g. all of KLUE train"),
    "selected": ("체크포인트를 고른 기준", "Selected on"),
    "selected.hint": ("예: train의 10%, 또는 dev", "e.g. a tenth of train, or dev"),
    "button": ("채점하고 제출하기", "Score and submit"),
    "done": ("제출되었습니다: {model}", "Submitted: {model}"),
}


def build_submission(page: Page) -> Any:
    """Build the form; return the event that a table waits for."""
    page = page.of(TEXTS)
    with gr.Accordion(page.say("title"), open=False, elem_classes="submission"):
        gr.HTML(message(page.say("lead")))
        with gr.Row(equal_height=False):
            with gr.Column(min_width=300):
                task = gr.Dropdown(page.task_choices(), value=page.tasks[0], label=page.say("task"))
                file = gr.File(label=page.say("file"), type="filepath", height=140)
            with gr.Column(min_width=300):
                model = gr.Textbox(label=page.say("model"))
                address = gr.Textbox(label=page.say("link"), placeholder="https://")
                parameters = gr.Textbox(label=page.say("parameters"), placeholder="110")
                trained = gr.Textbox(
                    label=page.say("trained"), placeholder=page.say("trained.hint")
                )
                selected = gr.Textbox(
                    label=page.say("selected"), placeholder=page.say("selected.hint")
                )
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
        request: gr.Request,
    ) -> str:
        about = dict(zip(FIELDS, (name, link, size, trained_on, selected_on), strict=True))
        answer = partial(submit, page, chosen, path, about, Caller.of(request))
        return str(page.guarded(answer, 0)[0])

    return button.click(
        run,
        [task, file, model, address, parameters, trained, selected],
        done,
        **SCORING,
        **page.api("submit"),
    )


def submit(
    page: Page, task: str, path: str | None, about: Mapping[str, str | None], caller: Caller
) -> tuple[str]:
    """Score a file, keep it, and return what the person is told.

    Raises:
        InputError: something is wrong with the file or with what was typed.
    """
    if not path:
        raise InputError(page.say("nofile"))
    services = page.services
    services.limit.check("submit", caller)
    with services.scoring.of(caller.address):
        report = services.workers.submission(task, Path(path))
    entry = services.board.submit(report, {name: about[name] or "" for name in FIELDS})
    return (message(page.say("done", model=entry.model), "done"),)
