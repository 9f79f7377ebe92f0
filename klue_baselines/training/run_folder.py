"""Folders that runs write to: for one run at a time, and known to be writable before it begins."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from accelerate import PartialState
from filelock import FileLock, Timeout

from klue_common.errors import InputError

LOCK = ".lock"
PATIENCE = 3.0  # seconds; a run that was killed just now takes a moment to be gone


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder until the block ends, or this process does, however it ends.

    Of the processes of one run the first speaks for all.

    Raises:
        InputError: another run is at work there, or the folder cannot be written.
    """
    if not PartialState().is_main_process:
        yield
        return
    lock = FileLock(folder / LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise InputError(
            f"{folder}: found another run at work there, expected its end or another folder"
        ) from None
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror or error}") from None
    try:
        yield
    finally:
        # While it is held: whoever waits for it sees that the file is gone, and makes a new one.
        (folder / LOCK).unlink(missing_ok=True)
        lock.release()


def check_writable(folder: Path) -> None:
    """See that files can be made in a folder, or where it would have to be made; nothing is left.

    Raises:
        InputError: they cannot, or there is a file in the way.
    """
    try:
        nearest = next(path for path in (folder, *folder.parents) if path.exists())
        if not nearest.is_dir():
            raise InputError(f"{nearest}: found a file, expected a folder")
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror or error}") from None
