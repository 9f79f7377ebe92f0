"""Hashes of all shingles of many documents at once, as rensa makes them one by one.

rensa hashes a token by rustc-hash: of up to 16 bytes, the first eight and the last eight decide.
Five letters have 5 to 16 bytes of UTF-8 but for rare scripts, and numpy takes them from the text
without making a string of each, which is most of the work. The values are rensa's own, so that what
was signed here and what was signed there may be compared; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

SHINGLE = 5  # characters, spaces left out
SEEDS = np.uint64(0x243F6A8885A308D3), np.uint64(0x13198A2E03707344)
FACTOR = np.uint64(0xF1357AEA2E62A9C5)
TURN = 26  # bits
LOW, HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
WIDE, NARROW = 8, 4  # bytes that are read at a time
LONGEST = 16  # bytes of a shingle that are hashed here

Hashes = npt.NDArray[np.uint64]


def shingles(letters: str) -> list[str]:
    """Return the shingles of a document; of a short one itself.

    >>> shingles("여덟과제로"), shingles("여덟과제로다"), shingles("둘")
    (['여덟과제로'], ['여덟과제로', '덟과제로다'], ['둘'])
    """
    last = max(len(letters) - SHINGLE + 1, 1)
    return [letters[at : at + SHINGLE] for at in range(last)]


def shingle_hashes(documents: Sequence[str]) -> tuple[Hashes, npt.NDArray[np.int64], list[int]]:
    """Hash the shingles of documents.

    Args:
        documents: the skeleton of each.

    Returns:
        Hashes one after another; where those of each document begin, and the end of the last; and
        the documents that are too short or too rare for this, which have none.

    Example:
        >>> hashes, offsets, left = shingle_hashes(["여덟과제로다", "둘"])
        >>> len(hashes), offsets.tolist(), left
        (2, [0, 2, 2], [1])
    """
    raw = "".join(documents).encode()
    content = np.frombuffer(raw + bytes(WIDE), np.uint8)
    starts = np.flatnonzero((content[: len(raw)] & 0xC0) != 0x80)
    starts = np.append(starts, len(raw))
    sizes = np.fromiter(map(len, documents), np.int64, len(documents))
    counts = np.maximum(sizes - SHINGLE + 1, 0)
    firsts = np.cumsum(sizes) - sizes
    owner = np.repeat(np.arange(len(documents)), counts)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    at = firsts[owner] + within
    begin, end = starts[at], starts[at + SHINGLE]
    long = np.bincount(owner, end - begin > LONGEST, minlength=len(documents)) > 0
    if long.any():
        kept = ~long[owner]
        begin, end, counts = begin[kept], end[kept], np.where(long, 0, counts)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return rustc_hash(content, begin, end), offsets, np.flatnonzero(counts == 0).tolist()


def rustc_hash(content: npt.NDArray[np.uint8], begin: Any, end: Any) -> Hashes:
    """Hash parts of a text of NARROW to LONGEST bytes; there are WIDE bytes more behind it."""
    size = len(content) - WIDE + 1
    wide: Any = np.ndarray((size,), "<u8", content, strides=(1,))
    narrow: Any = np.ndarray((size,), "<u4", content, strides=(1,))
    lengths = end - begin
    short = lengths < WIDE
    first = wide[begin]
    last = wide[np.maximum(end - WIDE, 0)]
    if short.any():
        first = np.where(short, first & LOW, first)
        last = np.where(short, narrow[end - NARROW].astype(np.uint64), last)
    hashes = (
        folded_product(first ^ SEEDS[0], last ^ SEEDS[1]) ^ lengths.astype(np.uint64)
    ) * FACTOR
    return (hashes << np.uint64(TURN)) | (hashes >> np.uint64(64 - TURN))


def folded_product(one: Hashes, other: Hashes) -> Hashes:
    """Return the halves of a product of 128 bits, one XOR the other.

    >>> [int(found) for found in folded_product(np.uint64([3, 1 << 63]), np.uint64([5, 6]))]
    [15, 3]
    """
    low, high, low_2, high_2 = one & LOW, one >> HALF, other & LOW, other >> HALF
    crossed, crossed_2 = low * high_2, high * low_2
    middle = (low * low_2 >> HALF) + (crossed & LOW) + (crossed_2 & LOW)
    upper = high * high_2 + (crossed >> HALF) + (crossed_2 >> HALF) + (middle >> HALF)
    return one * other ^ upper
