"""Labels that look as though a file counted them in another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .asked import Asked

# A model that is merely bad gains little from other names for its answers: of n random ones, by
# chance, a few times the root of n.
GAIN = 0.2  # of all examples
ROOTS = 3


def order_hint(asked: Asked, records: Sequence[dict[str, Any]], counted: bool) -> list[str]:
    """Return in words which other names for the labels would make far more answers right.

    Nothing is changed for it: a person who knows how the file counts says so with `--labels`.

    Args:
        asked: with KLUE's references.
        records: in their order.
        counted: whether labels stand in the file as numbers.
    """
    labels, name = asked.metric.labels, asked.metric.fields[0].name
    if labels is None or asked.kinds[name] != "label":
        return []
    gold = labels.encode(asked.gold.references, "references")
    predicted = labels.encode([one[name] for one in records], "predictions", "wrong")
    counts = np.zeros((len(labels) + 1, len(labels)))
    np.add.at(counts, (predicted, gold), 1)
    renamed = best_names(counts[:-1])
    right, better = np.trace(counts), counts[np.arange(len(labels)), renamed].sum()
    if better - right < max(GAIN * len(records), ROOTS * len(records) ** 0.5):
        return []
    meant = {labels.names[at]: labels.names[to] for at, to in enumerate(renamed.tolist())}
    shown = ", ".join(f"{read} meant {other}" for read, other in meant.items() if read != other)
    order = ",".join(meant[label] for label in asked.order)
    return [
        f"{share(right, len(records))} of the labels are right, and {share(better, len(records))} "
        f"would be if {shown}" + (f"; --labels {order} reads them so" if counted else "")
    ]


def best_names(counts: np.ndarray) -> np.ndarray:
    """Return which label each predicted one had to be for the most answers to be right.

    Args:
        counts: predicted x gold, float64 [labels, labels].

    Returns:
        int64 [labels], each label once; a label that is not predicted keeps its name if it can.

    Example:
        >>> best_names(np.array([[9.0, 1, 0], [0, 1, 8], [0, 9, 2]])).tolist()
        [0, 2, 1]
    """
    from scipy.optimize import linear_sum_assignment

    tie = np.eye(len(counts)) / (2 * len(counts))
    found: np.ndarray = linear_sum_assignment(counts + tie, maximize=True)[1]
    return found


def share(part: float, whole: int) -> str:
    """Return a share in per cent."""
    return f"{100 * part / whole:.2f} %"
