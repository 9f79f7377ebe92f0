"""Texts as tokenizers see them, and the way back to the characters that were given."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_common.errors import InputError
from klue_datasets import TASKS, load
from klue_text.normal_forms import (
    CONJOINING_TO_LETTER,
    MAY_JOIN,
    Normalised,
    check_text,
    normalise,
    units_of,
)
from tests.forms import any_text, nfc, nfd


@given(any_text)
def test_composed_and_decomposed_are_one_text(text: str) -> None:
    composed, decomposed = Normalised.of(nfc(text)), Normalised.of(nfd(text))
    assert composed.text == decomposed.text == nfc(text).translate(CONJOINING_TO_LETTER)
    assert (composed.given, decomposed.given) == (nfc(text), nfd(text))


@given(any_text, st.data())
def test_spans_are_the_same_text_in_both_forms(text: str, data: st.DataObject) -> None:
    composed, decomposed = Normalised.of(nfc(text)), Normalised.of(nfd(text))
    places = st.integers(0, len(composed.text))
    start, end = sorted((data.draw(places), data.draw(places)))
    assert nfc(decomposed.cut(start, end)) == composed.cut(start, end)


@given(any_text, st.data())
def test_a_span_comes_back_as_its_units(text: str, data: st.DataObject) -> None:
    form = Normalised.of(text)
    places = st.integers(0, len(text))
    start, end = sorted((data.draw(places), data.draw(places)))
    back = form.given_span(*form.span(start, end))
    assert back[0] <= start and end <= back[1]
    assert form.given_span(*form.span(*back)) == back  # whole units are not widened again


@given(any_text)
def test_units_are_the_text_and_are_composed_one_by_one(text: str) -> None:
    units = units_of(text)
    assert "".join(units) == text
    assert "".join(unicodedata.normalize("NFC", unit) for unit in units) == nfc(text)


@given(any_text)
def test_places_and_origins_agree(text: str) -> None:
    form = Normalised.of(text)
    places, origins = form.places(), form.origins()
    assert len(places) == len(text) and len(origins) == len(form.text)
    assert (origins[places] <= range(len(text))).all()
    assert (places[origins] <= range(len(form.text))).all()
    for one, two in pairwise(places.tolist()):
        assert one <= two


@given(st.text())
def test_what_is_normal_stays(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_no_character_that_joins_is_overlooked() -> None:
    second = {ord(nfd(chr(code))[-1]) for code in range(0x110000) if len(nfd(chr(code))) > 1}
    marks = {code for code in range(0x110000) if unicodedata.combining(chr(code))}
    assert [hex(code) for code in sorted(second | marks) if not MAY_JOIN.match(chr(code))] == []


def test_a_character_with_a_canonical_form_of_its_own_stays() -> None:
    assert normalise("\uf981子 \u212b") == "\uf981子 \u212b"


def test_what_no_syllable_is_made_of_becomes_letters() -> None:
    assert normalise("\u110f\u110f \u1172\u1172 \u1112\u1161\u11ab\u11ab") == "ㅋㅋ ㅠㅠ 한ㄴ"
    assert normalise("가\u11a8 나\u110f") == "각 나ㅋ"


def test_every_letter_looks_like_its_jamo() -> None:
    for jamo, letter in CONJOINING_TO_LETTER.items():
        name = unicodedata.name(chr(jamo)).split()[-1]
        assert unicodedata.name(letter) == f"HANGUL LETTER {name}"


def texts_in(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in texts_in(part)]


@pytest.mark.parametrize("task", [name for name in TASKS if name != "ner"])
def test_official_texts_are_read_as_they_are(task: str, data_dir: list[Path]) -> None:
    for row in load(task, "validation", full=True):
        for text in texts_in(row):
            assert normalise(text) == text


def test_official_sentences_of_ner_keep_their_length(data_dir: list[Path]) -> None:
    for row in load("ner", "validation", full=True):
        text = "".join(row["tokens"])
        assert Normalised.of(text).given_borders is None
        assert normalise(text) == text.translate(CONJOINING_TO_LETTER)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "title: found None, expected a text"),
        (["제목", "둘"], r"title: found \['제목', '둘'\], expected a text"),
        ("손흥민\ud83d", r"title: found half a character, U\+D83D, at 3, expected whole ones"),
    ],
)
def test_what_is_no_text_is_refused(value: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_text("title", value)
