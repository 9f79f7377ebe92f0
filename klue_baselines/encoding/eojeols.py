"""Sentences given as eojeols: in parts that an encoder takes, and where the words' tokens stand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from .encoder import TextEncoder

Part = tuple[int, int, list[int], list[int | None]]


def sentence_parts(words: Sequence[str], encoder: TextEncoder) -> list[Part]:
    """Return a sentence in as few parts as the encoder takes, of whole eojeols.

    A part: its first eojeol, how many it has, its tokens, and the eojeol of each token. Of an
    eojeol that is longer than a part, the beginning is read.
    """
    tok = encoder.tokenizer
    room = encoder.max_length - tok.num_special_tokens_to_add()
    encoding = tok(words, is_split_into_words=True, add_special_tokens=False, verbose=False)
    sizes = np.bincount(list(encoding.word_ids()), minlength=len(words))
    starts, held = [0], 0
    for word, size in enumerate(sizes.tolist()):
        if held and held + size > room:
            starts.append(word)
            held = 0
        held += size
    parts: list[Part] = []
    for start, end in pairwise([*starts, len(words)]):
        part = encoder([words[start:end]], is_split_into_words=True)
        parts.append((start, end - start, part["input_ids"][0], part.word_ids(0)))
    return parts


def word_borders(word_ids: Sequence[int | None], words: int) -> tuple[list[int], list[int]]:
    """Return where each word's first and last token stand.

    A word of which the tokenizer makes nothing stands where the word before it ends, or else
    where the next one begins.

    >>> word_borders([None, 0, 0, 1, 3, None], 5)
    ([1, 3, 3, 4, 4], [2, 3, 3, 4, 4])
    """
    found: dict[int, tuple[int, int]] = {}
    for at, word in enumerate(word_ids):
        if word is not None:
            found[word] = (found.get(word, (at, at))[0], at)
    # Where there is no token at all, behind the one that opens a text: place 0 is that of no word.
    place = min((start for start, _ in found.values()), default=1)
    first, last = [], []
    for word in range(words):
        start, place = found.get(word, (place, place))
        first.append(start)
        last.append(place)
    return first, last
