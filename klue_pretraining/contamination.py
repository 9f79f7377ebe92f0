"""Sentences of the benchmark in a corpus: the same, or near by BM25.

A sentence is the same if its letters and digits are those of a benchmark text, or of a sentence of
one. It is near if its best benchmark text gets at least the share `NEAR` of the BM25 score that the
sentence itself would get. Terms are words and pairs of neighbouring words, each counted once, and a
text's length plays no part (b = 0), since a sentence may sit in a long passage: the share is then
the part of the sentence's words and pairs, weighted by rarity, that stands in that one text.

No text can reach a score above the sum over the terms that occur anywhere in the benchmark. That
bound rules out nearly every sentence of other origin, so that BM25, by the library bm25s, is asked
only about the rest: nothing is lost, and it is what makes the check affordable for a corpus of any
size. A looser bound comes before it, over all sentences of a batch at once: a look-up in a large
table is a wait for memory, and this one needs a look-up per word and none per pair.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain, count, pairwise, repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from klue_common.errors import InputError, one_line
from klue_common.extras import package
from klue_text.duplicates import skeleton, words_of
from klue_text.filters import clean
from klue_text.sentences import by_rules

from .library_internals import term_weights

NEAR = 0.6
FEWEST_WORDS = 4  # what is shorter is near to something by chance; it is compared exactly
K1 = 1.5
MARKS = 1 << 22  # of pairs, a byte each; a seventh of them is set for KLUE's dev texts
UNKNOWN = -1  # in place of an id


class Benchmark:
    """The texts that must not be in a corpus.

    Raises:
        InputError: bm25s is not installed, or there are no texts.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        bm25s = package("bm25s", "pretrain", "benchmark sentences", "--benchmark none")
        self.texts = [clean(text) for text in texts]
        if not self.texts:
            raise InputError("benchmark: found no text of it, expected some, or --benchmark none")
        self.exact = {
            skeleton(part) for text in self.texts for part in {text, *by_rules(text)} if part
        }
        self.words, self.pairs, ids = numbered(map(words_of, self.texts))
        vocabulary: dict[Any, int] = {**self.words, **self.pairs}
        self.index = bm25s.BM25(k1=K1, b=0, method="lucene")
        self.index.index((ids, vocabulary), show_progress=False)
        self.weights = term_weights(self.index)  # each term counts once, and b is 0
        self.unknown_weight = math.log(1 + (len(ids) + 0.5) / 0.5) / (1 + K1)
        self.weights_or_0 = np.array([*self.weights, 0.0])  # the last is that of UNKNOWN
        self.marks = np.zeros(MARKS, bool)
        keys = np.fromiter(self.pairs, np.int64, len(self.pairs))
        self.marks[mark(keys >> 32, keys & 0xFFFFFFFF)] = True

    def sources_of(self, sentences: Sequence[Sequence[str]]) -> list[tuple[str, str] | None]:
        """Return why each sentence must go and what it is like; None if it may stay.

        Args:
            sentences: the words of each, by `words_of`.

        Returns:
            Of each "exact" and its letters, "near" and the benchmark's text, or None.

        >>> benchmark = Benchmark(["오늘 서울의 날씨는 아주 맑고 따뜻하다", "버스가 왔다"])
        >>> sentences = "버스가 왔다!", "어제 서울의 날씨는 아주 맑고 따뜻하다", "오늘은 비가 온다"
        >>> benchmark.sources_of([words_of(sentence) for sentence in sentences])
        [('exact', '버스가왔다'), ('near', '오늘 서울의 날씨는 아주 맑고 따뜻하다'), None]
        """
        sources: list[tuple[str, str] | None] = []
        for words, may_be_near in zip(sentences, self.suspects(sentences), strict=True):
            letters = "".join(words)
            if letters in self.exact:
                sources.append(("exact", letters))
            else:
                near = self.near_text(words) if may_be_near else None
                sources.append(None if near is None else ("near", near))
        return sources

    def suspects(self, sentences: Sequence[Sequence[str]]) -> npt.NDArray[np.bool_]:
        """Return which sentences may be near to a text; the others are not.

        The best that could be: every pair whose mark is set is known and weighs as much as a term
        can, and of two equal words, or pairs, that are not known, one does not count.
        """
        sizes = np.fromiter(map(len, sentences), np.int64, len(sentences))
        distinct = np.fromiter(map(len, map(set, sentences)), np.int64, len(sentences))
        owner = np.repeat(np.arange(len(sentences)), sizes)
        words = map(self.words.get, chain.from_iterable(sentences), repeat(UNKNOWN))
        ids = np.fromiter(words, np.int64, len(owner))
        known = ids != UNKNOWN
        paired = known[:-1] & known[1:] & (owner[:-1] == owner[1:])
        paired[paired] = self.marks[mark(ids[:-1][paired], ids[1:][paired])]
        pairs = np.bincount(owner[:-1][paired], minlength=len(sentences))
        terms = np.bincount(owner[known], minlength=len(sentences)) + pairs
        unknown = np.maximum(2 * sizes - 1 - terms - 2 * (sizes - distinct), 0)
        of_words = np.bincount(owner, self.weights_or_0[ids], minlength=len(sentences))
        mass = of_words + pairs * self.unknown_weight
        least = NEAR * (1 - 1e-9)  # for sums in another order
        bound: npt.NDArray[np.bool_] = mass >= least * (mass + unknown * self.unknown_weight)
        return bound

    def near_text(self, words: Sequence[str]) -> str | None:
        """Return the benchmark text that a sentence's words and pairs are near to."""
        size = len(set(words))
        # Where no word comes twice, no pair does.
        size += size - 1 if size == len(words) else len(set(pairwise(words)))
        if size < 2 * FEWEST_WORDS - 1:
            return None
        ids = list(map(self.words.get, words))
        known: set[Any] = (set(ids) | set(map(self.pairs.get, known_pairs(ids)))) - {None}
        mass = sum(map(self.weights.__getitem__, known))
        needed = NEAR * (mass + (size - len(known)) * self.unknown_weight)
        if mass < needed:
            return None
        scores = self.index.get_scores_from_ids(list(known))
        best = int(scores.argmax())
        return self.texts[best] if scores[best] >= needed else None


