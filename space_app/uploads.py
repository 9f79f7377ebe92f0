"""The door for prediction files: what is no small JSON Lines file goes no further.

A file is read here once as a stream, a line at a time, so that neither its size nor its shape can
cost more memory than a line; what passes is small and plain, and is read again by the metric.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from klue_common.errors import InputError
from klue_metrics.errors import shown

from .settings import MEGABYTE, Limits

DEPTH = 4  # A record is an object of lists; nothing in the format is deeper than two.
SIGNATURES = {
    b"PK": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"\x80": "a pickle",
    b"PAR1": "a Parquet file",
}


def check_upload(path: Path, limits: Limits) -> None:
    """Raise InputError unless the file is JSON Lines within the limits."""
    size = path.stat().st_size
    if size > limits.upload_bytes:
        most = limits.upload_bytes / MEGABYTE
        raise InputError(
            f"{path.name}: found {size / MEGABYTE:.1f} MB, expected at most {most:g} MB"
        )
    with path.open("rb") as file:
        start = file.read(4)
    for signature, kind in SIGNATURES.items():
        if start.startswith(signature):
            raise InputError(f"{path.name}: found {kind}, expected JSON Lines, one object a line")
    for number, line in lines_of(path, limits):
        check_line(f"{path.name}:{number}", line)


def lines_of(path: Path, limits: Limits) -> Iterator[tuple[int, bytes]]:
    """Yield the lines with their numbers from 1, none longer than allowed."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(limits.line_bytes + 1):
            number += 1
            if len(line) > limits.line_bytes:
                raise InputError(
                    f"{path.name}:{number}: found a line of more than {limits.line_bytes:,} "
                    "bytes, expected one JSON object a line"
                )
            if number > limits.upload_lines:
                raise InputError(
                    f"{path.name}:{number}: found more than {limits.upload_lines:,} lines, "
                    "expected one for each example"
                )
            yield number, line


def check_line(place: str, line: bytes) -> None:
    """Raise InputError unless the line is a plain JSON object, or empty."""
    try:
        text = line.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        byte = line[error.start]
        raise InputError(f"{place}: found byte {byte:#04x}, expected UTF-8") from None
    if not text:
        return
    try:
        value = json.loads(text, parse_constant=no_constant)
    except (ValueError, RecursionError) as error:
        found = str(error) if isinstance(error, ConstantError) else shown(text)
        raise InputError(f"{place}: found {found}, expected one JSON object a line") from None
    if not isinstance(value, dict) or deeper(value, DEPTH):
        raise InputError(f"{place}: found {shown(text)}, expected one flat JSON object a line")


class ConstantError(ValueError):
    """A number that JSON does not have."""


def no_constant(name: str) -> NoReturn:
    """Raise ConstantError for NaN and Infinity, which Python reads though JSON has them not."""
    raise ConstantError(f"the number {name}")


def deeper(value: Any, depth: int) -> bool:
    """Return whether lists and objects are nested more than `depth` times.

    >>> deeper({"a": [1]}, 2), deeper({"a": [[1]]}, 2)
    (False, True)
    """
    if not isinstance(value, dict | list):
        return False
    if depth == 0:
        return True
    return any(deeper(v, depth - 1) for v in (value.values() if isinstance(value, dict) else value))


def private(message: str) -> str:
    """Return a message without the server's folders: of every path only the last part is left.

    >>> private("/srv/klue/dp.tsv:7: found x, expected TASK/n")
    'dp.tsv:7: found x, expected TASK/n'
    """
    words = message.split(" ")
    return " ".join(word.rpartition("/")[2] if word.startswith("/") else word for word in words)
