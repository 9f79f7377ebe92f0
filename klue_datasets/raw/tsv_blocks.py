"""Reading the block format of the NER and DP files.

Comment lines open the file; then each sentence is a line `## <guid><tab><sentence>`, one line of
tab-separated cells per unit (a character in NER, an eojeol in DP), and an empty line. A last block
without its empty line is a block all the same, and more than one empty line makes no empty block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from ..errors import DataError, data_error, show
from .arrays import number_array, text_array
from .windows import text_windows

SENTENCES = 250


@dataclass
class Blocks:
    """Some sentences of a file.

    Attributes:
        path: the file.
        guids, sentences: one each per sentence.
        openings: the line number, counted from 1, of each sentence's `##` line.
        bodies: the lines of each sentence, joined as in the file.
    """

    path: Path
    guids: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    openings: list[int] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)

    def lengths(self) -> list[int]:
        """Count the lines of each sentence."""
        return [body.count("\n") + 1 for body in self.bodies]

    def cells(self, names: Sequence[str]) -> dict[str, pa.Array]:
        """Split the lines into columns.

        Returns:
            For each name an array of strings, over the lines of all sentences.

        Raises:
            DataError: a line has another number of cells.
        """
        import pyarrow.compute as pc  # takes as long as a file of another format

        text = "\n".join(self.bodies)
        width = len(names)
        line = r"\t".join([r"[^\t\n]*+"] * width)
        if not re.fullmatch(rf"(?:{line}\n)*+{line}", text):
            lines = text.split("\n")
            at = next(i for i, line in enumerate(lines) if line.count("\t") != width - 1)
            found = f"{lines[at].count(chr(9)) + 1} in {show(lines[at])}"
            raise self.error(at, found, f"{width} tab-separated cells ({', '.join(names)})")
        # Split in Arrow: as Python strings, the cells would take ten times the file's size.
        flat = pc.split_pattern(text_array([text.replace("\n", "\t")]), "\t").values
        return {
            name: flat.take(number_array(np.arange(first, len(flat), width), np.int64))
            for first, name in enumerate(names)
        }

    def error(self, at: int, found: str, expected: str) -> DataError:
        """Build the error of the line `at` over all sentences, naming its number in the file."""
        ends = np.cumsum(self.lengths())
        sentence = int(np.searchsorted(ends, at, side="right"))
        first = int(ends[sentence - 1]) if sentence else 0
        place = f"line {self.openings[sentence] + 1 + at - first} ({self.guids[sentence]})"
        return data_error(self.path, place, found, expected)


def read_blocks(path: Path) -> Iterator[Blocks]:
    """Yield the sentences of a file, some hundreds at a time.

    Raises:
        DataError: the file is missing, no UTF-8 or without a sentence, a line stands outside a
            sentence, a sentence has no lines.
    """
    blocks = Blocks(path)
    begun = False
    for number, text in _paragraphs(path):
        while not begun and _is_comment(text):
            number, text = number + 1, text.partition("\n")[2]
        if text:
            _add(blocks, number, text)
            begun = True
        if len(blocks.guids) == SENTENCES:
            yield blocks
            blocks = Blocks(path)
    if not begun:
        raise data_error(path, "", "no sentence", f"one or more, opened by {_OPENING}")
    if blocks.guids:
        yield blocks


def _paragraphs(path: Path) -> Iterator[tuple[int, str]]:
    """Yield what stands between empty lines, with the number of its first line."""
    number = 1
    rest = ""
    for window in text_windows(path):
        # Only \n ends a line: other separators may be characters of a sentence.
        *whole, rest = (rest + window).replace("\r\n", "\n").split("\n\n")
        for text in whole:
            yield from _numbered(number, text)
            number += text.count("\n") + 2
    yield from _numbered(number, rest)


def _numbered(number: int, text: str) -> Iterator[tuple[int, str]]:
    stripped = text.lstrip("\n")
    if stripped:
        yield number + len(text) - len(stripped), stripped.rstrip("\n")


_OPENING = "'## <guid><tab><sentence>'"
_GUID_AND_SENTENCE = re.compile(r"## *(\S+)\t(.*)", re.DOTALL)


def _is_comment(text: str) -> bool:
    return text.startswith("##") and _guid_and_sentence(text.partition("\n")[0]) is None


def _guid_and_sentence(line: str) -> tuple[str, str] | None:
    """Read `## <guid><tab><sentence>`; in comments, spaces stand where the guid would."""
    opening = _GUID_AND_SENTENCE.fullmatch(line)
    return opening and (opening[1], opening[2])


def _add(blocks: Blocks, number: int, text: str) -> None:
    head, _, body = text.partition("\n")
    opening = _guid_and_sentence(head)
    if opening is None:
        raise data_error(blocks.path, f"line {number}", show(head), _OPENING)
    if not body:
        place = f"line {number} ({opening[0]})"
        raise data_error(blocks.path, place, "a sentence without lines", "one line or more")
    if body.startswith("##") or "\n##" in body:
        lines = body.split("\n")
        at = next(i for i, line in enumerate(lines) if line.startswith("##"))
        expected = "an empty line before it"
        raise data_error(blocks.path, f"line {number + 1 + at}", show(lines[at]), expected)
    blocks.guids.append(opening[0])
    blocks.sentences.append(opening[1])
    blocks.openings.append(number)
    blocks.bodies.append(body)
