"""Label Studio's tasks and exports: items go there, and come back with people's answers.

A task's `data` holds what the form shows, and beside it the item and a digest of both, so that an
export can be read by itself, and a text that somebody changed there is noticed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from klue_common.errors import InputError
from klue_common.own_files import is_number, is_whole
from klue_datasets.errors import show
from klue_datasets.files import written
from klue_datasets.raw.json_rows import read_objects

from .form_results import Results
from .misfits import MisfitError, SlipError
from .task import AUTHOR, AnnotationTask, Fields, Item, Vote

REFUSED = "refused"


@dataclass(frozen=True)
class Answered:
    """An item and what people answered, in the order in which they did, the author first."""

    item: Item
    votes: tuple[Vote, ...]


def task_of(task: AnnotationTask, item: Item, before: Any = None, whose: str = "") -> Fields:
    """Return Label Studio's task of an item.

    Args:
        task: what people are asked.
        item: the item.
        before: the answer that people are to review, if there is one.
        whose: who gave it.
    """
    made: Fields = {"data": data_of(task, item)}
    if before is not None:
        made["predictions"] = [{"model_version": whose, "result": task.results(item, before)}]
    return made


def data_of(task: AnnotationTask, item: Item) -> Fields:
    """Return what a task holds: what the form shows, the item, and a digest of both."""
    held: Fields = {**task.show(item), "task": task.name, "item": dict(item)}
    return {**held, "digest": digest_of(held)}


def digest_of(held: Mapping[str, Any]) -> str:
    """Return 16 hex digits that change if and only if what is held does.

    >>> digest_of({"title": "비"})
    '2e95607656374fc5'
    """
    text = json.dumps(held, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def write_tasks(path: Path, tasks: Iterable[Fields]) -> int:
    """Write the file that Label Studio imports, whole or not at all; return how many tasks it has.

    Raises:
        DataError: it cannot be written.
    """
    number = 0
    with written(path) as file:
        for number, made in enumerate(tasks, 1):
            text = json.dumps(made, ensure_ascii=False)
            file.write(f"{'[' if number == 1 else ','}\n{text}".encode())
        file.write(b"\n]\n")
    return number


def tasks_to_annotate(task: AnnotationTask, items: Iterable[Fields]) -> Iterator[Fields]:
    """Yield the tasks of items, to be reviewed with the author's answer where there is one."""
    for item in items:
        before = task.author(item) if task.reviewed else None
        yield task_of(task, item, before, AUTHOR)


def tasks_to_review(task: AnnotationTask, exports: Sequence[Path]) -> Iterator[Fields]:
    """Yield the tasks of a further pass: each with the last answer to its item.

    Raises:
        InputError: the task's answers are not reviewed, or an export is wrong.
    """
    if not task.reviewed:
        expected = "a task whose answers are reviewed"
        raise InputError(
            f"TASK: found {task.name!r}, whose people answer alone, expected {expected}"
        )
    for answered in read_exports(task, exports):
        counted = [vote for vote in answered.votes if vote.answer is not None]
        vote = counted[-1] if counted else Vote("", None)
        yield task_of(task, answered.item, vote.answer, f"annotator {vote.annotator}")


def read_exports(task: AnnotationTask, paths: Sequence[Path]) -> list[Answered]:
    """Read one project's export, or those of several passes, first pass first.

    Raises:
        InputError: a file is no export of the task's project, or holds what the form cannot give.
    """
    items: dict[str, Item] = {}
    votes: dict[str, list[Vote]] = {}
    for path in paths:
        for answered in _read_export(task, path):
            guid = answered.item["guid"]
            if items.setdefault(guid, answered.item) != answered.item:
                raise InputError(f"{path}: item {guid}: found another text than in the pass before")
            known = votes.setdefault(guid, [])
            _one_each(f"{path}: item {guid}", known, answered.votes)
            known += answered.votes
    author = {guid: task.author(item) for guid, item in items.items()}
    return [
        Answered(item, (*_by_author(author[guid]), *votes[guid])) for guid, item in items.items()
    ]


