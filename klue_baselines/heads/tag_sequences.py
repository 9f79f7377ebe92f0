"""Sequences of BIO tags: the best ones for a sentence's characters, valid or each by itself.

Scores of a sentence are log-probabilities of shape (characters, tags); a tag is known by its place
in `names`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

IMPOSSIBLE = -100.0  # the log-probability of a tag that is out of the question
TOGETHER = 1 << 18  # characters, filled up, for which the best sequences are found at once


def may_follow(before: str, tag: str) -> bool:
    """Return whether a tag may follow another.

    >>> may_follow("O", "I-PS"), may_follow("B-PS", "I-PS"), may_follow("I-LC", "B-PS")
    (False, True, True)
    """
    return not tag.startswith("I-") or before[2:] == tag[2:]


def most_probable(scores: Sequence[np.ndarray], names: Sequence[str]) -> list[np.ndarray]:
    """Return the most probable tag of each character by itself."""
    return [rows.argmax(-1) for rows in scores]


def valid_sequences(scores: Sequence[np.ndarray], names: Sequence[str]) -> list[np.ndarray]:
    """Return the most probable sequences in which I-X follows B-X or I-X alone (Viterbi).

    Sentences of like length go on together, character by character.

    >>> odd = np.log([[0.1, 0.4, 0.5], [0.1, 0.8, 0.1]])    # O, then an I without its B
    >>> [tags.tolist() for tags in valid_sequences([odd], ["B-PS", "I-PS", "O"])]
    [[0, 1]]
    """
    lengths = [len(rows) for rows in scores]
    found: list[np.ndarray] = [np.zeros(0, np.int64)] * len(scores)
    for group in of_like_length(lengths):
        for at, row in zip(group, together([scores[at] for at in group], names), strict=True):
            found[at] = row
    return found


def of_like_length(lengths: Sequence[int], most: int = TOGETHER) -> Iterator[list[int]]:
    """Yield the places of sentences in groups that, filled up, have no more than `most` characters.

    One longer sentence is a group by itself.

    >>> list(of_like_length([2, 9, 1, 2], most=6))
    [[2, 0, 3], [1]]
    """
    group: list[int] = []
    for at in sorted(range(len(lengths)), key=lengths.__getitem__):
        if group and (len(group) + 1) * lengths[at] > most:
            yield group
            group = []
        group.append(at)
    if group:
        yield group


def together(scores: Sequence[np.ndarray], names: Sequence[str]) -> list[np.ndarray]:
    """Return the valid sequences of one group of sentences."""
    forbidden = np.array([[not may_follow(one, two) for two in names] for one in names])
    penalty = np.where(forbidden, -np.inf, 0.0)
    lengths = np.array([len(rows) for rows in scores])
    longest = max(lengths, default=0)
    padded = np.zeros((len(scores), longest, len(names)))
    for row, rows in zip(padded, scores, strict=True):
        row[: len(rows)] = rows
    back = np.zeros((longest, len(scores), len(names)), np.int8)
    best = np.where(np.array([may_follow("O", name) for name in names]), 0.0, -np.inf)
    best = np.broadcast_to(best, (len(scores), len(names)))
    ends = np.zeros_like(best)
    for at in range(longest):
        if at:
            paths = best[:, :, None] + penalty
            back[at] = paths.argmax(1)
            best = paths.max(1)
        best = best + padded[:, at]
        ends = np.where((lengths == at + 1)[:, None], best, ends)
    tag = ends.argmax(-1)
    found = np.zeros((len(scores), longest), np.int64)
    for at in range(longest - 1, -1, -1):
        inside = at < lengths
        found[inside, at] = tag[inside]
        tag = np.where(inside, back[at][np.arange(len(scores)), tag], tag)
    return [row[:length] for row, length in zip(found, lengths, strict=True)]


def continued(scores: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Return the scores of a character that continues the tag of the one before it.

    >>> continued(np.array([[0.5, 0.3, 0.2]]), ["B-PS", "I-PS", "O"]).tolist()
    [[-100.0, 0.5, 0.2]]
    """
    after = scores.copy()
    for at, name in enumerate(names):
        if name.startswith("B-"):
            inside = names.index(f"I-{name[2:]}")
            after[..., inside] = np.maximum(scores[..., at], scores[..., inside])
            after[..., at] = IMPOSSIBLE
    return after


def continue_tags(tags: np.ndarray, source: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Return tags, of which those with the source of the tag before them continue that tag.

    >>> tags, source = np.array([0, 0, 0, 2]), np.array([0, 0, 0, 1])
    >>> continue_tags(tags, source, ["B-PS", "I-PS", "O"]).tolist()
    [0, 1, 1, 2]
    """
    found = tags.copy()
    for at in np.flatnonzero(source[1:] == source[:-1]) + 1:
        found[at] = names.index(names[found[at - 1]].replace("B-", "I-"))
    return found


def fill_gaps(ids: np.ndarray, names: Sequence[str], outside: int) -> list[int]:
    """Tag the characters that no token covers: spaces, and what the tokenizer deletes.

    Such a character is inside an entity exactly if the entity goes on behind it.
    """
    filled = ids.tolist()
    following = outside
    for at in range(len(filled) - 1, -1, -1):
        if filled[at] < 0:
            filled[at] = following if names[following].startswith("I-") else outside
        following = filled[at]
    return filled
