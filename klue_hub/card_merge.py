"""Merging a card of ours with the one on the Hub, where people write too: what they wrote stays."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import yaml

from klue_common.errors import InputError

from .hub_internals import CARD_FRONT_MATTER, yaml_dump

# Left out of a card of ours, it says that no pipeline of transformers answers as is meant.
OURS_ALONE = ("pipeline_tag",)
MARK = re.compile(r"\n*<!-- written by klue, text ([0-9a-f]{16}) -->\s*\Z")


def sealed(card: str) -> str:
    """Return a card with a mark, invisible when shown, that tells whether its text was edited.

    Example:
        >>> sealed("# KLUE").splitlines()[-1]
        '<!-- written by klue, text c3f5165df61f98c9 -->'
    """
    return f"{card.rstrip()}\n\n<!-- written by klue, text {digest(split(card)[1])} -->\n"


def merged(ours: str, theirs: str, place: str) -> str:
    """Return our sealed card merged with the one that is there.

    Our keys of the front matter replace theirs, their other keys and tags stay. The text is ours,
    unless theirs was written or edited by hand: then it stays.

    Args:
        ours: a card from `sealed`.
        theirs: the card that is there, empty if there is none.
        place: what to call it in an error.

    Raises:
        InputError: one of the two has no valid front matter.
    """
    data, text = front_matter(ours, "README.md"), split(ours)[1]
    if not theirs or theirs == ours:
        return ours
    there = front_matter(theirs, place)
    if edited(split(theirs)[1]):
        text = split(theirs)[1]
    if there.get("tags") and data.get("tags"):
        data["tags"] = list(dict.fromkeys([*data["tags"], *there["tags"]]))
    return f"---\n{yaml_dump({**data, **others(there, data)}, sort_keys=False)}---\n{text}"


def others(there: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Return the entries of the front matter that is there that are not ours.

    Args:
        there: that front matter.
        data: ours.

    Example:
        >>> others({"gated": True, "pipeline_tag": "token-classification"}, {"license": "mit"})
        {'gated': True}
    """
    return {k: value for k, value in there.items() if k not in data and k not in OURS_ALONE}


def edited(text: str) -> bool:
    """Return whether a person wrote or changed a card's text."""
    mark = MARK.search(text)
    if mark is None:
        return bool(text.strip())
    return digest(text[: mark.start()]) != mark[1]


def front_matter(card: str, place: str) -> dict[str, Any]:
    """Return the front matter at the head of a card, empty without one.

    Args:
        card: its whole text.
        place: what to call it in an error.

    Raises:
        InputError: it is no YAML, or no mapping.
    """
    try:
        data = yaml.safe_load(split(card)[0]) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 2}" if mark else ""
        problem = getattr(error, "problem", None) or "something else"
        raise InputError(f"{place}{line}: found broken YAML ({problem}), expected a card") from None
    if not isinstance(data, dict):
        raise InputError(f"{place}: found {data!r} as front matter, expected keys and values")
    return data


def split(card: str) -> tuple[str, str]:
    """Return the front matter of a card without its fences, and the text.

    Example:
        >>> split("---\\nlicense: mit\\n---\\n# A card\\n")
        ('license: mit', '# A card\\n')
    """
    block = CARD_FRONT_MATTER.search(card)
    return (block[2], card[block.end() :]) if block else ("", card)


def digest(text: str) -> str:
    """Return a short digest of a text, blanks at its ends aside: 16 hexadecimal digits."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:16]
