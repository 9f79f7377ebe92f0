"""The file of everybody's answers, read again: it may be cut or changed by then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from klue_common.errors import InputError
from klue_common.own_files import is_number, parse_json, read_text

from .adjudication import Adjudicated, adjudicate, line_of
from .form_results import Results
from .label_studio import Answered
from .task import AnnotationTask, Fields, Item, Vote

EXPECTED = "a line as `klue annotate import` writes it"


def read_votes(task: AnnotationTask, path: Path) -> list[Adjudicated]:
    """Return the items of a file with everybody's answers, and gold by the task's rule.

    Raises:
        InputError: it cannot be read, a line holds what the form cannot give, its gold is not what
            the answers give, or an item is there twice.
    """
    found: dict[str, Adjudicated] = {}
    for number, line in enumerate(read_text(path, EXPECTED).split("\n"), 1):
        if not line.strip():
            continue
        place = f"{path}: line {number}"
        one = _adjudicated(task, place, parse_json(line, place, EXPECTED))
        guid = one.item["guid"]
        if guid in found:
            raise InputError(f"{place}: found item {guid} twice, expected it once")
        found[guid] = one
    return list(found.values())


def _adjudicated(task: AnnotationTask, place: str, line: Fields) -> Adjudicated:
    """Return the item of a line, once its line would be the same again."""
    try:
        item = dict(line["item"])
        votes = tuple(_vote(task, item, vote) for vote in line["votes"])
        (one,) = adjudicate(task, [Answered(item, votes)])
        same = bool(json.loads(line_of(one)) == line)
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        same = False
    if not same:
        raise InputError(f"{place}: found a line that was changed or cut, expected {EXPECTED}")
    return one


def _vote(task: AnnotationTask, item: Item, found: dict[str, Any]) -> Vote:
    """Return an answer that the form can give.

    Raises:
        ValueError: it cannot.
    """
    vote = Vote(**found)
    known = isinstance(vote.annotator, str) and isinstance(vote.why_not, str)
    if not known or not (vote.seconds is None or is_number(vote.seconds)):
        raise ValueError("no answer of a person")
    if vote.answer is not None:
        task.answer(item, Results(task.results(item, vote.answer), task.fields))
    return vote
