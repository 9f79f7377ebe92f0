"""The page, as a Space or by `klue space`: try the tasks, score, compare models, browse the data.

In go a person's texts, prediction files and submissions, fine-tuned models and the data at hand;
out come answers, scores with intervals, a leaderboard and examples, in Korean and in English.
`page.build(Settings(...))` makes the page.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .page import build
    from .settings import Settings

__all__ = ["Settings", "build"]

_HOMES = {"Settings": ".settings", "build": ".page"}


def __getattr__(name: str) -> Any:
    """Import a name of `__all__` when it is first asked for: gradio takes its time.

    Raises:
        AttributeError: the package has no such name.
    """
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
