"""The two shapes of KLUE's raw files: a JSON list, and blocks of lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from klue_common.own_files import json_text


def json_list(rows: Sequence[dict[str, Any]]) -> str:
    """Return the text of a raw file that is a list of objects."""
    return json_text(list(rows))


def block_file(comments: Sequence[str], blocks: Iterable[str]) -> str:
    """Return the text of a raw file of blocks.

    Args:
        comments: the lines at its top.
        blocks: of `block`.
    """
    head = "".join(f"## {line}\n" for line in comments)
    return head + "".join(f"{text}\n\n" for text in blocks)


def block(guid: str, sentence: str, lines: Iterable[Sequence[str]]) -> str:
    r"""Return a sentence's block.

    Example:
        >>> block("a", "비", [("비", "O")])
        '## a\t비\n비\tO'
    """
    return "\n".join([f"## {guid}\t{sentence}", *map("\t".join, lines)])
