"""Filters: what a shortcut rules out has to be what the definition rules out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from klue_text.filters import LONGEST_RUN, RUN, clean, has_run
from klue_text.normal_forms import normalise
from tests.forms import any_text, nfc, nfd

RUNS = st.lists(
    st.builds(str.__mul__, st.sampled_from("ㅋ아a.! "), st.integers(1, LONGEST_RUN + 4)),
    max_size=6,
)


@given(RUNS)
def test_the_shortcut_finds_every_run(parts: list[str]) -> None:
    text = "".join(parts)
    assert has_run(text) == bool(RUN.search(text))


@given(any_text)
def test_a_clean_text_is_what_fine_tuning_reads(text: str) -> None:
    assert clean(nfd(text)) == clean(nfc(text)) == normalise(clean(text))


def test_what_is_not_seen_does_not_keep_a_syllable_apart() -> None:
    assert clean("\u1112\u200b\u1161\u11ab") == "한"
