"""Reading a text file a window at a time: a stretch of bounded size."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from ..errors import data_error, not_utf8

WINDOW = 1 << 17
"""Bytes of a window: large enough for speed, small beside any file of KLUE."""


def text_windows(path: Path) -> Iterator[str]:
    """Yield a UTF-8 file as text a window at a time, none empty, without a byte order mark.

    Line ends stay as they are.

    Raises:
        DataError: the file cannot be read or is no UTF-8; the message names the line.
    """
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        with path.open("rb", buffering=0) as file:
            while block := file.read(WINDOW):
                if text := decoder.decode(block):
                    yield text
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise not_utf8(path) from None
    except OSError as error:
        raise data_error(path, "", str(error.strerror), "a readable file") from None


def line_at(path: Path, place: int) -> int:
    """Return the line, counted from 1, in which the character at a place of the text stands."""
    line = 1
    for window in text_windows(path):
        line += window.count("\n", 0, max(place, 0))
        place -= len(window)
    return line
