"""What the page needs of Gradio beyond its documented interface.

Each name here may move with a release of Gradio; tests/space_app/test_gradio_internals.py and
test_browser.py say which one did.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
from gradio.state_holder import SessionState, StateHolder

# Elements that `STYLE` and the page's own scripts find by the names of their classes, and why.
ELEMENTS: Mapping[str, str] = {
    ".gradio-container": "the page's own colours are set on the outermost element, for each theme",
    ".block > .html-container > .prose": "an HTML part without content must take no room",
    ".block textarea": "a browser tells what is selected in a box by the box itself",
}
STYLE = """
/* Gradio's variables follow its light and dark themes; its own subdued grey is too pale to read. */
.gradio-container { --quiet: #566376; --body-text-color-subdued: #566376; }
.dark .gradio-container, .gradio-container.dark { --quiet: #a9b4c4;
  --body-text-color-subdued: #a9b4c4; }
.gradio-container .html-container { padding: 0; }
.gradio-container .block:has(> .html-container > .prose:empty) { display: none; }
.gradio-container textarea, .gradio-container button { word-break: keep-all; }
"""


def text_area(elem_id: str) -> str:
    """Return the selector of the element that a person types in, of the `gr.Textbox` of an id.

    >>> text_area("sentence")
    '#sentence textarea'
    """
    return f"#{elem_id} textarea"


def named_inputs(handler: Callable[..., Any], names: Sequence[str]) -> Callable[..., Any]:
    """Return a handler of any number of inputs under the names that programs call them by.

    Gradio reads how many inputs a handler takes, and what an endpoint calls them, off the handler's
    signature; `*inputs` would have no names.

    Args:
        handler: (request, *inputs) -> the outputs.
        names: of the inputs.
    """

    def named(request: gr.Request, *inputs: Any) -> Any:
        return handler(request, *inputs)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter(name, kind) for name in ("request", *names)]
    named.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return named


class Sessions(StateHolder):
    """What Gradio keeps of each session, but for the configuration of the page's parts.

    Gradio works that out anew for every session, for links that lead back into one, which this
    page has not: 85 ms for its 437 parts. What changes is worked out when it does.
    """

    def __getitem__(self, session_id: str) -> SessionState:
        """Return what is kept of a session, and begin with it if need be."""
        if session_id not in self.session_data:
            shell: Any = SimpleNamespace(default_config=self.blocks.default_config, blocks={})
            self.session_data[session_id] = SessionState(shell)
        return super().__getitem__(session_id)


def upload_folder(app: Any) -> Path:
    """Return where Gradio keeps what visitors upload."""
    return Path(app.uploaded_file_dir)


def forget_sessions(app: Any, content: Any, address: str, most: int) -> None:
    """Count a request of a session, and let go of those not heard of longest.

    Gradio keeps a copy of the page for each session, and answers that nobody has fetched; the
    first are bounded by `launch(state_session_capacity=...)`, the second are not. An address that
    has more than a quarter of the sessions loses its own.

    Args:
        app: Gradio's.
        content: of the request.
        address: whose it is.
        most: sessions that are kept.
    """
    app.state_holder.__class__ = Sessions
    queue = app.get_blocks()._queue
    sessions: dict[str, str] = app.__dict__.setdefault("klue_sessions", {})
    for other in list(queue.pending_event_ids_session):
        sessions.setdefault(other, "")  # of a call without a session, which is its event then
    session = content.get("session_hash")
    if isinstance(session, str):
        # Taken out and put back: the dictionary stays in the order of the last request.
        sessions.pop(session, None)
        sessions[session] = address
        own = [name for name, of in sessions.items() if of == address]
        if len(own) > max(1, most // 4):
            forget(queue, sessions, own[0])
    while len(sessions) > most:
        forget(queue, sessions, next(iter(sessions)))


def forget(queue: Any, sessions: dict[str, str], session: str) -> None:
    """Let go of what a session has asked for and not fetched."""
    del sessions[session]
    queue.pending_messages_per_session.pop(session, None)
    for event in queue.pending_event_ids_session.pop(session, ()):
        waiting = queue.event_ids_to_events.get(event)
        if waiting is not None:
            waiting.alive = False
