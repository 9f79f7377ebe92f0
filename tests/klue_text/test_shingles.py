"""Hashes of shingles by numpy are those of rensa, whatever the script and the length."""

from __future__ import annotations

import sys
from itertools import pairwise
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_text.duplicates import PERMUTATIONS, signatures
from klue_text.shingles import shingle_hashes, shingles

rensa = pytest.importorskip("rensa")
TEXTS = st.lists(st.text("abz0가힣ㅋ한漢é𝕏", max_size=40), max_size=6)


@given(documents=TEXTS)
def test_hashes_are_those_of_rensa(documents: list[str]) -> None:
    hashes, offsets, left = shingle_hashes(documents)
    found = [hashes[first:last].tolist() for first, last in pairwise(offsets)]
    expected = rensa.RMinHash.hash_token_sets([shingles(document) for document in documents])
    for row, (one, other) in enumerate(zip(found, expected, strict=True)):
        if row not in left:
            assert sorted(set(one)) == sorted(set(other)), "rensa hashes tokens in another way now"


@given(documents=TEXTS, seed=st.integers(0, 5))
def test_signatures_are_those_of_rensa(documents: list[str], seed: int) -> None:
    found = signatures(documents, seed)
    assert found.shape == (len(documents), PERMUTATIONS)
    for row, document in zip(found, documents, strict=True):
        minhash = rensa.RMinHash(PERMUTATIONS, seed)
        minhash.update(shingles(document))
        assert np.array_equal(row, minhash.digest())


def test_most_documents_are_hashed_at_once() -> None:
    assert shingle_hashes(["한국어이해평가", "KLUE와2021년", "漢字도된다"])[2] == []


@pytest.mark.skipif(sys.platform != "linux", reason="processes are not forked here")
def test_a_forked_process_goes_on() -> None:
    documents = ["여덟 과제로 되어 있는 한국어 이해 평가"] * 300
    expected = signatures(documents)
    with get_context("fork").Pool(1) as pool:
        assert np.array_equal(pool.apply_async(signatures, [documents]).get(60), expected)
