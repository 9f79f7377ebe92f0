"""Markers around two entities, read back out of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_baselines.encoding.entity_markers import MARKERS, mark, unmarked
from klue_common.errors import InputError
from klue_text.normal_forms import normalise


@given(st.text("가나 <a🙂\u1100\u1161", min_size=4, max_size=12), st.booleans(), st.data())
def test_what_was_marked_is_read_back(sentence: str, turned: bool, data: st.DataObject) -> None:
    sentence = normalise(sentence)
    if len(sentence) < 4:
        return
    places = st.integers(0, len(sentence))
    a, b, c, d = sorted(data.draw(st.lists(places, min_size=4, max_size=4, unique=True)))
    spans = ((c, d), (a, b)) if turned else ((a, b), (c, d))
    entities = [{"start_idx": start, "end_idx": end - 1} for start, end in spans]
    assert unmarked(mark(sentence, *entities)) == (sentence, *spans)


@pytest.mark.parametrize(
    "text",
    [
        "세종은 왕이다",
        "<subj>세종</subj>은 <obj>왕이다",
        "<subj>세종<obj>은</subj> 왕</obj>이다",
        "</subj>세종<subj>은 <obj>왕</obj>이다",
        "<subj>세</subj><subj>종</subj>은 <obj>왕</obj>이다",
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"text: found .*, expected <subj> </subj> <obj>"):
        unmarked(text)


def test_the_markers_are_those_that_are_written() -> None:
    marked = mark("가나", {"start_idx": 0, "end_idx": 0}, {"start_idx": 1, "end_idx": 1})
    assert marked == "{}가{}{}나{}".format(*MARKERS)
