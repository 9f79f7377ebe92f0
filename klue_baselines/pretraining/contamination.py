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

import hashlib
import math
from collections.abc import Iterable
from itertools import pairwise

from ..errors import InputError
from .duplicates import skeleton
from .filters import SIGNS, clean
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
            digest(part) for text in self.texts for part in (text, *by_rules(text)) if part
        }
        self.vocabulary: dict[str, int] = {}
        ids = [
            [self.vocabulary.setdefault(term, len(self.vocabulary)) for term in terms(text)]
            for text in self.texts
        ]
        self.index = BM25(k1=K1, b=0, method="lucene")
        self.index.index((ids, self.vocabulary), show_progress=False)
        # Every posting of a term has the same score, as each term counts once and b is 0.
        pointers = self.index.scores["indptr"]
        self.weights = self.index.scores["data"][pointers[:-1]].tolist()
        self.unknown_weight = math.log(1 + (len(ids) + 0.5) / 0.5) / (1 + K1)

    def source_of(self, sentence: str) -> tuple[str, str] | None:
        """Why a sentence must go, "exact" or "near", and the benchmark's text; None if it may stay.

        >>> benchmark = Benchmark(["오늘 서울의 날씨는 아주 맑고 따뜻하다", "버스가 왔다"])
        >>> benchmark.source_of("버스가 왔다!")
        ('exact', '버스가 왔다!')
        >>> benchmark.source_of("어제 서울의 날씨는 아주 맑고 따뜻하다")
        ('near', '오늘 서울의 날씨는 아주 맑고 따뜻하다')
        >>> benchmark.source_of("오늘 부산의 바다는 아주 깊고 푸르다")
        """
        if digest(sentence) in self.exact:
            return "exact", sentence
        found = terms(sentence)
        if len(found) < 2 * FEWEST_WORDS - 1:
            return None
        known = [at for at in map(self.vocabulary.get, found) if at is not None]
        mass = sum(map(self.weights.__getitem__, known))
        needed = NEAR * (mass + (len(found) - len(known)) * self.unknown_weight)
        if mass < needed:
            return None
        scores = self.index.get_scores_from_ids(known)
        best = int(scores.argmax())
        return ("near", self.texts[best]) if scores[best] >= needed else None


def terms(text: str) -> list[str]:
    """Words without signs and case, and pairs of neighbours, each once.

    >>> terms("나는 “너를” 본다.")
    ['나는', '너를', '본다', '나는 너를', '너를 본다']
    """
    words = SIGNS.sub("", text).lower().split()
    return list(dict.fromkeys([*words, *map(" ".join, pairwise(words))]))


def digest(text: str) -> int:
    """64 bits of a hash of a text's letters and digits."""
    return int.from_bytes(hashlib.blake2b(skeleton(text).encode(), digest_size=8).digest())
