"""How several answers become one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from .task import Gold, Undecided


def majority(labels: Sequence[Hashable], threshold: int = 0) -> Gold | Undecided:
    """Return the label that enough people chose.

    Args:
        labels: one a person.
        threshold: how many must have chosen it; 0 for more than half.

    Example:
        >>> majority(["a", "b", "a"])
        Gold(answer='a')
        >>> majority(["a", "b", "c"])
        Undecided(found='a 1, b 1, c 1', expected='a label that 2 chose')
    """
    threshold = threshold or len(labels) // 2 + 1
    counts = Counter(labels).most_common()
    if counts[0][1] >= threshold:
        return Gold(counts[0][0])
    found = ", ".join(f"{label} {count}" for label, count in counts)
    return Undecided(found, f"a label that {threshold} chose")


def last(_: Mapping[str, Any], answers: Sequence[Any]) -> Gold:
    """Return what the last person left standing: each saw the answer before and corrected it.

    Example:
        >>> last({}, ["first pass", "second pass"])
        Gold(answer='second pass')
    """
    return Gold(answers[-1])
