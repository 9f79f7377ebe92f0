"""What happens to a text before a tokenizer sees it, and the way back to the text as given.

Decomposed text (NFD, as macOS writes file names and PDF files hold Hangul) is composed; jamo that
are no part of a syllable become the letters that vocabularies have. Characters that have a
canonical form of their own, such as compatibility ideographs, stay: KLUE's headlines hold some.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from klue_common.errors import InputError

LEADING_JAMO = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
TRAILING_JAMO = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
FIRST_VOWEL, VOWELS = 0x314F, 21

# KLUE NER v1.1 writes laughter and the like with conjoining jamo (U+11xx), which no Korean
# WordPiece vocabulary holds; the letters of the compatibility block (U+31xx) look the same and
# are in all of them. One code point becomes one code point.
CONJOINING_TO_LETTER = {
    **{0x1100 + i: letter for i, letter in enumerate(LEADING_JAMO)},
    **{0x1161 + i: chr(FIRST_VOWEL + i) for i in range(VOWELS)},
    **{0x11A8 + i: letter for i, letter in enumerate(TRAILING_JAMO)},
}

# Among these are all characters that may belong to the one before them: vowels and final consonants
# among the jamo, and the marks of every script.
JOINING = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u10ff\u1160-\u1dff\u20d0-\u20ff\u2cef-\u2dff\u302a-\u302f"
    "\u3099\u309a\ua66f-\uabff\ufb1e\ufe20-\ufe2f\U000101fd-\U0001efff"
)
MAY_JOIN = re.compile(f"[{JOINING}]")
MAY_CHANGE = re.compile(f"[{JOINING}\u1100-\u115f]")  # nearly every text holds none of these
SYLLABLES = re.compile("[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|.", re.DOTALL)
CONJOINING = re.compile("[\u1100-\u11ff]")
SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Normalised:
    """A text as a tokenizer sees it, and where its characters stand in the text as given.

    Both texts are made of the same units: a syllable, however many jamo it was given as, a letter
    with its marks, any other character. Spans go from one text to the other by whole units.

    Attributes:
        given: the text as given.
        text: the text as a tokenizer sees it.
        given_borders, text_borders: where the units begin in each text, and its end (one more than
            there are units); None where each character is a unit in both.

    Example:
        >>> decomposed = Normalised.of("\u1112\u1161\u11ab\u1100\u116e\u11a8 \u110f\u110f")
        >>> decomposed.text
        '한국 ㅋㅋ'
        >>> decomposed.span(0, 3), decomposed.given_span(1, 2)
        ((0, 1), (3, 6))
    """

    given: str
    text: str
    given_borders: np.ndarray | None = None
    text_borders: np.ndarray | None = None

    @classmethod
    def of(cls, given: str) -> Normalised:
        """Compose a text and replace the jamo that are left over."""
        if MAY_CHANGE.search(given) is None:
            return cls(given, given)
        units = units_of(given)
        forms = [unit if len(unit) == 1 else compose(unit) for unit in units]
        text = letters("".join(forms))
        if len(units) == len(given):
            return cls(given, text)
        return cls(given, text, borders(units), borders(forms))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return a span of the given text in `text`, widened to whole units."""
        return carried(start, end, self.given_borders, self.text_borders)

    def given_span(self, start: int, end: int) -> tuple[int, int]:
        """Return a span of `text` in the given text, widened to whole units."""
        return carried(start, end, self.text_borders, self.given_borders)

    def origins(self) -> np.ndarray:
        """Return for each character of `text` where its unit begins in the given text."""
        return beginnings(len(self.text), self.text_borders, self.given_borders)

    def places(self) -> np.ndarray:
        """Return for each character of the given text where its unit begins in `text`."""
        return beginnings(len(self.given), self.given_borders, self.text_borders)

    def cut(self, start: int, end: int) -> str:
        """Return the given text of a span of `text`."""
        first, last = self.given_span(start, end)
        return self.given[first:last]


def normalise(text: str) -> str:
    """Return a text as tokenizers see it.

    Example:
        >>> normalise("재밌다\u110f\u110f \u1112\u1161\u11ab\u1100\u1173\u11af")
        '재밌다ㅋㅋ 한글'
    """
    return Normalised.of(text).text


def letters(text: str) -> str:
    """Replace the jamo of a composed text, which belong to no syllable, by letters.

    Example:
        >>> letters("한\u110f\u1172") == "한ㅋㅠ"
        True
    """
    return text.translate(CONJOINING_TO_LETTER) if CONJOINING.search(text) else text


def compose(text: str) -> str:
    """Return a text in Unicode's normal form NFC."""
    return unicodedata.normalize("NFC", text)


def units_of(text: str) -> list[str]:
    """Split a text into the smallest parts that can be composed by themselves.

    Example:
        >>> [len(unit) for unit in units_of("\u1112\u1161\u11abe\u0301a")]
        [3, 2, 1]
    """
    units: list[str] = []
    for part in SYLLABLES.findall(text):
        if units and joins(units[-1], part):
            units[-1] += part
        else:
            units.append(part)
    return units


def joins(unit: str, part: str) -> bool:
    """Return whether what follows a unit belongs to it: as its mark, or composed with it."""
    if MAY_JOIN.match(part) is None:
        return False
    return unicodedata.combining(part) > 0 or compose(unit + part) != compose(unit) + compose(part)


def borders(parts: Iterable[str]) -> np.ndarray:
    """Return where parts of a text begin, and where the last one ends.

    Example:
        >>> borders(["한", "글은"]).tolist()
        [0, 1, 3]
    """
    return np.array(list(accumulate(map(len, parts), initial=0)))


def carried(start: int, end: int, of: np.ndarray | None, to: np.ndarray | None) -> tuple[int, int]:
    """Return a span of a text in another one of the same units, given the borders of both."""
    if of is None or to is None:
        return start, end
    first = int(np.searchsorted(of, start, "right")) - 1
    last = int(np.searchsorted(of, end, "left"))
    return int(to[max(first, 0)]), int(to[min(last, len(to) - 1)])


def beginnings(size: int, of: np.ndarray | None, to: np.ndarray | None) -> np.ndarray:
    """Return for each character of a text where its unit begins in another one.

    Args:
        size: characters of the text.
        of, to: the borders of the same units in the text and in the other one; None where each
            character is a unit in both.
    """
    return np.arange(size) if of is None or to is None else np.repeat(to[:-1], np.diff(of))


def check_text(name: str, value: Any) -> str:
    """Return a text that somebody gave, once it is known to be one.

    Args:
        name: what it was given as, for the message.
        value: what was given.

    Raises:
        InputError: it is no text, or holds half a character, which no file can hold.

    Example:
        >>> check_text("title", None)
        Traceback (most recent call last):
        ...
        klue_common.errors.InputError: title: found None, expected a text
    """
    if not isinstance(value, str):
        raise InputError(f"{name}: found {value!r:.60}, expected a text")
    half = SURROGATE.search(value)
    if half:
        raise InputError(
            f"{name}: found half a character, U+{ord(half.group()):X}, at {half.start()}, "
            "expected whole ones"
        )
    return value


def check_texts(name: str, values: Iterable[Any]) -> list[str]:
    """Return the texts of a list that somebody gave, once they are known to be texts.

    Raises:
        InputError: one is none; its place in the list is named.

    Example:
        >>> check_texts("tokens", ["한", 5])
        Traceback (most recent call last):
        ...
        klue_common.errors.InputError: tokens[1]: found 5, expected a text
    """
    return [check_text(f"{name}[{at}]", value) for at, value in enumerate(values)]
