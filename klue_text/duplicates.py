"""Documents that were there before: exactly, or nearly.

Both indexes grow with the number of documents: by 80 bytes a document the exact one, by 1.5 kB the
near one. A corpus that does not fit into memory is compared on disk by the same signatures, by
`klue pretrain corpus`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from klue_common.extras import package

from .filters import SIGNS
from .shingles import shingle_hashes, shingles

NEAR = 0.8  # Jaccard similarity of the sets of shingles
PERMUTATIONS = 128
BANDS = 16  # of 8 permutations: of pairs at NEAR 95 % meet in one, at 0.9 all; then NEAR is checked


def words_of(text: str) -> list[str]:
    """Return the words of a text without signs and case.

    Example:
        >>> words_of("나는 “너를” 본다.")
        ['나는', '너를', '본다']
    """
    return SIGNS.sub("", text).lower().split()


def skeleton(text: str) -> str:
    """Return what two texts are compared by: letters and digits, without case.

    Example:
        >>> skeleton("“KLUE는, 벤치마크!”")
        'klue는벤치마크'
    """
    return "".join(words_of(text))


def rensa() -> Any:
    """Return the package that signs documents.

    Raises:
        InputError: it is not installed.
    """
    return package("rensa", "pretrain", "near duplicates", "--no-near-duplicates")


def signatures(documents: Sequence[str], seed: int = 0) -> npt.NDArray[np.uint32]:
    """Return the MinHash signature of the shingles of each document, by rensa.

    Args:
        documents: the skeleton of each.
        seed: of the hash functions.

    Returns:
        (documents, PERMUTATIONS); the share of equal values of two rows is about their similarity.

    Raises:
        InputError: rensa is not installed.

    Example:
        >>> one, other = signatures(["여덟과제로되어있다", "여덟과제로되어있나"])
        >>> len(one), bool(0.3 < (one == other).mean() < 1)
        (128, True)
    """
    hashed = rensa().RMinHash
    signs = np.empty((len(documents), PERMUTATIONS), np.uint32)
    hashes, offsets, left = shingle_hashes(documents)
    # One by one: for many at once rensa starts threads, which a process that is forked afterwards
    # has not, and waits for forever.
    for row, (first, last) in enumerate(pairwise(offsets)):
        matrix: Any = hashed.digest_matrix_from_flat_token_hashes(
            hashes[first:last], [0, last - first], PERMUTATIONS, seed
        )
        signs[row] = matrix.to_rows()[0]
    for row in left:
        minhash: Any = hashed(PERMUTATIONS, seed)
        minhash.update(shingles(documents[row]))
        signs[row] = minhash.digest()
    return signs


def near_pairs(documents: Sequence[str], seed: int = 0) -> npt.NDArray[np.int64]:
    """Return which documents have a similarity of NEAR or more, each pair once.

    Unlike `NearDuplicates`, which compares a document with the first ones of their kind alone.

    Args:
        documents: the skeleton of each; equal ones are a pair as well.
        seed: of the hash functions.

    Returns:
        (pairs, 2): positions, the lower one first.

    Raises:
        InputError: rensa is not installed.

    Example:
        >>> letters = "한국어이해평가는여덟과제로되어있으며모두한국어로쓰였다"
        >>> near_pairs([letters, "다른문장", letters + "끝"]).tolist()
        [[0, 2]]
    """
    signs = signatures(documents, seed)
    met: set[tuple[int, int]] = set()
    for band in np.split(signs, BANDS, axis=1):
        _, meeting = np.unique(band, axis=0, return_inverse=True)
        order = np.argsort(meeting.ravel(), kind="stable")
        borders = np.flatnonzero(np.diff(meeting.ravel()[order])) + 1
        for group in np.split(order, borders):
            met.update(combinations(group.tolist(), 2))
    pairs = np.array(sorted(met), np.int64).reshape(-1, 2)
    alike = signs[pairs[:, 0]] == signs[pairs[:, 1]]
    return pairs[alike.mean(axis=1) >= NEAR]


class ExactDuplicates:
    """Documents that are the same but for case, spaces and signs.

    Of each, 8 bytes of a hash are kept: two different documents are taken for the same with a
    chance of one in 10^19 a pair.
    """

    def __init__(self) -> None:
        self.seen: set[int] = set()

    def add(self, letters: str) -> bool:
        """Remember a document, and return whether it is new.

        Args:
            letters: the document's skeleton.

        Example:
            >>> seen = ExactDuplicates()
            >>> seen.add(skeleton("같은 글.")), seen.add(skeleton("같은 글")), seen.add("다른글")
            (True, False, True)
        """
        digest = hashlib.blake2b(letters.encode(), digest_size=8).digest()
        size = len(self.seen)
        self.seen.add(int.from_bytes(digest))
        return len(self.seen) > size


class NearDuplicates:
    """Documents of a similarity of NEAR or more: MinHash and locality-sensitive hashing, by rensa.

    Args:
        seed: of the hash functions.

    Raises:
        InputError: rensa is not installed.
    """

    def __init__(self, seed: int = 0) -> None:
        self.hashed, self.seed = rensa().RMinHash, seed
        self.index = rensa().RMinHashDeduplicator(NEAR, PERMUTATIONS, True, BANDS, seed)
        self.count = 0

    def add(self, letters: str) -> bool:
        """Remember a document, and return whether it is new.

        Args:
            letters: the document's skeleton.

        Example:
            >>> seen = NearDuplicates()
            >>> letters = "한국어이해평가는여덟과제로되어있으며모두한국어로쓰였다"
            >>> seen.add(letters), seen.add(letters + "끝"), seen.add("전혀다른문장이여기에있다")
            (True, False, True)
        """
        minhash = self.hashed(PERMUTATIONS, self.seed)
        minhash.update(shingles(letters))
        self.count += 1
        return bool(self.index.add(str(self.count), minhash))

    def twin(self, letters: str, name: str) -> str | None:
        """Return the name of an earlier document like this one; of a new one remember the name.

        Args:
            letters: the document's skeleton.
            name: its own; none is used twice, nor is `add` called beside this.

        Example:
            >>> seen = NearDuplicates()
            >>> letters = "한국어이해평가는여덟과제로되어있으며모두한국어로쓰였다"
            >>> seen.twin(letters, "a"), seen.twin(letters + "끝", "b"), seen.twin("다른문장", "c")
            (None, 'a', None)
        """
        minhash = self.hashed(PERMUTATIONS, self.seed)
        minhash.update(shingles(letters))
        found = self.index.get_duplicates(minhash)
        if found:
            return str(found[0])
        self.index.add(name, minhash)
        return None
