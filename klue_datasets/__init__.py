"""KLUE's eight tasks as data.

In go the raw files of version 1.1, from a folder, from their official addresses or from the bundled
sample. Out come a `datasets.Dataset` (`load`), plain rows (`read_rows`), a folder of Parquet files
and a card as a Hub repository holds them (`build`), and reports on what the files hold (`report/`).
A wrong file is a DataError: one line that says where, what was found and what was expected.

Example:
    >>> from klue_datasets import TASKS, load
    >>> list(TASKS)
    ['ynat', 'sts', 'nli', 'ner', 're', 'dp', 'mrc', 'wos']
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .errors import DataError
from .rows import read_rows
from .sources import load_ontology
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
