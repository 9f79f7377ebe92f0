"""Texts as overlapping windows of tokens, each token with the characters that it covers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from klue_text.sentences import sentence_starts

from .encoder import TextEncoder, offsets
from .tokens import holds_lost_word, split_unknown_words, tokens_of

STRIDE = 64  # tokens that two neighbouring windows share


class Windows(NamedTuple):
    """Windows of tokens: their ids, character offsets (tokens, 2), and the text that each is of."""

    ids: list[list[int]]
    offsets: list[np.ndarray]
    owners: list[int]

    def add(self, ids: list[int], offsets: np.ndarray, owner: int) -> None:
        """Add a window."""
        self.ids.append(ids)
        self.offsets.append(offsets)
        self.owners.append(owner)


def windows_of(texts: Sequence[str], encoder: TextEncoder) -> Windows:
    """Return texts as windows of at most `encoder.max_length` tokens.

    A word of which the vocabulary lacks a single character becomes one [UNK] as a whole; such a
    text is tokenised again with the characters of those words apart, so that only the characters
    that are really unknown are lost to the model.
    """
    options: dict[str, Any] = {
        "stride": min(STRIDE, encoder.max_length // 4),
        "return_overflowing_tokens": True,
    }
    first = taken_from(encoder(texts, **options))
    unknown = encoder.tokenizer.unk_token_id
    lost = {
        owner
        for row, spans, owner in zip(*first, strict=True)
        if holds_lost_word(row, spans, unknown)
    }
    if not lost:
        return first
    again = sorted(lost)
    parts = [split_unknown_words(texts[index], encoder.tokenizer) for index in again]
    encoding = encoder(
        [[text for _, text in part] for part in parts], is_split_into_words=True, **options
    )
    second = taken_from(encoding, [[start for start, _ in part] for part in parts])
    kept = [index for index, owner in enumerate(first.owners) if owner not in lost]
    return Windows(
        [first.ids[index] for index in kept] + second.ids,
        [first.offsets[index] for index in kept] + second.offsets,
        [first.owners[index] for index in kept] + [again[owner] for owner in second.owners],
    )


def taken_from(encoding: Any, starts: Sequence[Sequence[int]] | None = None) -> Windows:
    """Return the windows of a tokenizer's answer.

    Args:
        encoding: of a batch, with overflowing tokens.
        starts: for texts given as words, where each word of each text begins.
    """
    owners = list(encoding["overflow_to_sample_mapping"])
    spans = []
    for window, owner in enumerate(owners):
        span = offsets(encoding, window)
        if starts is not None:
            words = np.array([-1 if word is None else word for word in encoding.word_ids(window)])
            span = span + np.where(words < 0, 0, np.array(starts[owner])[words])[:, None]
        spans.append(span)
    return Windows(list(encoding["input_ids"]), spans, owners)


def sentence_windows_of(texts: Sequence[str], encoder: TextEncoder) -> Windows:
    """Return texts as windows that, of longer texts, begin and end with sentences where they can.

    A text that fits is the one window that `windows_of` makes of it.
    """
    found = windows_of(texts, encoder)
    counts = np.bincount(found.owners, minlength=len(texts))
    made = Windows([], [], [])
    for ids, spans, owner in zip(*found, strict=True):
        if counts[owner] == 1:
            made.add(ids, spans, owner)
    for owner in np.flatnonzero(counts > 1).tolist():
        for ids, spans in sentence_windows(texts[owner], encoder):
            made.add(ids, spans, owner)
    return made


def sentence_windows(text: str, encoder: TextEncoder) -> Iterator[tuple[list[int], np.ndarray]]:
    """Yield the windows of a text that is longer than the encoder takes: ids, offsets."""
    ids, spans = tokens_of([text], encoder.tokenizer)[0]
    places = np.asarray(spans, dtype=np.int64).reshape(-1, 2)
    starts = np.searchsorted(places[:, 0], sentence_starts(text)).tolist()
    opening, closing = encoder.special_ids
    nothing = np.zeros((1, 2), np.int64)
    overlap = min(STRIDE, encoder.max_length // 4)
    for first, behind in cuts(len(ids), starts, encoder.max_length - 2, overlap):
        window = np.concatenate([nothing, places[first:behind], nothing])
        yield [opening, *ids[first:behind], closing], window


def cuts(tokens: int, starts: Sequence[int], room: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Yield where the windows of a text begin and end.

    Args:
        tokens: how many the text has.
        starts: the tokens at which its sentences begin, in order.
        room: tokens of a window at most.
        overlap: tokens that two neighbours share at least; less than half the room.

    Example:
        >>> list(cuts(20, [0, 4, 7, 12, 16], 10, 2))
        [(0, 7), (4, 12), (7, 16), (12, 20)]
    """
    first = 0
    while first + room < tokens:
        full = first + room
        behind = last_of(starts, first + room // 2, full) or full
        yield first, behind
        latest = behind - overlap
        first = last_of(starts, max(first, latest - room // 2), latest) or latest
    yield first, tokens


def last_of(starts: Sequence[int], above: int, most: int) -> int | None:
    """Return the last sentence start above a place and at most another, None without one."""
    at = bisect_right(starts, most)
    return starts[at - 1] if at and starts[at - 1] > above else None
