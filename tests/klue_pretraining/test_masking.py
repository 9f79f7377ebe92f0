"""Whole words are hidden, other ones at every visit, and in the shares of the recipe."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from klue_pretraining.masking import IGNORED, Masking, Visits

MASK = Masking(share=0.15, mask=4, special=(0, 1, 2, 3, 4), vocabulary=1000)


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(0, 1000))
def test_words_are_hidden_whole(begins: list[bool], seed: int) -> None:
    starts = np.array([True, True, *begins, True])
    starts[2] = True
    ids = np.arange(len(starts)) + 5
    ids[0], ids[-1] = 2, 3
    inputs, labels = MASK(ids, starts, np.random.default_rng(seed))
    predicted = labels != IGNORED
    assert predicted.any()
    assert not predicted[0]
    assert not predicted[-1]
    assert (labels[predicted] == ids[predicted]).all()
    assert (inputs[~predicted] == ids[~predicted]).all()
    word = np.cumsum(starts)
    for number in np.unique(word[predicted]):
        inside = word == number
        assert predicted[inside].all()
        assert (inputs[inside] == 4).all() or (inputs[inside] != 4).all()


def test_the_shares_are_those_of_the_recipe() -> None:
    ids, starts = np.full(200_000, 500), np.ones(200_000, bool)
    inputs, labels = MASK(ids, starts, np.random.default_rng(0))
    predicted = labels != IGNORED
    assert abs(predicted.mean() - 0.15) < 0.005
    assert abs((inputs[predicted] == 4).mean() - 0.8) < 0.01
    assert abs((inputs[predicted] == 500).mean() - 0.1) < 0.01
    assert inputs.min() >= 4


def test_a_visit_is_the_same_again_and_the_next_pass_is_another() -> None:
    rows = [{"input_ids": [2, *range(n, n + 30), 3], "begins": [True] * 32} for n in (10, 50, 90)]
    visits = Visits(rows, MASK, 9, seed=1)
    first = [visits[at]["input_ids"].tolist() for at in range(9)]
    again = [Visits(rows, MASK, 9, seed=1)[at]["input_ids"].tolist() for at in (8, 0, 4)]
    assert again == [first[8], first[0], first[4]]
    assert len({tuple(row) for row in first}) == 9
    for turn in range(3):
        labels = [visits[at]["labels"] for at in range(3 * turn, 3 * turn + 3)]
        assert len({max(row) // 40 for row in labels}) == 3
