"""Benchmark sentences in a corpus, against BM25 written out; the bounds may lose nothing."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from klue_pretraining.benchmark_texts import benchmark_texts
from klue_pretraining.contamination import FEWEST_WORDS, K1, NEAR, Benchmark
from klue_text.duplicates import words_of
from klue_text.filters import clean

TEXTS = [words_of(clean(text)) for text in benchmark_texts(["validation"], sample=True)]
WORDS = sorted({word for text in TEXTS for word in text} | {"모르는", "말들이", "많다"})


def terms(words: list[str]) -> set[str | tuple[str, str]]:
    return {*words, *pairwise(words)}


DOCUMENTS = [terms(text) for text in TEXTS]


def weight(term: str | tuple[str, str]) -> float:
    """Of a term in a text that has it, by Lucene's BM25 with b = 0 and every term once."""
    frequency = sum(term in document for document in DOCUMENTS)
    return math.log(1 + (len(DOCUMENTS) - frequency + 0.5) / (frequency + 0.5)) / (1 + K1)


def share(words: list[str]) -> float:
    """The best text's part of the score that the words themselves would get."""
    weights = {term: weight(term) for term in terms(words)}
    best = max(sum(weights[term] for term in weights.keys() & text) for text in DOCUMENTS)
    return best / sum(weights.values())


@pytest.fixture(scope="module")
def benchmark() -> Benchmark:
    return Benchmark(" ".join(text) for text in TEXTS)


@st.composite
def sentences(draw: st.DrawFn) -> list[str]:
    """A benchmark text with some of its words replaced, repeated or left out."""
    words = list(draw(st.sampled_from(TEXTS)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(words) - 1))
        words[at : at + 1] = draw(st.lists(st.sampled_from([*WORDS, words[at]]), max_size=3))
        assume(words)
    return words


@given(st.lists(sentences(), min_size=1, max_size=8))
def test_a_batch_is_judged_as_bm25_judges_each(
    benchmark: Benchmark, batch: list[list[str]]
) -> None:
    for words, source in zip(batch, benchmark.sources_of(batch), strict=True):
        if "".join(words) in benchmark.exact:
            assert source == ("exact", "".join(words))
            continue
        best = share(words)
        assume(abs(best - NEAR) > 1e-4)  # bm25s counts in single precision
        long_enough = len(terms(words)) >= 2 * FEWEST_WORDS - 1
        assert (source is not None) == (long_enough and best >= NEAR)


def test_a_sentence_knows_nothing_of_its_neighbours(benchmark: Benchmark) -> None:
    halves = [half for text in TEXTS for half in (text[: len(text) // 2], text[len(text) // 2 :])]
    alone = [benchmark.sources_of([half])[0] for half in halves]
    assert benchmark.sources_of(halves) == alone
    assert benchmark.sources_of([]) == []
