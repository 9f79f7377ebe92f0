"""What a file says of the references: its own ones, which are never used, and its texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from klue_metrics import Gold

from .asked import Answer, Asked
from .cells import value_of
from .columns import reference_columns

Placed = Sequence[tuple[Any, Answer]]
# Half a unit of KLUE's rounded scores: a file may have them instead of the exact ones.
ROUNDED = 0.05 + 1e-9
PAIRS = 2  # of labels that stand for each other, named in a note


def other_references(asked: Asked, said_in: Mapping[str, str], placed: Placed) -> list[str]:
    """Return in words which columns of a file's own references differ from KLUE's.

    Args:
        asked: with KLUE's.
        said_in: field -> the column of its predictions.
        placed: the answers behind their guids.
    """
    gold = dict(zip(asked.gold.guids, asked.gold.references, strict=True))
    pairs = [(gold[guid], one.beside) for guid, one in placed if guid in gold]
    notes = []
    for name, column in said_in.items():
        for own in reference_columns(list(placed[0][1].beside), name, column):
            both = [
                (
                    part_of(reference, name),
                    value_of(beside.get(own), asked.kinds[name], order_of(asked)),
                )
                for reference, beside in pairs
            ]
            different = [(right, found) for right, found in both if not same(right, found)]
            if different and all(right is not None for right, _ in both):
                notes.append(
                    f"its column {own!r:.40} differs from KLUE's references in "
                    f"{len(different):,} of {len(both):,} rows{often(different)}; KLUE's count"
                )
    return notes


def order_of(asked: Asked) -> tuple[str, ...]:
    """Return the Hub's order of the labels: nothing is known about that of a file's references."""
    return asked.metric.labels.names if asked.metric.labels else ()


def part_of(reference: Any, field: str) -> Any:
    """Return what a reference has for a field; None where it has something else."""
    return reference.get(field) if isinstance(reference, Mapping) else reference


def same(right: Any, found: Any) -> bool:
    """Return whether a file's own reference is KLUE's.

    >>> same("neutral", "neutral"), same(4.857142857142857, 4.9), same([2, 0], [2, 1])
    (True, True, False)
    """
    if isinstance(right, float) and isinstance(found, int | float):
        return abs(right - found) <= ROUNDED
    return bool(right == found)


def often(different: Sequence[tuple[Any, Any]]) -> str:
    """Return in words which labels stand for which, where references are labels.

    >>> often([("neutral", "contradiction")] * 3 + [("contradiction", "neutral")])
    ' (contradiction for neutral 3 times, neutral for contradiction 1 times)'
    """
    labels = [pair for pair in different if all(isinstance(label, str) for label in pair)]
    shown = [
        f"{found:.40} for {right} {count:,} times"
        for (right, found), count in Counter(labels).most_common(PAIRS)
    ]
    return f" ({', '.join(shown)})" if shown else ""


def other_texts(gold: Gold, answers: Sequence[Answer]) -> list[str]:
    """Return in words whether texts of a file without guids are other ones than KLUE's."""
    notes = []
    for name in answers[0].beside.keys() & gold.shown[0].keys():
        pairs = zip(gold.shown, answers, strict=True)
        differ = sum(shown[name] != one.beside.get(name) for shown, one in pairs)
        if differ:
            notes.append(
                f"its column {name!r:.40} differs from KLUE's texts in {differ:,} of "
                f"{len(answers):,} rows: do its rows stand in another order?"
            )
    return sorted(notes)
