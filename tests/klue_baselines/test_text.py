import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from klue_baselines.text import CONJOINING_TO_LETTER, normalise


@given(st.text())
def test_the_length_never_changes(text: str) -> None:
    assert len(normalise(text)) == len(text)


def test_every_letter_looks_like_its_jamo() -> None:
    for jamo, letter in CONJOINING_TO_LETTER.items():
        name = unicodedata.name(chr(jamo)).split()[-1]
        assert unicodedata.name(letter) == f"HANGUL LETTER {name}"
