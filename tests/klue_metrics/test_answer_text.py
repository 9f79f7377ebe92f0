"""The comparison of answers against difflib."""

from __future__ import annotations

from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_metrics.answer_text import longest_match, official_longest_match, rouge_w

short = st.text("가나다 ", max_size=12)


@given(short, short)
def test_longest_match_equals_difflib(a: str, b: str) -> None:
    expected = SequenceMatcher(None, a, b, autojunk=False).find_longest_match().size
    assert longest_match(a, b) == longest_match(b, a) == expected


@given(st.text("가나다라마바사", max_size=300), st.text("가나다라마바사", max_size=300))
def test_official_longest_match_is_the_originals(predicted: str, gold: str) -> None:
    expected = SequenceMatcher(None, predicted, gold).find_longest_match().size
    assert official_longest_match(predicted, gold) == expected


@given(short, short)
def test_rouge_w_is_a_harmonic_mean(predicted: str, gold: str) -> None:
    value = rouge_w(predicted, gold, longest_match)
    assert 0 <= value <= 1
    if gold and predicted:
        assert value == pytest.approx(2 * longest_match(predicted, gold) / len(predicted + gold))
