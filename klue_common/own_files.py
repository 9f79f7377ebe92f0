"""The JSON files that this project writes itself, which may be cut or damaged when read again."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

from .errors import InputError, one_line


def json_text(content: Any) -> str:
    """Return the text of a JSON file, as people read it too.

    >>> print(json_text({"task": "ynat"}), end="")
    {
      "task": "ynat"
    }
    """
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def read_json(path: Path, expected: str) -> dict[str, Any]:
    """Return the object that a JSON file holds.

    Args:
        path: the file.
        expected: what to name in the error, with how to go on where there is a way.

    Raises:
        InputError: it cannot be read, or holds no JSON object; the line names the file.
    """
    return parse_json(read_text(path, expected), str(path), expected)


def read_text(path: Path, expected: str) -> str:
    """Return the text of a file.

    Raises:
        InputError: it cannot be read, or is no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{path}: found text that is no UTF-8, expected {expected}") from None
    except OSError as error:
        reason = error.strerror or one_line(error)
        raise InputError(f"{path}: cannot be read: {reason}, expected {expected}") from None


def parse_json(text: str, place: str, expected: str) -> dict[str, Any]:
    """Return the object that a JSON text holds.

    Args:
        text: the text.
        place: what to call it in the error.
        expected: what to name in the error.

    Raises:
        InputError: it holds none, or is nested too deep.

    Example:
        >>> parse_json("[]", "run.json", "a run's settings")
        Traceback (most recent call last):
            ...
        klue_common.errors.InputError: run.json: found no JSON object, expected a run's settings
    """
    try:
        content = json.loads(text)
        if "\\u" in text:  # an escape may stand for half a character, which no file can hold
            json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise InputError(f"{place}: found half a character, expected {expected}") from None
    except RecursionError:
        raise InputError(f"{place}: found too many levels of JSON, expected {expected}") from None
    except ValueError as error:
        raise InputError(f"{place}: found {one_line(error)}, expected {expected}") from None
    if not isinstance(content, dict):
        raise InputError(f"{place}: found no JSON object, expected {expected}")
    return content


def is_folder(path: Path | str) -> bool:
    """Return whether there is a folder at what somebody typed, which need not be a path at all.

    Example:
        >>> is_folder("."), is_folder("x" * 5000), is_folder("\\0")
        (True, False, False)
    """
    return os.path.isdir(path)  # noqa: PTH112 - Path's own raises where a name is too long


def is_file(path: Path | str) -> bool:
    """Return whether there is a file at what somebody typed; see `is_folder`."""
    return os.path.isfile(path)  # noqa: PTH113


def is_whole(value: Any) -> bool:
    """Return whether a value of a file is a whole number, and no truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Return whether a value of a file is a finite number that a float holds, and no truth value.

    Example:
        >>> is_number(0.5), is_number(True), is_number("1"), is_number(float("inf"))
        (True, False, False, False)
        >>> is_number(10**400)
        False
    """
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
