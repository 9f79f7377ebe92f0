"""Fetching files over HTTP: resumed where they broke off, tried again, checked at the end."""

from __future__ import annotations

import http.client
import os
import time
import urllib.error
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from .errors import DataError, data_error, on_one_line
from .files import sync_folder, writable
from .identity import Expected, check_identity
from .transfer import Deadline, TooLongError, receive_rest

TRIES = 5
BACK_OFF = 1.0
"""Seconds before the second try; each later wait is twice as long."""
LONGEST_WAIT = 60.0
LARGEST = 1 << 28
"""Bytes of a file whose size nobody knows: the raw files of all tasks together have fewer."""
PATIENCE, SLOWEST = 300.0, 50_000
"""A call may take so many seconds, and one more for so many bytes: a part is gone on with later."""
WORDS = 120
"""Characters of what a server says."""


def download(
    url: str, path: Path, expected: Expected, received: Callable[[int], None] = lambda count: None
) -> None:
    """Fetch a file to `path`, unless it is there.

    What has been received stays beside it as `<name>.part` until it is whole and its hash is
    right, so that a later call goes on from there. It never has more bytes than are expected, or
    than LARGEST where their number is not known.

    Args:
        url: where it is.
        path: where it goes; its folder is made.
        expected: what it must be.
        received: called with the number of bytes of each block, and of what a former call left.

    Raises:
        DataError: the server refuses, cannot be reached in five tries, takes too long, or sends
            another file; or the file cannot be written.
    """
    part = path.with_name(path.name + ".part")
    most = LARGEST if expected.size is None else expected.size
    lock = FileLock(path.with_name(path.name + ".lock"))
    with writable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    try:
        if path.exists():
            return
        deadline = Deadline(PATIENCE + most / SLOWEST)
        resumed = part.exists()
        _receive(url, part, most, deadline, received)
        try:
            check_identity(part, expected)
        except DataError as error:
            part.unlink()
            if not resumed:
                raise DataError(f"{url}: {error}") from None
            # What an earlier call had left may have been wrong: once more, from the start.
            _receive(url, part, most, deadline, received)
            _check_or_drop(url, part, expected)
        _put(part, path)
    finally:
        lock.release()


def _put(part: Path, path: Path) -> None:
    """Let a whole file take its name, once it is on the disk."""
    with writable(path):
        with part.open("r+b") as file:
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)


def _check_or_drop(url: str, part: Path, expected: Expected) -> None:
    try:
        check_identity(part, expected)
    except DataError as error:
        part.unlink()
        raise DataError(f"{url}: {error}") from None


def _receive(
    url: str, part: Path, most: int, deadline: Deadline, received: Callable[[int], None]
) -> None:
    if part.exists():
        if part.stat().st_size > most:
            part.unlink()
        else:
            received(part.stat().st_size)
    problem = ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(min(BACK_OFF * 2 ** (attempt - 1), LONGEST_WAIT, deadline.left))
        try:
            receive_rest(url, part, most, deadline, received)
            return
        except TooLongError as error:
            part.unlink(missing_ok=True)
            raise data_error(url, "", str(error), f"at most {most:,} bytes") from None
        except urllib.error.HTTPError as error:
            problem = f"HTTP {error.code} {_words(error.reason)}"
            if error.code == 416:  # what is there is longer than the file: begin anew
                part.unlink(missing_ok=True)
            elif error.code < 500 and error.code not in (408, 429):
                raise _unreachable(url, problem) from None
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            problem = _words(getattr(reason, "strerror", None) or reason) or type(error).__name__
        if not deadline.left:
            limit = f"no end within {deadline.seconds:,.0f} s ({problem})"
            raise _unreachable(url, f"{limit}; the same again goes on where it was")
    raise _unreachable(url, f"{problem} in {TRIES} tries")


def _words(said: object) -> str:
    """Return what a server said on one line, without what would drive a terminal."""
    line = on_one_line(" ".join(str(said).split()))
    return line if len(line) <= WORDS else f"{line[: WORDS - 1]}…"


def _unreachable(url: str, problem: str) -> DataError:
    expected = "the file (KLUE_DATA_DIR or --data-dir can name a folder that has it)"
    return data_error(url, "", problem, expected)
