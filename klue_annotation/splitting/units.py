"""What must stand on one side: rows that share a text, exactly or nearly, or belong together."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from klue_text.duplicates import near_pairs, skeleton

Texts = Sequence[Sequence[str]]
"""Of each row its texts."""


class Overlap(NamedTuple):
    """How many texts of validation are in train too: as the same letters, or nearly."""

    exact: int
    near: int


def units_of(texts: Texts, together: Sequence[Hashable]) -> npt.NDArray[np.int64]:
    """Return the unit that each row is part of: no text is in two units, exactly or nearly.

    Rows that share a text are one unit, so are rows with near duplicates, and rows that are
    together with one of them for either reason.

    Args:
        texts: of each row.
        together: of each row a value; rows with the same one are one unit.

    Returns:
        (rows,): numbers of units from 0, in the order in which they begin.

    Example:
        >>> units_of([["비가 온다"], ["눈"], ["비가 온다."], ["해"]], ["a", "b", "c", "b"]).tolist()
        [0, 1, 0, 1]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    nodes: dict[Hashable, int] = {}  # letters and values of `together`, after the rows
    ends: list[tuple[int, int]] = []
    for row, (parts, value) in enumerate(zip(texts, together, strict=True)):
        keys: list[Hashable] = [*map(skeleton, parts), ("together", value)]
        ends += [(row, len(texts) + nodes.setdefault(key, len(nodes))) for key in keys]
    letters = [key for key in nodes if isinstance(key, str)]
    at = np.array([len(texts) + nodes[key] for key in letters], np.int64)
    edges = np.concatenate([np.array(ends, np.int64).reshape(-1, 2), at[near_pairs(letters)]])
    size = len(texts) + len(nodes)
    graph = coo_array((np.ones(len(edges), np.int8), (edges[:, 0], edges[:, 1])), (size, size))
    _, component = connected_components(graph, directed=False)
    _, first, unit = np.unique(component[: len(texts)], return_index=True, return_inverse=True)
    order = np.empty(len(first), np.int64)
    order[np.argsort(first)] = np.arange(len(first))
    return order[unit]


def overlap(train: Texts, validation: Texts) -> Overlap:
    """Count the texts of validation that are in train too.

    Example:
        >>> overlap([["비가 온다"]], [["비가  온다."], ["눈"]])
        Overlap(exact=1, near=0)
    """
    known = dict.fromkeys(skeleton(text) for texts in train for text in texts)
    asked = [skeleton(text) for texts in validation for text in texts]
    new = list(dict.fromkeys(letters for letters in asked if letters not in known))
    pairs = near_pairs([*known, *new])
    crossing = pairs[(pairs[:, 0] < len(known)) & (pairs[:, 1] >= len(known))]
    near = {new[at - len(known)] for at in crossing[:, 1].tolist()}
    return Overlap(sum(one in known for one in asked), sum(one in near for one in asked))
