"""The two shapes of KLUE's raw files: a JSON list, and blocks of lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from klue_common.own_files import json_text
from klue_datasets.raw.json_rows import read_objects
from klue_datasets.raw.tsv_blocks import read_blocks


def json_list(rows: Sequence[dict[str, Any]]) -> str:
    """Return the text of a raw file that is a list of objects."""
    return json_text(list(rows))


def read_list(path: Path, key: str | None = None) -> list[dict[str, Any]]:
    """Return the objects of such a file.

    Args:
        path: the file.
        key: of the list, where the file is an object that holds it.

    Raises:
        DataError: it is none.
    """
    return [row for batch in read_objects(path, key) for row in batch]


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


def blocks_in(path: Path) -> Iterator[tuple[str, str, list[list[str]]]]:
    """Yield guid, sentence and lines of cells of each block of a file.

    Raises:
        DataError: it is no file of blocks.
    """
    for blocks in read_blocks(path):
        for guid, sentence, body in zip(blocks.guids, blocks.sentences, blocks.bodies, strict=True):
            yield guid, sentence, [line.split("\t") for line in body.split("\n")]
