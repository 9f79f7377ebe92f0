"""Reading a clean corpus: JSON Lines with the field `text`, as `klue pretrain corpus` writes it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from klue_common.errors import InputError

from .readers import Reading, documents


def corpus_texts(path: Path) -> Iterator[str]:
    """Return the documents of a corpus, each a sentence a line.

    Raises:
        InputError: no such file, a bad line, or no text at all.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file, expected a corpus")
    empty = True
    for text in documents(str(path), Reading()):
        empty = False
        yield text
    if empty:
        raise InputError(f"{path}: found an empty corpus, expected some text")


def file_digest(path: Path) -> str:
    """Return SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
