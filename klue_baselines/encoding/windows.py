"""Texts as overlapping windows of tokens, each token with the characters that it covers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .encoder import TextEncoder, offsets
from .tokens import holds_lost_word, split_unknown_words

STRIDE = 64  # tokens that two neighbouring windows share


class Windows(NamedTuple):
    """Windows of tokens: their ids, character offsets (tokens, 2), and the text that each is of."""

    ids: list[list[int]]
    offsets: list[np.ndarray]
    owners: list[int]


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
