"""KLUE's eight tasks as `datasets`: readers of the official v1.1 files, and what goes with them.

Example:
    >>> from klue_datasets import TASKS, load
    >>> list(TASKS)
    ['ynat', 'sts', 'nli', 'ner', 're', 'dp', 'mrc', 'wos']
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .errors import DataError
from .sources import load_ontology
from .splits import read_rows
from .task import DatasetTask
from .tasks import TASKS

if TYPE_CHECKING:
    from .builder import Klue, load
    from .folder import build
    from .registry import register

__all__ = [
    "TASKS",
    "DataError",
    "DatasetTask",
    "Klue",
    "build",
    "load",
    "load_ontology",
    "read_rows",
    "register",
]

_LATER = {"Klue": "builder", "build": "folder", "load": "builder", "register": "registry"}


def __getattr__(name: str) -> Any:
    """Import what needs the `datasets` library when it is asked for: that takes seconds."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_LATER[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
