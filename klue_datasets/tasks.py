"""The table of the eight tasks, in the paper's order."""

from __future__ import annotations

from . import (
    dependency_parsing,
    dialogue_state_tracking,
    named_entity_recognition,
    natural_language_inference,
    reading_comprehension,
    relation_extraction,
    textual_similarity,
    topic_classification,
)
from .errors import DataError
from .task import DatasetTask

TASKS: dict[str, DatasetTask] = {
    "ynat": topic_classification.TASK,
    "sts": textual_similarity.TASK,
    "nli": natural_language_inference.TASK,
    "ner": named_entity_recognition.TASK,
    "re": relation_extraction.TASK,
    "dp": dependency_parsing.TASK,
    "mrc": reading_comprehension.TASK,
    "wos": dialogue_state_tracking.TASK,
}


def task_named(name: str) -> DatasetTask:
    """Look up a task.

    Raises:
        DataError: there is no such task; the message lists those there are.
    """
    if name not in TASKS:
        raise DataError(f"task: found {name!r}, expected one of {', '.join(TASKS)}")
    return TASKS[name]
