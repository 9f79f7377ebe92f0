"""Fetching files over HTTP: resumed where they broke off, tried again, checked at the end."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from .errors import DataError, data_error
from .identity import Expected, check_identity

TRIES = 5
BACK_OFF = 1.0
"""Seconds before the second try; each later wait is twice as long."""
LONGEST_WAIT = 60.0
TIMEOUT = 30.0
BLOCK = 1 << 16


def download(
    url: str, path: Path, expected: Expected, received: Callable[[int], None] = lambda count: None
) -> None:
    """Fetch a file to `path`, unless it is there.

    What has been received stays beside it as `<name>.part` until it is whole and its hash is
    right, so that a later call goes on from there.

    Args:
        url: where it is.
        path: where it goes; its folder is made.
        expected: what it must be.
        received: called with the number of bytes of each block, and of what a former call left.

    Raises:
        DataError: the server refuses, cannot be reached in five tries, or sends another file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with FileLock(path.with_name(path.name + ".lock")):
        if path.exists():
            return
        resumed = part.exists()
        _receive(url, part, received)
        try:
            check_identity(part, expected)
        except DataError as error:
            part.unlink()
            if not resumed:
                raise DataError(f"{url}: {error}") from None
            # What an earlier call had left may have been wrong: once more, from the start.
            _receive(url, part, received)
            _check_or_drop(url, part, expected)
        part.replace(path)


def _check_or_drop(url: str, part: Path, expected: Expected) -> None:
    try:
        check_identity(part, expected)
    except DataError as error:
        part.unlink()
        raise DataError(f"{url}: {error}") from None


def _receive(url: str, part: Path, received: Callable[[int], None]) -> None:
    if part.exists():
        received(part.stat().st_size)
    problem = ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(min(BACK_OFF * 2 ** (attempt - 1), LONGEST_WAIT))
        try:
            _receive_rest(url, part, received)
            return
        except urllib.error.HTTPError as error:
            problem = f"HTTP {error.code} {error.reason}"
            if error.code == 416:  # what is there is longer than the file: begin anew
                part.unlink(missing_ok=True)
            elif error.code < 500 and error.code not in (408, 429):
                raise _unreachable(url, problem) from None
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            problem = getattr(reason, "strerror", None) or str(reason) or type(error).__name__
    raise _unreachable(url, f"{problem} in {TRIES} tries")


def _receive_rest(url: str, part: Path, received: Callable[[int], None]) -> None:
    start = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url)
    if start:
        request.add_header("Range", f"bytes={start}-")
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
        mode = "ab" if answer.status == 206 else "wb"
        announced = answer.headers.get("Content-Length")
        got = 0
        with part.open(mode) as file:
            while block := answer.read(BLOCK):
                file.write(block)
                received(len(block))
                got += len(block)
    if announced is not None and got < int(announced):
        raise http.client.IncompleteRead(b"", int(announced) - got)


def _unreachable(url: str, problem: str) -> DataError:
    expected = "the file (KLUE_DATA_DIR or --data-dir can name a folder that has it)"
    return data_error(url, "", problem, expected)
