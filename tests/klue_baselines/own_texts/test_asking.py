"""Reading ahead and batches by length: everything once, in order, no more than is needed."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from klue_baselines.own_texts.asking import PART, TOKENS, ask_by_length, read_ahead

Rows = list[dict[str, Any]]


def encode(examples: Any) -> Rows:
    """Two features for each example of an odd number."""
    return [
        {"example": at, "length": one["length"]}
        for at, one in enumerate(examples)
        for _ in range(1 + one["length"] % 2)
    ]


@given(st.lists(st.integers(1, 9), max_size=200), st.integers(1, 150))
def test_windows_hold_every_example_once_with_its_features(lengths: list[int], most: int) -> None:
    examples = [{"length": length} for length in lengths]
    windows = [*read_ahead(iter(examples), encode, most)]
    assert [one for window, _ in windows for one in window] == examples
    assert all(0 < len(window) < most + PART for window, _ in windows)
    for window, features in windows:
        assert features == encode(window)


def test_windows_of_long_texts_are_short() -> None:
    examples = [{"length": TOKENS // 100}] * 1000
    sizes = [len(window) for window, _ in read_ahead(examples, encode, 1000)]
    assert max(sizes) == 2 * PART


@given(st.lists(st.integers(1, 9), max_size=100), st.integers(1, 20))
def test_answers_are_those_of_their_features(lengths: list[int], batch_size: int) -> None:
    features = [{"length": length, "at": at} for at, length in enumerate(lengths)]
    batches: list[Rows] = []

    def ask(batch: Rows) -> list[int]:
        batches.append(batch)
        return [one["at"] for one in batch]

    assert ask_by_length(features, ask, batch_size) == list(range(len(lengths)))
    seen = [one["length"] for batch in batches for one in batch]
    assert seen == sorted(lengths, reverse=True)
    assert all(len(batch) == batch_size for batch in batches[:-1])