def _by_author(answer: Any) -> list[Vote]:
    return [] if answer is None else [Vote(AUTHOR, answer)]


def _one_each(place: str, known: Iterable[Vote], votes: Iterable[Vote]) -> None:
    """Let answers of different people pass."""
    seen = {vote.annotator for vote in known}
    for vote in votes:
        if vote.annotator in seen:
            found = f"two annotations of annotator {vote.annotator}"
            raise InputError(f"{place}: found {found}, expected one of each person")
        seen.add(vote.annotator)


def _read_export(task: AnnotationTask, path: Path) -> Iterator[Answered]:
    """Yield the items of a file, each once."""
    seen: set[str] = set()
    number = 0
    for batch in read_objects(path):
        for number, found in enumerate(batch, number + 1):  # noqa: B020 - goes on counting
            item = _item(task, f"{path}: task {number}", found)
            place = f"{path}: item {item['guid']}"
            if item["guid"] in seen:
                raise InputError(f"{place}: found twice, expected once")
            seen.add(item["guid"])
            yield Answered(item, _votes(task, place, item, found.get("annotations")))
    if not seen:
        raise InputError(f"{path}: found no tasks, expected those of a project of {task.name}")


def _item(task: AnnotationTask, place: str, found: Fields) -> Item:
    """Return the item of a task, once it is known to be as it was sent."""
    data = found.get("data")
    item = data.get("item") if isinstance(data, dict) else None
    expected = f"a task that `klue annotate export {task.name}` made"
    guid = item.get("guid") if isinstance(item, dict) else None
    if not isinstance(data, dict) or not isinstance(item, dict) or not isinstance(guid, str):
        raise InputError(f"{place}: found {show(data)}, expected {expected}")
    if data.get("task") != task.name:
        raise InputError(f"{place}: found the task {show(data.get('task'))}, expected {expected}")
    place = f"{place} ({show(guid)})"
    try:
        sent = data_of(task, item)
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        raise InputError(f"{place}: found an item that was changed, expected {expected}") from None
    for name in sent:
        if data.get(name) != sent[name]:
            changed = "item" if name == "digest" else name
            there = f"{changed} changed to {show(data.get(changed))}"
            raise InputError(f"{place}: found {there}, expected it as it was sent")
    return item


def _votes(task: AnnotationTask, place: str, item: Item, found: Any) -> tuple[Vote, ...]:
    """Return the answers of an item in the order in which they were given."""
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InputError(
            f"{place}: found {show(found)} for annotations, expected a list of objects"
        )
    in_order = sorted(found, key=lambda one: (str(one.get("created_at")), str(one.get("id"))))
    votes = [_vote(task, place, item, annotation) for annotation in in_order]
    _one_each(place, (), votes)
    return tuple(votes)


def _vote(task: AnnotationTask, place: str, item: Item, annotation: Fields) -> Vote:
    """Return one person's answer."""
    place = f"{place}: annotation {show(annotation.get('id'))}"
    who = annotation.get("completed_by")
    who = who.get("id") if isinstance(who, dict) else who
    if not is_whole(who):
        raise InputError(f"{place}: found no annotator, expected the number of one (completed_by)")
    took = annotation.get("lead_time")
    seconds = float(took) if took is not None and is_number(took) else None
    annotator = f"{who:02d}"
    if annotation.get("was_cancelled"):
        return Vote(annotator, None, REFUSED, seconds)
    try:
        answer = task.answer(item, Results(annotation.get("result"), task.fields))
    except SlipError as error:
        return Vote(annotator, None, str(error), seconds)
    except MisfitError as error:
        raise InputError(f"{place} (annotator {annotator}): {error}") from None
    return Vote(annotator, answer, "", seconds)
