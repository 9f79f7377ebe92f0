"""Every eojeol has tags, and they are KLUE's."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klue_common.errors import InputError
from klue_datasets import TASKS, load
from klue_text.parts_of_speech import UNKNOWN, by_eojeol, klue_tags, tag_eojeols
from klue_text.sentences import analyser

KLUE = set(TASKS["dp"].label_sets["pos"])
SENTENCE = ["세종대왕은", "1397년", "4월에", "한양에서", "태어났다."]

kiwi = pytest.importorskip("kiwipiepy", reason="kiwipiepy is not installed")

odd = st.sampled_from(
    ["😀", "\u200b", "a\0b", "뷁ㅋㅋ", "www.a.com", "@", "가" * 300, "1,000원", "(나)"]
)
words = st.one_of(
    odd,
    st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda text: text.split() == [text]),
)


@settings(max_examples=30)
@given(st.lists(st.lists(words, min_size=1, max_size=12), min_size=1, max_size=3))
def test_every_eojeol_has_tags_of_klue(sentences: list[list[str]]) -> None:
    found = list(tag_eojeols(sentences))
    assert [len(tags) for tags in found] == [len(sentence) for sentence in sentences]
    assert all(set(tags.split("+")) <= KLUE for row in found for tags in row)


def test_every_tag_of_the_analyser_has_a_place() -> None:
    tags = kiwi.utils._valid_tags
    assert {"VV", "MM", "SB", "Z_CODA"} <= tags
    for tag in tags:
        for form in ("이", "1.", "①"):
            assert set(klue_tags(form, tag)) <= KLUE
    assert klue_tags("돕", "VV-I") == klue_tags("입", "VV-R") == ("VV",)
    assert klue_tags("ᆼ", "Z_CODA") == ()


def test_a_sentence_is_tagged_eojeol_by_eojeol() -> None:
    [tags] = tag_eojeols([SENTENCE])
    assert tags == ["NNP+NNG+JX", "SN+NNB", "SN+NNB+JKB", "NNP+JKB", "VV+EP+EF+SF"]


def test_decomposed_text_has_the_tags_of_composed_text() -> None:
    decomposed = [unicodedata.normalize("NFD", word) for word in SENTENCE]
    assert decomposed != SENTENCE
    assert [*tag_eojeols([decomposed])] == [*tag_eojeols([SENTENCE])]


def test_characters_outside_the_first_plane_shift_nothing() -> None:
    [tags] = tag_eojeols([["😀😀", "\U0001f469\u200d\U0001f680", *SENTENCE]])
    assert [tags[2:]] == [*tag_eojeols([SENTENCE])]


def test_no_sentence_and_no_eojeol_have_no_tags() -> None:
    assert [*tag_eojeols([])] == []
    assert [*tag_eojeols([[], ["그는"]])] == [[], ["NP+JX"]]


def test_a_morpheme_is_of_every_eojeol_that_it_covers() -> None:
    def morpheme(tag: str, start: int, length: int) -> SimpleNamespace:
        return SimpleNamespace(form="", tag=tag, start=start, len=length)

    # "가나 다라 마": the last but one is elided at the end of an eojeol, in front of a space.
    tokens = [morpheme("NNP", 0, 5), morpheme("VCP", 5, 0), morpheme("Z_CODA", 6, 1)]
    assert by_eojeol(["가나", "다라", "마"], tokens) == [["NNP"], ["NNP", "VCP"], []]


def test_an_eojeol_without_a_morpheme_is_not_analysed() -> None:
    [tags] = tag_eojeols([["그는", "", "갔다"]])
    assert tags[1] == UNKNOWN


def test_a_missing_analyser_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kiwipiepy", None)
    with pytest.raises(InputError, match=r"kiwipiepy: not installed.*klue-hub\[analyser\]"):
        analyser.__wrapped__()


def test_most_tags_are_those_of_klue(data_dir: list[Path]) -> None:
    rows = load("dp", "validation", full=True).select(range(200))
    gold = [tags for row in rows["pos"] for tags in row]
    found = [tags for row in tag_eojeols(rows["word_form"]) for tags in row]
    pairs = [*zip(gold, found, strict=True)]
    assert len(pairs) > 2000
    assert sum(a == b for a, b in pairs) / len(pairs) > 0.75
    assert sum(a.split("+")[-1] == b.split("+")[-1] for a, b in pairs) / len(pairs) > 0.9
