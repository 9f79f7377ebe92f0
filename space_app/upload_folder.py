"""The folder of uploads, which never holds more than the operator gives it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def trim(folder: Path, most: int) -> None:
    """Delete the oldest files until those that are left are of at most so many bytes."""
    files = []
    for path in folder.glob("*/*"):
        with suppress(OSError):
            about = path.stat()
            files.append((about.st_mtime, about.st_size, path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files, key=lambda file: file[0]):
        if total <= most:
            return
        with suppress(OSError):
            path.unlink()
            path.parent.rmdir()
        total -= size
