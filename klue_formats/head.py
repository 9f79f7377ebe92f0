"""The first lines of a file, by which its form is told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from klue_baselines.labelling.lines import BOM, opened
from klue_common.errors import InputError, one_line

START = 1 << 16  # bytes
WIDTH = 60  # characters of a line that a message shows


@dataclass(frozen=True)
class Head:
    """How a file begins.

    Attributes:
        path: the file, or a folder.
        start: its first bytes, unpacked; none of a folder.
        lines: its first lines, where it is text; the last one may be cut.
    """

    path: Path
    start: bytes
    lines: tuple[str, ...]

    @property
    def first(self) -> str:
        """The first line with a letter in it; "" where there is none."""
        return next((line for line in self.lines if line.strip()), "")

    @property
    def object(self) -> dict[str, Any]:
        """The JSON object that the first line is; an empty one where it is none."""
        try:
            found = json.loads(self.first)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def found(self) -> str:
        """The first line in words, for messages."""
        if self.path.is_dir():
            return "a folder"
        if not self.start.strip():
            return "nothing"
        if not self.lines:
            return f"bytes that are no text ({self.start[:8]!r})"
        return f"{self.first if len(self.first) <= WIDTH else self.first[: WIDTH - 1] + '…'!r}"


def head_of(path: Path) -> Head:
    """Return how a file begins.

    Raises:
        InputError: there is no such file, or it cannot be read.
    """
    if path.is_dir():
        return Head(path, b"", ())
    try:
        with opened(path) as file:
            start = file.read(START)
    except (OSError, EOFError) as error:
        raise InputError(f"{path}: cannot be read: {one_line(error)}") from None
    if b"\0" in start:
        return Head(path, start, ())
    text = start.decode("utf-8", "replace")  # a byte that is no UTF-8 is its reader's to name
    return Head(path, start, tuple(text.removeprefix(BOM).split("\n")))
