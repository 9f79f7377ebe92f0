"""Files and folders that are whole or not there: written beside their place, then renamed.

What takes its name is on the disk by then, and so is the name when the writer returns: a power cut
leaves the old or the new. The one place for it in this project. `klue_metrics` alone has its own,
since it goes to the Hub by itself.

Not waited for is what can be had again at no loss: a download's part, whose hash is checked once it
is whole, the libraries' caches, and a run's checkpoints, which are large, often written, and of
which the one before is there.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from .errors import DataError
from .unfinished import place_for

BUFFER = 1 << 20  # bytes
# How the Rust libraries (tokenizers, safetensors) and torch, which have errors of their own, quote
# what the system says.
SYSTEM_WORDS = ("os error", "No space left", "File too large", "PytorchStreamWriter failed")


@contextlib.contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file beside `path` that takes its place when the block ends, and goes if it fails.

    Args:
        path: where the file goes; its folder is made.

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
    with writable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with place_for(path, lambda beside: beside.touch(exist_ok=False)) as beside:
            with beside.open("wb", buffering=BUFFER) as file:
                yield file
            _sync(beside, os.O_RDWR)  # by its name: some writers close what they are given
            beside.replace(path)
        sync_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all, as UTF-8.

    Raises:
        DataError: it cannot be written.
    """
    with written(path) as file:
        file.write(text.encode("utf-8"))


@contextlib.contextmanager
def written_folder(
    path: Path,
    *,
    replace: bool = False,
    last: str = "",
    meanwhile: bytes = b"",
    drop: Iterable[str] = (),
) -> Iterator[Path]:
    """Open a new folder beside `path` that takes its place when the block ends.

    Args:
        path: where the folder goes. Where it is there already, the new files are written in a
            hidden folder within it, as it may be a disk of its own, and moved into it one by one,
            those that stand at its top last; its other files stay.
        replace: remove the folder that is there, with all that it holds.
        last: the name of the file that readers begin with. It is moved after all others, and while
            they are moved it is not there: nobody reads files of which some are old. A process that
            is killed just then leaves it so.
        meanwhile: what it holds while they are moved, for it to be there; it says how to go on.
        drop: patterns of files that go where the new folder has none of their name.

    Raises:
        DataError: a file cannot be written.
    """
    within = path.is_dir() and not replace
    with writable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with place_for(path / "new" if within else path, Path.mkdir) as beside:
            yield beside
            _sync_tree(beside)
            if path.exists() and not replace:
                _move_into(path, beside, last, meanwhile, drop)
            elif path.exists():
                with place_for(path, Path.mkdir) as old:
                    path.rename(old / path.name)
                    beside.rename(path)
            else:
                beside.rename(path)
        sync_folder(path.parent)


def _move_into(path: Path, beside: Path, last: str, meanwhile: bytes, drop: Iterable[str]) -> None:
    """Move all files of a folder into another one, and remove from that what they replace."""
    new = [file.relative_to(beside) for file in beside.rglob("*") if file.is_file()]
    # Whatever may fail for want of room, or for something in the way, comes before any change.
    sign = beside / ".meanwhile"
    if meanwhile:
        sign.write_bytes(meanwhile)
        _sync(sign, os.O_RDWR)
    for folder in dict.fromkeys(path / file.parent for file in new):
        folder.mkdir(parents=True, exist_ok=True)
    if last and meanwhile:
        sign.replace(path / last)
        sync_folder(path)
    elif last:
        (path / last).unlink(missing_ok=True)
        sync_folder(path)
    for pattern in drop:
        for old in path.glob(pattern):
            if old.relative_to(path) not in new:
                old.unlink()
    # A card at the top describes the files in the folders below it: these come first.
    for file in sorted(new, key=lambda file: (file == Path(last), -len(file.parts), file)):
        if file == Path(last):
            _sync_folders(path, new)
        (beside / file).replace(path / file)
    _sync_folders(path, new)


def _sync_folders(path: Path, files: Iterable[Path]) -> None:
    for folder in dict.fromkeys(path / file.parent for file in files):
        sync_folder(folder)


def _sync_tree(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            sync_folder(path)
        elif path.is_file():
            _sync(path, os.O_RDWR)


def sync_folder(folder: Path) -> None:
    """Wait until a folder's own entries are on the disk: new names are part of the folder."""
    if os.name != "nt":  # which opens no folders
        _sync(folder, os.O_RDONLY)


def _sync(path: Path, mode: int) -> None:
    descriptor = os.open(path, mode)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a file system that has no such thing for folders
            raise
    finally:
        os.close(descriptor)


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
    except DataError:
        raise  # has its place
    except Exception as error:
        if not any(words in str(error) for words in SYSTEM_WORDS):
            raise
        words = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise DataError(f"{path}: cannot be written: {words}") from None
