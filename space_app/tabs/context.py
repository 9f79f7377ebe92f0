"""What a tab is, what it is built with, and how its handlers answer the person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from klue_common.errors import InputError
from klue_metrics.interval_notes import INTERVAL_NOTE, Estimates, left_out

from ..markup import message, plain
from ..offers import offered, task_name
from ..services import Services
from ..texts import ENGLISH, Language, Texts

TEXTS: Texts = {
    "outside": (
        "{names}: 구간이 점수 자체를 벗어나 있습니다. 어떤 클래스의 예가 적으면 재표집의 점수가 "
        "데이터의 점수와 달라지므로, 이 구간은 오차 범위가 아닙니다.",
        INTERVAL_NOTE,
    ),
}
PUBLIC = ENGLISH  # the language of the page whose handlers are also the API
PRIVATE: Mapping[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
# Of handlers that score: that wait or work; `Services.scoring` says how many of them work.
SCORING: Mapping[str, Any] = {"concurrency_limit": 32, "concurrency_id": "score"}


@dataclass(frozen=True)
class Page:
    """One language of the page.

    Attributes:
        services: the parts behind the page.
        language: with the texts of the tab that is built.
        blocks: the page that is built, of both languages.
        tasks: those that the tab offers.
    """

    services: Services
    language: Language
    blocks: gr.Blocks
    tasks: tuple[str, ...] = ()

    def of(self, texts: Texts) -> Page:
        """Return the page with the texts of one tab or part of it."""
        return replace(self, language=self.language.of(texts))

    def for_tab(self, tab: Tab) -> Page:
        """Return the page with the texts of a tab and the tasks that it can offer."""
        return replace(self.of(tab.texts), tasks=offered(tab.needs))

    def say(self, key: str, **values: object) -> str:
        """Return a text in the page's language."""
        return self.language.say(key, **values)

    def task_choices(self) -> list[tuple[str, str]]:
        """Return the tasks for a menu."""
        return [(f"{task_name(task, self.language)} ({task})", task) for task in self.tasks]

    def interval_note(self, estimates: Estimates) -> str:
        """Return the sentence on values outside their own intervals as HTML, "" without any."""
        names = left_out(estimates)
        if not names:
            return ""
        return (
            f"<p><small>{plain(self.of(TEXTS).say('outside', names=', '.join(names)))}</small></p>"
        )

    @property
    def public(self) -> bool:
        """Whether this language's handlers are the API: each is there once."""
        return self.language == PUBLIC

    def api(self, name: str) -> dict[str, Any]:
        """Return the options of a listener that programs may call."""
        return {"api_name": name} if self.public else {"api_visibility": "private"}

    def on_load(self, answer: Callable[..., Any], inputs: Any, outputs: Any) -> Any:
        """Run a handler when this language of the page is opened."""
        return self.blocks.load(answer, inputs, outputs, **PRIVATE)

    def guarded(self, answer: Callable[[], tuple[Any, ...]], others: int) -> tuple[Any, ...]:
        """Return what a handler gives, or its error as a message and None for the other outputs."""
        try:
            return answer()
        except InputError as error:
            return (message(str(error), "error"), *[None] * others)


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One tab of the page, which ends its module as `TAB`; `page.TABS` lists them.

    Attributes:
        key: its id on the page.
        texts: what it says; "tab" is its title.
        build: makes its parts, inside the tab.
        needs: the rooms of which it needs a record of a task to offer the task.
    """

    key: str
    texts: Texts
    build: Callable[[Page], None]
    needs: tuple[str, ...]
