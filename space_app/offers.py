"""Which tasks each tab can offer: those with a record in every room that the tab needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from klue_baselines.tasks import BASELINES
from klue_datasets import TASKS
from klue_metrics import METRICS

from .tasks import DEMOS
from .texts import Language

RECORDS: Mapping[str, Mapping[str, Any]] = {
    "klue_datasets": TASKS,
    "klue_metrics": METRICS,
    "klue_baselines": BASELINES,
    "space_app": DEMOS,
}


def all_tasks() -> list[str]:
    """Return every task that some room has a record of, in the order of the rooms' tables."""
    return list(dict.fromkeys(task for records in RECORDS.values() for task in records))


def offered(rooms: Sequence[str]) -> tuple[str, ...]:
    """Return the tasks that have a record in all of these rooms.

    >>> offered(["klue_metrics", "space_app"])[:2]
    ('ynat', 'sts')
    """
    return tuple(task for task in all_tasks() if not missing(task, rooms))


def missing(task: str, rooms: Sequence[str]) -> list[str]:
    """Return the rooms that have no record of a task."""
    return [room for room in rooms if task not in RECORDS[room]]


def left_out(needs: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a line for each task that a tab leaves out.

    Args:
        needs: tab -> the rooms of which it needs a record.
    """
    lines = []
    for task in all_tasks():
        tabs = [tab for tab, rooms in needs.items() if missing(task, rooms)]
        if tabs:
            rooms = ", ".join(missing(task, list(RECORDS)))
            lines.append(f"{task}: found no record in {rooms}; left out of {', '.join(tabs)}")
    return lines


def task_name(task: str, language: Language) -> str:
    """Return what a task is called, by its record here or in a room below.

    >>> from space_app.texts import ENGLISH
    >>> task_name("mrc", ENGLISH)
    'Reading'
    """
    if task in DEMOS:
        return language.of(DEMOS[task].texts).say("name")
    if task in TASKS:
        return (TASKS[task].korean_title, TASKS[task].title)[language.column]
    return METRICS[task].title if task in METRICS else task
