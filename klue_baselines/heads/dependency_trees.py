"""The best heads of a sentence's eojeols, with and without the demand that they form a tree.

Scores of a sentence have shape (words, words + 1): row d is word d + 1 as a dependent, column h the
head, 0 being the root. Heads are returned as int64 (words,).
"""

from __future__ import annotations

import numpy as np


def best_heads(scores: np.ndarray) -> np.ndarray:
    """Return the best head of each word by itself, as in KLUE's original; it may not be a tree.

    >>> best_heads(np.array([[0, 0, 9], [1, 5, 0]])).tolist()
    [2, 1]
    """
    return scores.argmax(-1)


def best_tree(scores: np.ndarray) -> np.ndarray:
    """Return the highest-scoring tree in which exactly one word has the root as its head.

    Chu and Liu 1965, Edmonds 1967. One root alone: every arc from the root costs more than any
    tree could win by a second one.

    >>> best_tree(np.array([[0, 0, 9], [1, 5, 0]])).tolist()
    [2, 0]
    """
    words = len(scores)
    greedy = best_heads(scores)
    if is_tree(greedy):
        return greedy
    square = np.full((words + 1, words + 1), -np.inf)
    square[1:] = scores
    square[1:, 0] -= np.ptp(scores[np.isfinite(scores)]) * (words + 1) + 1
    np.fill_diagonal(square, -np.inf)
    return _arborescence(square)[1:]


def head_final_tree(scores: np.ndarray) -> np.ndarray:
    """Return the best tree whose arcs all go to the right, up to the last word as the root.

    So are all trees of KLUE: Korean is head-final, and its guidelines make that a rule. Each word
    can choose by itself, since arcs that only go to the right never close a circle.

    >>> head_final_tree(np.array([[9, 0, 1, 2], [0, 9, 0, 1], [0, 0, 9, 0]])).tolist()
    [3, 3, 0]
    """
    words = len(scores)
    right = np.arange(words + 1) > np.arange(1, words + 1)[:, None]
    heads = np.where(right, scores, -np.inf).argmax(-1)
    heads[-1:] = 0
    return heads


def is_tree(heads: np.ndarray) -> bool:
    """Return whether one word has the root as its head and all words hang on it.

    >>> is_tree(np.array([2, 0])), is_tree(np.array([0, 0])), is_tree(np.array([2, 1, 0]))
    (True, False, False)
    """
    if (heads == 0).sum() != 1:
        return False
    above = np.concatenate([[0], heads])
    reached = above
    for _ in range(len(heads).bit_length()):
        reached = reached[reached]  # twice as far up as before
    return not reached.any()


def _arborescence(scores: np.ndarray) -> np.ndarray:
    """Return the heads of the best arborescence from node 0; no arc is scores[d, h] = -inf."""
    heads = scores.argmax(1)
    heads[0] = 0
    circle = _circle(heads)
    if not circle:
        return heads
    inside = np.zeros(len(scores), dtype=bool)
    inside[circle] = True
    outer = np.flatnonzero(~inside)  # node 0 is outside every circle and stays the first
    members = np.asarray(circle)
    # The circle becomes one node, the last: to enter it at a member breaks the member's own arc.
    gain = scores[np.ix_(members, outer)] - scores[members, heads[members]][:, None]
    enter = gain.argmax(0)
    leave = scores[np.ix_(outer, members)].argmax(1)
    size = len(outer) + 1
    smaller = np.full((size, size), -np.inf)
    smaller[:-1, :-1] = scores[np.ix_(outer, outer)]
    smaller[-1, :-1] = gain.max(0)
    smaller[:-1, -1] = scores[np.ix_(outer, members)].max(1)
    smaller[0] = -np.inf
    found = _arborescence(smaller)
    result = heads.copy()
    for place, node in enumerate(outer[1:], start=1):
        head = found[place]
        result[node] = members[leave[place]] if head == size - 1 else outer[head]
    entered = members[enter[found[-1]]]
    result[entered] = outer[found[-1]]
    return result


def _circle(heads: np.ndarray) -> list[int]:
    """Return the nodes of a circle that does not contain node 0, none if there is no circle."""
    state = np.zeros(len(heads), dtype=np.int64)
    for start in range(1, len(heads)):
        node = start
        while node and not state[node]:
            state[node] = start
            node = int(heads[node])
        if node and state[node] == start:
            circle = [node]
            while heads[circle[-1]] != node:
                circle.append(int(heads[circle[-1]]))
            return circle
    return []
