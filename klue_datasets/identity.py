"""What a file should be: its size and the SHA-1 that git gives it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from .errors import data_error


@dataclass(frozen=True)
class Expected:
    """Identity of a file: the SHA-1 that git gives it, and its size in bytes where known."""

    sha1: str
    size: int | None = None


def git_sha1(path: Path) -> str:
    """Compute the SHA-1 that git gives a file (`git hash-object`).

    Example:
        >>> import tempfile
        >>> with tempfile.NamedTemporaryFile() as empty:
        ...     git_sha1(Path(empty.name))
        'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'
    """
    with path.open("rb") as file:
        digest = hashlib.sha1(b"blob %d\0" % os.fstat(file.fileno()).st_size)
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def check_identity(path: Path, expected: Expected, remedy: str = "") -> None:
    """Compare a file with what it should be.

    Raises:
        DataError: another size or hash; the message names both.
    """
    size = path.stat().st_size
    if expected.size is not None and size != expected.size:
        raise data_error(path, "", f"{size:,} bytes", f"{expected.size:,} bytes{remedy}")
    if (sha1 := git_sha1(path)) != expected.sha1:
        raise data_error(path, "", f"git SHA-1 {sha1}", f"{expected.sha1}{remedy}")