def save_benchmark(path: str, texts: Iterable[str]) -> str:
    """Write the benchmark's texts where every task finds them, and keep their index for those here.

    Returns:
        SHA-256 of the file.

    Raises:
        InputError: bm25s is not installed, or there are no texts.
    """
    import fsspec

    found = list(texts)
    content = json.dumps(found, ensure_ascii=False).encode(errors="replace")
    _opened[path] = Benchmark(found)
    with fsspec.open(path, "wb", auto_mkdir=True) as file:
        file.write(content)
    return hashlib.sha256(content).hexdigest()


def opened_benchmark(path: str) -> Benchmark:
    """Return the index of the texts in a file, made once in a process.

    A process that was forked after `save_benchmark` has it without reading or copying anything.

    Raises:
        InputError: the file is damaged.
    """
    import fsspec

    if path not in _opened:
        try:
            with fsspec.open(path, "rb") as file:
                texts = json.load(file)
        except (OSError, ValueError) as error:
            expected = "the benchmark's texts, as a corpus keeps them beside it while it is made"
            raise InputError(f"{path}: found {one_line(error)}, expected {expected}") from None
        _opened[path] = Benchmark(texts)
    return _opened[path]


def close_benchmark(path: str) -> None:
    """Forget an index."""
    _opened.pop(path, None)


_opened: dict[str, Benchmark] = {}


def numbered(
    texts: Iterable[Sequence[str]],
) -> tuple[dict[str, int], dict[int, int], list[list[int]]]:
    """Return ids for words and for pairs of neighbours, and those of each text, each once.

    A pair is the two words' ids in one number, the first in the upper half.

    >>> numbered([["가", "나", "가"], ["가"]])
    ({'가': 0, '나': 1}, {1: 2, 4294967296: 3}, [[0, 1, 2, 3], [0]])
    """
    number = count()
    words: defaultdict[str, int] = defaultdict(number.__next__)
    pairs: defaultdict[int, int] = defaultdict(number.__next__)
    terms = []
    for text in texts:
        ids = [words[word] for word in text]
        terms.append(list({*ids, *[pairs[a << 32 | b] for a, b in pairwise(ids)]}))
    return dict(words), dict(pairs), terms


def known_pairs(ids: Iterable[int | None]) -> set[int]:
    """Return neighbours that are both known, as one number each.

    >>> [pair - (1 << 32) for pair in known_pairs([1, 2, None, 1])]
    [2]
    """
    return {a << 32 | b for a, b in pairwise(ids) if a is not None and b is not None}


def mark(first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return where the mark of each pair of words stands; some pairs share one.

    >>> mark(np.array([1, 2]), np.array([2, 1])).tolist()
    [3635635, 3076963]
    """
    return (first * 0x9E3779B1 + second) % MARKS
