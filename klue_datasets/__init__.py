"""KLUE's eight tasks as `datasets`: readers of the official v1.1 files, and what goes with them.

Example:
    >>> from klue_datasets import TASKS, load
    >>> list(TASKS)
    ['ynat', 'sts', 'nli', 'ner', 're', 'dp', 'mrc', 'wos']
"""

from .builder import Klue, load
from .errors import DataError
from .folder import build
from .registry import register
from .sources import load_ontology
from .task import DatasetTask
from .tasks import TASKS

__all__ = [
    "TASKS",
    "DataError",
    "DatasetTask",
    "Klue",
    "build",
    "load",
    "load_ontology",
    "register",
]
