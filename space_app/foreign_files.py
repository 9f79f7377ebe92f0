"""Files that a request hands over: only those that were uploaded to this page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from klue_common.errors import InputError

ADDRESS = re.compile(r"\s*[a-z][a-z0-9+.-]*:|\s*//|\s*\\\\", re.IGNORECASE)
OWN = "/gradio_api/file="  # of the address under which an upload can be read again
MOST_VALUES = 20_000


def check_files(content: Any) -> None:
    """Raise InputError where a request names a file by an address, which the page would fetch.

    Example:
        >>> check_files({"data": [{"path": "0f/a.jsonl"}]})
        >>> check_files({"data": [{"path": "https://example.org/a.jsonl"}]})
        Traceback (most recent call last):
            ...
        klue_common.errors.InputError: file: found an address, expected a file uploaded here
    """
    if not isinstance(content, dict):
        raise InputError("found no object, expected an object with data")
    waiting, seen = [content], 0
    while waiting:
        value = waiting.pop()
        seen += 1
        if seen > MOST_VALUES:
            raise InputError(f"found more than {MOST_VALUES:,} values, expected a few")
        if isinstance(value, dict):
            check_file(value)
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def check_file(value: Mapping[str, Any]) -> None:
    """Raise InputError if an object is a file by an address.

    A browser sends the address of its own upload along, which is not fetched.
    """
    path, address = value.get("path"), value.get("url")
    foreign = isinstance(path, str) and ADDRESS.match(path) is not None
    if isinstance(address, str) and address:
        _, found, own = address.partition(OWN)
        foreign = foreign or not found or unquote(own) != unquote(str(path))
    if foreign:
        raise InputError("file: found an address, expected a file uploaded here")
