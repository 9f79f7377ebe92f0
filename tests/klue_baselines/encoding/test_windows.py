"""Long texts as windows: nothing is lost, neighbours overlap, sentences stay whole."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from klue_baselines.encoding.encoder import TextEncoder
from klue_baselines.encoding.tokens import tokens_of
from klue_baselines.encoding.windows import STRIDE, cuts, sentence_windows_of, windows_of
from klue_text.sentences import sentence_starts

SENTENCES = (
    "세종대왕은 1397년에 한양에서 태어났다.",
    "1443년에 훈민정음을 만들었고, 뷁도 썼다!",
    "“왕이다. 왕이다.”라고 했다 ㅋㅋ😀",
    "서울 " * 40 + "끝이다.",
)
ARTICLE = " ".join(SENTENCES[at % 4] for at in range(40))


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> TextEncoder:
    return TextEncoder(AutoTokenizer.from_pretrained(tiny_encoder), 128, token_types=True)


@given(st.data(), st.integers(2, 40), st.integers(1, 200))
def test_cuts_cover_everything_and_overlap(data: st.DataObject, room: int, tokens: int) -> None:
    overlap = data.draw(st.integers(0, (room + 2) // 4 if room > 2 else 0))
    starts = sorted(data.draw(st.sets(st.integers(0, tokens - 1))))
    found = list(cuts(tokens, starts, room, overlap))
    assert found[0][0] == 0 and found[-1][1] == tokens
    assert all(0 < behind - first <= room for first, behind in found)
    for (first, behind), (second, _) in pairwise(found):
        assert first < second <= behind - overlap
    assert len(found) <= 1 + tokens


def test_windows_begin_and_end_with_sentences(encoder: TextEncoder) -> None:
    short = [text for text in SENTENCES[:2] for _ in range(40)]
    text = " ".join(short)
    starts = {*sentence_starts(text), len(text) + 1}
    assert len(starts) == len(short) + 1
    ids, offsets, _ = sentence_windows_of([text], encoder)
    assert len(ids) > 10
    for span in offsets:
        assert int(span[1, 0]) in starts
        assert int(span[-2, 1]) + 1 in starts


def test_a_text_that_fits_is_one_window_as_ever(encoder: TextEncoder) -> None:
    texts = [SENTENCES[0], ARTICLE, SENTENCES[2], "", SENTENCES[1]]
    ids, offsets, owners = sentence_windows_of(texts, encoder)
    plain = windows_of(texts, encoder)
    for at in (0, 2, 3, 4):
        [ours], [theirs] = ([i for i, one in enumerate(w) if one == at] for w in (owners, plain[2]))
        assert ids[ours] == plain.ids[theirs]
        assert np.array_equal(offsets[ours], plain.offsets[theirs])


def test_windows_are_made_of_the_tokens_of_the_text(encoder: TextEncoder) -> None:
    whole = tokens_of([ARTICLE], encoder.tokenizer)[0]
    token_at = dict(zip(whole.offsets, whole.ids, strict=True))
    ids, offsets, owners = sentence_windows_of([ARTICLE], encoder)
    assert set(owners) == {0} and len(ids) > 5
    covered: set[int] = set()
    for row, span in zip(ids, offsets, strict=True):
        assert (row[0], row[-1]) == encoder.special_ids and len(row) <= 128
        assert [token_at[start, end] for start, end in span[1:-1].tolist()] == row[1:-1]
        covered |= {place for start, end in span.tolist() for place in range(start, end)}
    assert covered == {place for start, end in whole.offsets for place in range(start, end)}
    for one, two in pairwise(offsets):
        assert (two[1:-1, 0] < one[-2, 1]).sum() >= min(STRIDE, 128 // 4)
