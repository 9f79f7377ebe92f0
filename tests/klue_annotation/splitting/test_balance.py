"""Units stay whole, the share is the nearest that they allow, and kinds are balanced."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klue_annotation.splitting.balance import divide
from klue_common.errors import InputError


@given(
    sizes=st.lists(st.integers(1, 9), min_size=2, max_size=8),
    share=st.floats(0.01, 0.99),
    seed=st.integers(0, 5),
)
@settings(max_examples=60)
def test_the_share_is_as_near_as_units_allow(sizes: list[int], share: float, seed: int) -> None:
    unit_of = np.repeat(np.arange(len(sizes)), sizes)
    labels = [f"{row % 3}" for row in range(len(unit_of))]
    chosen = divide(unit_of, [labels], share, seed)
    assert all(len(set(chosen[unit_of == unit])) == 1 for unit in range(len(sizes)))
    possible = [
        sum(size for size, taken in zip(sizes, taking, strict=True) if taken)
        for taking in product([False, True], repeat=len(sizes))
        if 0 < sum(taking) < len(sizes)
    ]
    wanted = share * len(unit_of)
    best = min(abs(size - wanted) for size in possible)
    assert abs(chosen.sum() - wanted) == pytest.approx(best, abs=1e-4)


def test_labels_and_sources_are_balanced_together() -> None:
    draw = np.random.default_rng(0)
    labels = draw.choice(["가", "나", "다"], 600, p=[0.6, 0.3, 0.1]).tolist()
    sources = draw.choice(["뉴스", "후기"], 600).tolist()
    chosen = divide(np.arange(600), [labels, sources], 0.1, 0)
    assert chosen.sum() == 60
    for kind in (labels, sources, list(zip(labels, sources, strict=True))):
        there = Counter(value for value, taken in zip(kind, chosen, strict=True) if taken)
        for value, count in Counter(kind).items():
            assert there[value] == pytest.approx(count / 10, abs=1)


def test_the_seed_says_which_units_go() -> None:
    unit_of, labels = np.arange(40), ["가", "나"] * 20
    first, again, other = (divide(unit_of, [labels], 0.2, seed) for seed in (0, 0, 1))
    assert first.tolist() == again.tolist() != other.tolist()
    assert first.sum() == other.sum() == 8


def test_kinds_that_are_too_many_or_too_small_are_left_out() -> None:
    chosen = divide(np.arange(300), [[f"{row}" for row in range(300)]], 0.1, 0)
    assert chosen.sum() == 30


def test_one_unit_cannot_be_divided() -> None:
    with pytest.raises(InputError, match="found one unit, as all 5 rows stand together"):
        divide(np.zeros(5, np.int64), [], 0.1, 0)
