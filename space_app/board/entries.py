"""A submission, and what a place for submissions can do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from typing import Any, Protocol

from klue_common.own_files import is_number, is_whole, parse_json
from klue_common.progress import note
from klue_results.result_files import is_count, is_interval

SURROGATE = re.compile("[\ud800-\udfff]")
NEEDED = ("id", "task", "model")  # a line without one of them is no entry
# What was scored: a model that was fine-tuned for the task, or one that was asked by prompt.
ENCODER, LANGUAGE_MODEL = "", "language model"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One submission, a line of the store.

    A line is read by what it holds: scores that this version does not know are kept, and what the
    line lacks has its default.

    Attributes:
        id: digest of task, model and predictions.
        task, model: what was scored, and what the model is called.
        created: the time, ISO 8601.
        link: where the model is described.
        parameters: in millions, None if not told.
        trained_on, selected_on: in the words of who submitted it.
        scores: name -> 0-100.
        intervals: name -> the 95 % bootstrap interval.
        split, examples: what it was scored on.
        data: digest of the references.
        sample: whether they are those of the bundled sample.
        predictions: SHA-256 of the predictions, which the store keeps beside.
        open_weights: whether the model can be had by everybody, in the words of who submitted it.
        equal_to_gold: whether they are the references themselves; None if the line does not tell.
        kind: ENCODER or LANGUAGE_MODEL.
        asked: how a language model was asked, in the words of who submitted it.
        unknown_labels: how many of its answers were "invented" or "empty", and counted as wrong.
        trivial: score -> that of an answer without a model on the same references.
    """

    id: str
    created: str = ""
    task: str
    model: str
    link: str = ""
    parameters: float | None = None
    trained_on: str = ""
    selected_on: str = ""
    open_weights: bool = False
    scores: Mapping[str, float] = field(default_factory=dict)
    intervals: Mapping[str, list[float]] = field(default_factory=dict)
    split: str = ""
    examples: int = 0
    data: str = ""
    sample: bool = False
    predictions: str = ""
    equal_to_gold: bool | None = None
    kind: str = ENCODER
    asked: str = ""
    unknown_labels: Mapping[str, int] = field(default_factory=dict)
    trivial: Mapping[str, float] = field(default_factory=dict)

    def line(self) -> bytes:
        """Return the entry as a line of JSON."""
        text = json.dumps(asdict(self), ensure_ascii=False, allow_nan=False)
        return text.encode() + b"\n"

    @classmethod
    def of_line(cls, line: bytes) -> Entry:
        """Read a line that `line` has written, in this version or in another.

        Raises:
            ValueError: it is no entry.
        """
        expected = f"an object with {', '.join(NEEDED)}"
        content = parse_json(line.decode("utf-8"), "the line", expected)
        if not all(content.get(name) for name in NEEDED):
            raise ValueError(f"expected {expected}")
        known = (field.name for field in fields(cls))
        kept = {name: content[name] for name in known if content.get(name) is not None}
        for name, value in kept.items():
            if not HOLDS[name](value):
                raise ValueError(f"found {type(value).__name__} as {name}")
        for name, right in ITEMS.items():
            kept[name] = {key: item for key, item in kept.get(name, {}).items() if right(item)}
        return cls(**kept)


def is_text(value: Any) -> bool:
    """Return whether a value is a text without halves of characters."""
    return isinstance(value, str) and not SURROGATE.search(value)


# Whether an item of a field that holds several is one; others are left out.
ITEMS: Mapping[str, Callable[[Any], bool]] = {
    "scores": is_number,
    "intervals": is_interval,
    "unknown_labels": is_count,
    "trivial": is_number,
}
# Whether a value of a line is what the field holds; a line with another one is no entry.
HOLDS: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys((field.name for field in fields(Entry)), is_text),
    "parameters": is_number,
    "examples": is_whole,
    "kind": lambda value: value in (ENCODER, LANGUAGE_MODEL),
    **dict.fromkeys(ITEMS, lambda value: isinstance(value, dict)),
    **dict.fromkeys(
        ("sample", "equal_to_gold", "open_weights"), lambda value: isinstance(value, bool)
    ),
}


def read_lines(lines: bytes, place: str) -> list[Entry]:
    """Return the entries of a store's lines; a line that is none is named on stderr and left out.

    Args:
        lines: whole ones.
        place: what the store is called.
    """
    entries = []
    for number, line in enumerate(lines.splitlines(), start=1):
        try:
            entries.append(Entry.of_line(line))
        except ValueError as error:
            name_once(f"{place}:{number}: found no entry of the leaderboard ({error}), left out")
    return entries


@cache
def name_once(line: str) -> None:
    """Say a line on stderr the first time that it comes up: a store is read again and again."""
    note(line)


class Store(Protocol):
    """Where submissions live: a folder or a repository of the Hub, with the same layout.

    `submissions.jsonl` holds an entry a line and only ever grows; `predictions/<id>.jsonl.gz` holds
    what an entry was scored from. The page never gives the latter back.
    """

    def append(self, entry: Entry, predictions: bytes) -> None:
        """Keep an entry for good; a return means that it is there.

        Raises:
            InputError: an entry of this id is there already.
        """
        ...

    def read(self) -> list[Entry]:
        """Return all entries in the order in which they were accepted."""
        ...

    def predictions(self, entry: str) -> bytes:
        """Return the predictions (JSON Lines) behind the entry of an id."""
        ...
