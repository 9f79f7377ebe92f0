"""Filters: what a shortcut rules out has to be what the definition rules out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from klue_baselines.pretraining.filters import LONGEST_RUN, RUN, has_run

RUNS = st.lists(
    st.builds(str.__mul__, st.sampled_from("ㅋ아a.! "), st.integers(1, LONGEST_RUN + 4)),
    max_size=6,
)


@given(RUNS)
def test_the_shortcut_finds_every_run(parts: list[str]) -> None:
    text = "".join(parts)
    assert has_run(text) == bool(RUN.search(text))
