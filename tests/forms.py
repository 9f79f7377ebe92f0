"""Texts in Unicode's two canonical forms, and texts of which the two differ."""

from __future__ import annotations

import unicodedata

from hypothesis import strategies as st


def nfc(text: str) -> str:
    """Composed."""
    return unicodedata.normalize("NFC", text)


def nfd(text: str) -> str:
    """Decomposed."""
    return unicodedata.normalize("NFD", text)


# Syllables, jamo of both kinds, old Hangul, letters with marks of several scripts, marks alone,
# signs of which a normal form exists that is another character, and what KLUE's texts hold besides.
characters = st.one_of(
    st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3),
    st.characters(min_codepoint=0x1100, max_codepoint=0x11FF),
    st.sampled_from("ㅋㅠㅏㄳ 가한글은.,·…“”①㈜😀"),
    st.sampled_from("éÅñệṩかガば\u0958\u09cb\u0dde\u1026ёЙḗǖ"),
    st.sampled_from("\u0301\u0323\u0307\u0331\u0338\u3099\u093c\u09be\u0dcf\u302e"),
    st.sampled_from("\uf981\uf90a\u212b\u2126\u0387\u0344\u1fef aeo=<>"),
    st.characters(exclude_categories=("Cs",)),
)
any_text = st.text(characters, max_size=30)
