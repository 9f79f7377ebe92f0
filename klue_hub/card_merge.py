"""Merging a card of ours with the one on the Hub, where people write too: what they wrote stays."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import yaml

from klue_common.errors import InputError, one_line
from klue_datasets.errors import show

from .hub_internals import CARD_FRONT_MATTER, yaml_dump

# Left out of a card of ours, it says that no pipeline of transformers answers as is meant.
OURS_ALONE = ("pipeline_tag",)
MOST_LEVELS = 100
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
    if tags := list(dict.fromkeys([*tags_of(data, "README.md"), *tags_of(there, place)])):
        data["tags"] = tags
    return f"---\n{yaml_dump({**data, **others(there, data)}, sort_keys=False)}---\n{text}"


def tags_of(front: dict[str, Any], place: str) -> list[str]:
    """Return the tags of a front matter; a single text is one tag.

    Raises:
        InputError: they are no texts.

    Example:
        >>> tags_of({"tags": "korean"}, "README.md"), tags_of({}, "README.md")
        (['korean'], [])
    """
    tags = front.get("tags") or []
    if isinstance(tags, str):
        return [tags]
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise InputError(f"{place}: tags: found {show(tags)}, expected a list of texts")
    return tags


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
        InputError: it is no YAML, or no mapping of texts, or nested too deep.
    """
    data = read_yaml(split(card)[0], place) or {}
    if not isinstance(data, dict):
        found = show(data)
        raise InputError(f"{place}: found {found} as front matter, expected keys and values")
    for key in data:
        if not isinstance(key, str):
            raise InputError(f"{place}: found the key {show(key)}, expected a text")
    return data


def read_yaml(block: str, place: str) -> Any:
    """Return what a text of YAML that others wrote says.

    Args:
        block: the text.
        place: what to call it in an error.

    Raises:
        InputError: it is no YAML, or nested too deep.

    Example:
        >>> read_yaml("tags: [klue]", "README.md")
        {'tags': ['klue']}
    """
    if levels(block) > MOST_LEVELS:
        # PyYAML's time grows with the square of them, and its stack ends.
        raise InputError(f"{place}: found more than {MOST_LEVELS} levels of YAML, expected a card")
    try:
        return yaml.safe_load(block)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 2}" if mark else ""
        problem = getattr(error, "problem", None) or "something else"
        raise InputError(f"{place}{line}: found broken YAML ({problem}), expected a card") from None
    except Exception as error:  # a date that no calendar has; a tag on what it cannot be
        found = one_line(error)
        raise InputError(f"{place}: found broken YAML ({found}), expected a card") from None


def levels(block: str) -> int:
    """Return how deep the brackets and the indentation of a YAML text go, at most.

    Example:
        >>> levels("a: [[1], {b: 2}]"), levels("a:\\n  b:\\n    - c")
        (2, 6)
    """
    depth = deepest = 0
    for sign in block:
        depth += (sign in "[{") - (sign in "]}")
        deepest = max(deepest, depth)
    indented = max((len(line) - len(line.lstrip(" -")) for line in block.splitlines()), default=0)
    return max(deepest, indented)


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
