"""Submissions in a folder."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from klue_common.errors import InputError
from klue_common.progress import note
from klue_datasets import DataError
from klue_datasets.files import sync_folder, writable, written

from .entries import Entry, read_lines

LINES = "submissions.jsonl"
LOCK_TIMEOUT = 60.0  # seconds that a submission waits for others


class LocalStore:
    """A folder that several processes may write at once.

    A line is accepted when it is whole and on the disk: one process at a time appends it and waits
    for fsync. What a killed process left of a line has no line end; it was never accepted, is not
    read, and is cut off before the next line is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "predictions").mkdir(exist_ok=True)
        self.path = folder / LINES

    def append(self, entry: Entry, predictions: bytes) -> None:
        """See `Store.append`; predictions go first, so that an entry always has its own.

        Raises:
            InputError: an entry of this id is there already, others took too long, or there is no
                room; then nothing of it is there.
        """
        with self.turn():
            if any(entry.id == other.id for other in self.read()):
                raise InputError(f"{entry.model}: these predictions are on the board already")
            try:
                self.write_predictions(entry.id, predictions)
                with writable(self.path), self.path.open("ab+", buffering=0) as file:
                    cut_torn_line(file.fileno())
                    write_line(file.fileno(), entry.line())
            except DataError as error:
                self.place(entry.id).unlink(missing_ok=True)
                note(f"klue: error: {error}")  # the operator's paths are no visitor's business
                raise InputError(
                    f"{entry.model}: found no room on the board's disk, expected some: "
                    "try again later"
                ) from None
            sync_folder(self.folder)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the lock under which no other process or thread writes."""
        try:
            with FileLock(self.folder / ".lock", timeout=LOCK_TIMEOUT):
                yield
        except Timeout:
            raise InputError("found too many submissions at once, expected a turn") from None

    def read(self) -> list[Entry]:
        """See `Store.read`."""
        if not self.path.exists():
            return []
        whole, _, _ = self.path.read_bytes().rpartition(b"\n")
        return read_lines(whole, str(self.path))

    def predictions(self, entry: str) -> bytes:
        """See `Store.predictions`."""
        return gzip.decompress(self.place(entry).read_bytes())

    def place(self, entry: str) -> Path:
        """Return the file of an entry's predictions."""
        return self.folder / "predictions" / f"{entry}.jsonl.gz"

    def write_predictions(self, entry: str, predictions: bytes) -> None:
        """Write them beside, wait for the disk, rename."""
        with written(self.place(entry)) as file:
            file.write(gzip.compress(predictions, mtime=0))


def write_line(descriptor: int, line: bytes) -> None:
    """Write a line at the end of an open file, on the disk; where that fails, nothing of it.

    Raises:
        OSError: there is no room for it.
    """
    end = os.fstat(descriptor).st_size
    try:
        while line:
            line = line[os.write(descriptor, line) :]
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, end)
        raise


def cut_torn_line(descriptor: int) -> None:
    """Cut off what stands behind the last line end of an open file."""
    size = end = os.fstat(descriptor).st_size
    while end and os.pread(descriptor, 1, end - 1) != b"\n":
        end -= 1
    if end < size:
        os.ftruncate(descriptor, end)
