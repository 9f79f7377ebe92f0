"""What a tab is built with, and how its handlers meet the person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from klue_common.errors import InputError
from klue_metrics.interval_notes import Estimates, left_out

from ..markup import message, plain
from ..services import Services
from ..texts import ENGLISH, Language

PUBLIC = ENGLISH  # the language of the page whose handlers are also the API


@dataclass(frozen=True)
class Page:
    """One language of the page."""

    services: Services
    language: Language

    def say(self, key: str, **values: object) -> str:
        """A text in the page's language."""
        return self.language.say(key, **values)

    def interval_note(self, estimates: Estimates) -> str:
        """The sentence on values that their own intervals leave out, as HTML; "" without any."""
        names = left_out(estimates)
        if not names:
            return ""
        return f"<p><small>{plain(self.say('score.outside', names=', '.join(names)))}</small></p>"

    def api(self, name: str) -> dict[str, Any]:
        """The options of a listener that programs may call, once, whatever the languages."""
        if self.language is PUBLIC:
            return {"api_name": name}
        return {"api_visibility": "private"}

    def guarded(self, answer: Callable[[], tuple[Any, ...]], others: int) -> tuple[Any, ...]:
        """What a handler gives, or the error as a message and nothing in the other outputs."""
        try:
            return answer()
        except InputError as error:
            return (message(str(error), "error"), *[None] * others)


PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def on_load(answer: Callable[..., Any], inputs: Any, outputs: Any) -> Any:
    """Run a handler when the page that is being built is opened."""
    root = gr.context.Context.root_block
    assert root is not None, "a tab is built inside a page"
    return root.load(answer, inputs, outputs, **PRIVATE)
