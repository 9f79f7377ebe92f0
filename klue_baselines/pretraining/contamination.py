"""Sentences of the benchmark in a corpus: the same, or near by BM25.

A sentence is the same if its letters and digits are those of a benchmark text, or of a sentence of
one. It is near if its best benchmark text gets at least the share `NEAR` of the BM25 score that the
sentence itself would get. Terms are words and pairs of neighbouring words, each counted once, and a
text's length plays no part (b = 0), since a sentence may sit in a long passage: the share is then
the part of the sentence's words and pairs, weighted by rarity, that stands in that one text.

No text can reach a score above the sum over the terms that occur anywhere in the benchmark. That
bound is a look-up per word and rules out nearly every sentence of other origin, so that BM25, by
the library bm25s, is asked only about the rest: nothing is lost, and it is what makes the check
affordable for a corpus of any size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from ..errors import InputError
from .duplicates import skeleton, words_of
from .filters import clean
from .sentences import by_rules

NEAR = 0.6
FEWEST_WORDS = 4  # what is shorter is near to something by chance; it is compared exactly
K1 = 1.5


class Benchmark:
    """The texts that must not be in a corpus.

    Raises:
        InputError: bm25s is not installed, or there are no texts.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        try:
            from bm25s import BM25
        except ImportError:
            raise InputError(
                "bm25s: not installed, expected it for benchmark sentences "
                "(pip install 'klue-hub[pretrain]', or --benchmark none)"
            ) from None
        self.texts = [clean(text) for text in texts]
        if not self.texts:
            raise InputError("benchmark: found no text of it, expected some, or --benchmark none")
        self.exact = {
            skeleton(part) for text in self.texts for part in {text, *by_rules(text)} if part
        }
        self.words: dict[str, int] = {}
        self.pairs: dict[int, int] = {}
        ids = [self.terms(words_of(text)) for text in self.texts]
        vocabulary: dict[Any, int] = {**self.words, **self.pairs}
        self.index = BM25(k1=K1, b=0, method="lucene")
        self.index.index((ids, vocabulary), show_progress=False)
        # Every posting of a term has the same score, as each term counts once and b is 0.
        pointers = self.index.scores["indptr"]
        self.weights = self.index.scores["data"][pointers[:-1]].tolist()
        self.unknown_weight = math.log(1 + (len(ids) + 0.5) / 0.5) / (1 + K1)

    def terms(self, words: Sequence[str]) -> list[int]:
        """The ids of words and of pairs of neighbours, each once; new ones get an id."""
        found: dict[int, None] = {}
        before: int | None = None
        for word in words:
            at = self.words.setdefault(word, len(self.words) + len(self.pairs))
            found[at] = None
            if before is not None:
                pair = self.pairs.setdefault(before << 32 | at, len(self.words) + len(self.pairs))
                found[pair] = None
            before = at
        return list(found)

    def source_of(self, words: Sequence[str]) -> tuple[str, str] | None:
        """Why a sentence must go and what it is like; None if it may stay.

        words: of the sentence, by `words_of`. Returns "exact" and its letters, or "near" and the
        benchmark's text.

        >>> benchmark = Benchmark(["오늘 서울의 날씨는 아주 맑고 따뜻하다", "버스가 왔다"])
        >>> benchmark.source_of(words_of("버스가 왔다!"))
        ('exact', '버스가왔다')
        >>> benchmark.source_of(words_of("어제 서울의 날씨는 아주 맑고 따뜻하다"))
        ('near', '오늘 서울의 날씨는 아주 맑고 따뜻하다')
        >>> benchmark.source_of(words_of("오늘 부산의 바다는 아주 깊고 푸르다"))
        """
        letters = "".join(words)
        if letters in self.exact:
            return "exact", letters
        near = self.near_text(words)
        return None if near is None else ("near", near)

    def near_text(self, words: Sequence[str]) -> str | None:
        """The benchmark text that a sentence's words and pairs are near to."""
        size = len(set(words))
        # Where no word comes twice, no pair does.
        size += size - 1 if size == len(words) else len(set(pairwise(words)))
        if size < 2 * FEWEST_WORDS - 1:
            return None
        ids = list(map(self.words.get, words))
        # No term weighs more than an unknown one, and a pair is known only if both its words are.
        # The share that this bound leaves falls below `NEAR` for nearly all other text.
        if 2 * (len(ids) - ids.count(None)) - 1 < NEAR * size:
            return None
        known = (set(ids) | set(map(self.pairs.get, pairs(ids)))) - {None}
        mass = sum(map(self.weights.__getitem__, known))
        needed = NEAR * (mass + (size - len(known)) * self.unknown_weight)
        if mass < needed:
            return None
        scores = self.index.get_scores_from_ids(list(known))
        best = int(scores.argmax())
        return self.texts[best] if scores[best] >= needed else None


def pairs(ids: Iterable[int | None]) -> set[int]:
    """Neighbours that are both known, as one number each.

    >>> [pair - (1 << 32) for pair in pairs([1, 2, None, 1])]
    [2]
    """
    return {a << 32 | b for a, b in pairwise(ids) if a is not None and b is not None}
