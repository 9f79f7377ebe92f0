"""Reading a JSON list of objects a windowful at a time, and small JSON files whole.

The official files are single JSON values of up to tens of megabytes. Parsing one whole takes more
memory than this package allows itself, four times the file: 7.3 times RE's train file (22 MB, in
0.84 s on one core), 4.2 times NLI's (0.48 s), 4.3 times YNAT's (0.33 s). Parsing one object after
the other out of the whole text takes up to 4.1 times the file, and twice the time of windows, which
need 0.2 times the file: only a window of text and its objects are held, and these go as soon as
they have been turned into columns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ..errors import DataError, data_error, show
from .windows import line_at, text_windows

GUESSES = 8

_SPACE = re.compile(r"[ \t\r\n]*")
_NEXT_OBJECT = re.compile(r"\}[ \t\r\n]*,[ \t\r\n]*\{")


def read_objects(path: Path, key: str | None = None) -> Iterator[list[dict[str, Any]]]:
    """Yield the objects of a JSON list in order, as many at a time as fit a window.

    Args:
        path: a UTF-8 file, with or without a byte order mark.
        key: None if the file is the list itself; else the file is an object and the list is the
            value of this key (its other members are skipped).

    Raises:
        DataError: the file is missing, no UTF-8, cut off, no JSON, or has another shape; the
            message names the line.
    """
    text = _Held(path, text_windows(path))
    if key is not None:
        _seek_member(text, key)
    yield from _elements(text)
    if key is not None:
        _skip_members(text)
    if text.peek():
        raise text.error("the end of the file")


class _Held:
    """The part of the file's text that is held, and the place of the next unread character in it.

    Attributes:
        path: the file.
        number: how often more was read.
    """

    def __init__(self, path: Path, windows: Iterator[str]) -> None:
        self.path = path
        self._windows = windows
        self._text = ""
        self._at = 0
        self._before = 0
        self._ended = False
        self._guessing = True
        self.number = 0
        self._decode = json.JSONDecoder(parse_constant=_no_constant).raw_decode

    def peek(self) -> str:
        """Skip white space and return the next character, "" at the end of the file."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._read(1)

    def take(self, char: str, expected: str) -> None:
        """Step over `char`, which must come next."""
        if self.peek() != char:
            raise self.error(expected)
        self._at += 1

    def value(self, expected: str) -> Any:
        """Parse the JSON value that comes next, reading on until it is whole."""
        self.peek()
        windows = 1
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except ValueError as error:
                if self._ended:
                    raise self._broken(error, expected) from None
            except RecursionError:
                raise self.error(f"{expected} that is not nested so deeply") from None
            else:
                # A number that ends where the window ends may go on behind it.
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            self._read(windows)
            windows *= 2

    def whole_objects(self) -> list[dict[str, Any]]:
        """Parse at once all objects of the window but its last, which may go on behind it.

        Where the last one begins is a guess, the last `}, {`. A wrong guess leaves a bracket or a
        quotation mark open, which the parser notices; then, and wherever something else is wrong,
        no more guesses are made, and the caller gets its objects from `value`, one at a time.
        """
        end = self._text.rfind("}", self._at)
        for _ in range(GUESSES):
            if not self._guessing or end < 0:
                break
            if following := _NEXT_OBJECT.match(self._text, end):
                text = f"[{self._text[self._at : end + 1]}]"
                try:
                    objects, stop = self._decode(text)
                except (ValueError, RecursionError):
                    stop = 0
                if stop < len(text) or set(map(type, objects)) != {dict}:
                    self._guessing = False
                    break
                self._at = following.end() - 1
                return list(objects)
            end = self._text.rfind("}", self._at, end)
        return []

    def error(self, expected: str) -> DataError:
        """Build the error that something else than `expected` comes next."""
        found = self._text[self._at : self._at + 20].split("\n")[0]
        return data_error(
            self.path, f"line {self._line(self._at)}", show(found) if found else _END, expected
        )

    def _broken(self, error: Exception, expected: str) -> DataError:
        if isinstance(error, _ConstantError):
            return data_error(self.path, f"line {self._line(self._at)}", str(error), "a number")
        at = error.pos if isinstance(error, json.JSONDecodeError) else self._at
        cut = at >= len(self._text.rstrip()) or "Unterminated string" in str(error)
        found = _END if cut else show(self._text[at : at + 20].split("\n")[0])
        wanted = f"the rest of {expected} (the file is cut off)" if cut else f"{expected} in JSON"
        return data_error(self.path, f"line {self._line(at)}", found, wanted)

    def _line(self, at: int) -> int:
        # Counted only now, in the file: counting all along takes a tenth of the reading.
        return line_at(self.path, self._before + at)

    def _read(self, windows: int) -> None:
        more = "".join(islice(self._windows, windows))
        self._ended = not more
        self._before += self._at
        self._text = self._text[self._at :] + more
        self._at = 0
        self.number += 1


_END = "the end of the file"


class _ConstantError(ValueError):
    """NaN or Infinity, which Python's parser would let pass."""


def _no_constant(name: str) -> None:
    raise _ConstantError(name)


def read_json(path: Path) -> Any:
    """Read a small JSON file.

    Raises:
        DataError: it cannot be read or is no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise data_error(path, "", str(error.strerror), "a readable file") from None
    except (ValueError, RecursionError) as error:
        raise data_error(path, "", f"no JSON ({error})", "a JSON file") from None


def _elements(text: _Held) -> Iterator[list[dict[str, Any]]]:
    text.take("[", "a list, opened by [")
    if text.peek() == "]":
        text.take("]", "]")
        return
    objects: list[dict[str, Any]] = []
    window = text.number
    while True:
        if text.peek() != "{":
            raise text.error("an object, opened by {")
        objects += text.whole_objects()
        objects.append(text.value("an object"))
        if text.number != window:
            yield objects
            objects, window = [], text.number
        if text.peek() != ",":
            text.take("]", "a comma or the closing ]")
            break
        text.take(",", ",")
    yield objects


def _seek_member(text: _Held, key: str) -> None:
    """Stop where the value of `key` begins."""
    text.take("{", f"an object with the member {show(key)}")
    while text.peek() == '"':
        name = text.value("the name of a member")
        text.take(":", "a colon")
        if name == key:
            return
        text.value("a value")
        if text.peek() == ",":
            text.take(",", ",")
    raise text.error(f"the member {show(key)}")


def _skip_members(text: _Held) -> None:
    while text.peek() == ",":
        text.take(",", ",")
        if text.peek() != '"':
            raise text.error("the name of a member")
        text.value("the name of a member")
        text.take(":", "a colon")
        text.value("a value")
    text.take("}", "a comma or the closing }")
