"""Files and folders that are whole or not there: written beside their place, then renamed.

The one place for it in this project. `klue_metrics` alone has its own, since it goes to the Hub by
itself.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from .errors import DataError

BUFFER = 1 << 20  # bytes
UNFINISHED = re.compile(r"\..+\.\d+(\.tmp)?")  # as in `beside_of`, and in the metric's own writer
# How the Rust libraries (tokenizers, safetensors) and torch, which have errors of their own, quote
# what the system says.
SYSTEM_WORDS = ("os error", "No space left", "File too large", "PytorchStreamWriter failed")


@contextlib.contextmanager
def written(path: Path, *, sync: bool = False) -> Iterator[IO[bytes]]:
    """Open a new file beside `path` that takes its place when the block ends, and goes if it fails.

    Args:
        path: where the file goes; its folder is made.
        sync: wait until its bytes are on the disk, for what must outlive a power cut.

    Raises:
        DataError: the file cannot be written, as on a full disk.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with written(Path(folder) / "new" / "a.txt") as file:
        ...         _ = file.write(b"whole")
        ...     (Path(folder) / "new" / "a.txt").read_text()
        'whole'
    """
    beside = beside_of(path)
    try:
        with writable(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb", buffering=BUFFER) as file:
                yield file
                if sync:
                    file.flush()
                    os.fsync(file.fileno())
            beside.replace(path)
    finally:
        with contextlib.suppress(OSError):  # nothing there, or no folder that it could be in
            beside.unlink()


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all, as UTF-8.

    Raises:
        DataError: it cannot be written.
    """
    with written(path) as file:
        file.write(text.encode("utf-8"))


@contextlib.contextmanager
def written_folder(path: Path, *, replace: bool = False) -> Iterator[Path]:
    """Open a new folder beside `path` that takes its place when the block ends.

    Args:
        path: where the folder goes. Where it is there already, the new files are written in a
            hidden folder within it, as it may be a disk of its own, and moved into it one by one,
            those that stand at its top last; its other files stay.
        replace: remove the folder that is there first, with all that it holds.

    Raises:
        DataError: a file cannot be written.
    """
    beside = beside_of(path / "new" if path.is_dir() and not replace else path)
    try:
        with writable(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(beside, ignore_errors=True)
            beside.mkdir()
            yield beside
            if replace:
                shutil.rmtree(path, ignore_errors=True)
            if not path.exists():
                beside.rename(path)
                return
            files = [file.relative_to(beside) for file in beside.rglob("*") if file.is_file()]
            # A card at the top describes the files in the folders below it: these come first.
            for file in sorted(files, key=lambda file: (-len(file.parts), file)):
                (path / file).parent.mkdir(parents=True, exist_ok=True)
                (beside / file).replace(path / file)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def beside_of(path: Path) -> Path:
    """Return the hidden place beside a path that this process alone writes to."""
    return path.with_name(f".{path.name}.{os.getpid()}")


def remove_leftovers(folder: Path) -> None:
    """Remove what killed processes left half written in a folder that nobody writes to now."""
    for path in folder.glob(".*.*"):
        if UNFINISHED.fullmatch(path.name):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


@contextlib.contextmanager
def writable(path: Path) -> Iterator[None]:
    """Turn what the system says about a path while the block runs into one line.

    Raises:
        DataError: "<path>: cannot be written: <the system's words>".
    """
    try:
        yield
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error.strerror or error}") from None
    except Exception as error:
        if not any(words in str(error) for words in SYSTEM_WORDS):
            raise
        words = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise DataError(f"{path}: cannot be written: {words}") from None
