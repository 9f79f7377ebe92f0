"""Reading a clean corpus: JSON Lines with the field `text`, as `klue pretrain corpus` writes it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from klue_common.errors import InputError

from .readers import Reading, documents

CHUNK = 1 << 20  # bytes


def corpus_files(path: Path) -> list[Path]:
    """Return the files of a corpus, in order: itself, or the shards in a folder.

    Raises:
        InputError: there is none.
    """
    if path.is_file():
        return [path]
    shards = sorted(path.glob("*.jsonl")) if path.is_dir() else []
    if not shards:
        raise InputError(f"{path}: no such file, expected a corpus")
    return shards


def corpus_texts(path: Path) -> Iterator[str]:
    """Return the documents of a corpus, each a sentence a line.

    Raises:
        InputError: no such file, a bad line, or no text at all.
    """
    empty = True
    for file in corpus_files(path):
        for text in documents(str(file), Reading()):
            empty = False
            yield text
    if empty:
        raise InputError(f"{path}: found an empty corpus, expected some text")


def corpus_digest(path: Path) -> str:
    """Return SHA-256 of a corpus: of its file, or of its shards one after another.

    Raises:
        InputError: there is none.
    """
    found = hashlib.sha256()
    for name in corpus_files(path):
        with name.open("rb") as file:
            while chunk := file.read(CHUNK):
                found.update(chunk)
    return found.hexdigest()


def file_digest(path: Path) -> str:
    """Return SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
