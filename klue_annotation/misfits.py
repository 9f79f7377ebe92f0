"""What is wrong with one row or one answer; whoever knows the file and the item names them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from klue_datasets.errors import show


class MisfitError(ValueError):
    """A row that is no item of the task, or an answer that the form cannot have given.

    Attributes:
        place: the field.
        found, expected: what stands there, and what should.
    """

    def __init__(self, place: str, found: str, expected: str) -> None:
        super().__init__(f"{place}: found {found}, expected {expected}")
        self.place, self.found, self.expected = place, found, expected


class SlipError(ValueError):
    """An answer that the form lets pass but the task cannot use; it does not count."""


def text_of(row: Mapping[str, Any], name: str, one_line: bool = True) -> str:
    """Return a text that an item needs.

    Args:
        row: a raw row.
        name: the column.
        one_line: whether the raw layout has no place for line breaks and tabs in it.

    Raises:
        MisfitError: there is none, it is empty, or holds characters that nobody sees or writes.

    Example:
        >>> text_of({"title": "비 온다"}, "title")
        '비 온다'
    """
    text = row.get(name)
    if not isinstance(text, str) or not text.strip():
        raise MisfitError(name, show(text) if name in row else "nothing", "a text")
    allowed = "" if one_line else "\n\t"
    for char in text:
        if unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") and char not in allowed:
            expected = "a text on one line" if one_line else "a text without control characters"
            raise MisfitError(name, f"the character {char!a} in {show(text)}", expected)
    return text


def kept(row: Mapping[str, Any], *names: str) -> dict[str, str]:
    """Return those of a row's columns that it has; they are about the item and are texts.

    Raises:
        MisfitError: one of them is no text.

    Example:
        >>> kept({"url": "a", "date": None}, "url", "date", "source")
        {'url': 'a'}
    """
    found = {name: row[name] for name in names if row.get(name) is not None}
    for name, value in found.items():
        if not isinstance(value, str):
            raise MisfitError(name, show(value), "a text, or nothing")
    return found
