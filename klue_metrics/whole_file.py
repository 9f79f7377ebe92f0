"""A file that is whole or not there: written beside its place, then renamed."""

import contextlib
import os
import re
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from .errors import MetricError

if sys.platform != "win32":
    import fcntl


@contextlib.contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file beside `path` that takes its place, on the disk, when the block ends.

    While it is written it is locked, which ends with the process: what nobody locks a killed
    process left, and goes. Where there are no locks, nothing is known, and it stays.

    Raises:
        MetricError: it cannot be written.
    """
    beside = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(path)
        # Not locked yet, it may have been taken for a leftover: then another one.
        while beside is None or not beside.exists():
            beside = path.with_name(f".{path.name}.{secrets.randbelow(10**12)}.tmp")
            file = beside.open("xb")
            _lock(file)
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            beside.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        words = error.strerror or type(error).__name__
        raise MetricError(f"{path}: cannot be written: {words}") from None
    finally:
        if beside is not None:
            with contextlib.suppress(OSError):
                beside.unlink()


def remove_leftovers(path: Path) -> None:
    """Remove what killed processes left of a file."""
    name = re.compile(rf"\.{re.escape(path.name)}\.\d+\.tmp")
    for left in list(path.parent.iterdir()):
        if name.fullmatch(left.name):
            with contextlib.suppress(OSError), left.open("r+b") as file:
                if _lock(file):
                    left.unlink()


def _lock(file: IO[bytes]) -> bool:
    """Lock a file until it is closed; whether that could be done."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    """Wait until a folder's entries are on the disk, where folders can be opened."""
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
