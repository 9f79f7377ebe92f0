"""Writing whole files or none."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ..errors import InputError, one_line

BUFFER = 1 << 20  # bytes


@contextlib.contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """A new file beside `path` that takes its place when the block ends, and goes if it fails.

    Raises:
        InputError: the file cannot be written, as on a full disk.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with writable(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb", buffering=BUFFER) as file:
                yield file
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@contextlib.contextmanager
def written_folder(path: Path) -> Iterator[Path]:
    """A new folder beside `path` whose files are moved into it when the block ends."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with writable(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(beside, ignore_errors=True)
            beside.mkdir()
            yield beside
            path.mkdir(exist_ok=True)
            for file in beside.iterdir():
                file.replace(path / file.name)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


@contextlib.contextmanager
def writable(path: Path) -> Iterator[None]:
    """Turn what the system says about a path into one line.

    The Rust libraries (tokenizers, safetensors) and torch have errors of their own for it, which
    quote the system's words.
    """
    try:
        yield
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None
    except Exception as error:
        if not any(words in str(error) for words in SYSTEM_WORDS):
            raise
        raise InputError(f"{path}: cannot be written: {one_line(error)}") from None


SYSTEM_WORDS = ("os error", "No space left", "File too large", "PytorchStreamWriter failed")
