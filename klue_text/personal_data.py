"""Finding personal data in Korean text: a table of kinds, each a pattern and a check.

A number alone is rarely personal: 1-3-5 groups of digits are also dates, scores, prices and
products. So every kind has, beside its form, what tells it from look-alikes: a check digit, a date
that exists, a word nearby. Names of persons are not found: a form does not tell them.
"""

from __future__ import annotations

from typing import NamedTuple

from .personal_kinds import KINDS, SUSPICIOUS


class Found(NamedTuple):
    """Personal data at one place of a text.

    Attributes:
        start, end: character offsets.
        kind: name of its kind.
        value: what stands there.
    """

    start: int
    end: int
    kind: str
    value: str


def find_personal_data(text: str) -> list[Found]:
    """Find personal data, in order and without overlap; of two kinds the first in KINDS wins.

    Example:
        >>> text = "문의: 010-1234-5678, kim@naver.com"
        >>> [(found.kind, found.value) for found in find_personal_data(text)]
        [('phone', '010-1234-5678'), ('email', 'kim@naver.com')]
        >>> find_personal_data("2021-07-26에 2-1로 이겼다. 버전 1.2.3.4")
        []
    """
    if SUSPICIOUS.search(text) is None:
        return []
    taken: list[Found] = []
    for kind in KINDS:
        if kind.hint.search(text) is None:
            continue
        for match in kind.pattern.finditer(text):
            start, end = match.span("value")
            if all(end <= other.start or other.end <= start for other in taken) and kind.accept(
                match
            ):
                taken.append(Found(start, end, kind.name, text[start:end]))
    return sorted(taken)
