"""BEEP!, the labelled comments: Moon, Cho and Lee, SocialNLP 2020, kocohub/korean-hate-speech.

A tab-separated file with a header and without quoting: `comments`, `contain_gender_bias`, `bias`,
`hate`. Two columns more or fewer do not matter; those that are read are `comments`, `bias`, `hate`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from datasets import Dataset

from klue_common.errors import InputError
from klue_datasets.errors import show

from ..labelling.readers import table_source
from ..labelling.rows import Bad, Row
from ..task import Record
from .labels import HEADS

TEXT = "comments"
TRAIN, DEV = "train.tsv", "dev.tsv"


def read_beep(path: Path) -> list[Record]:
    """Return the comments of a file: guid, text, and the id of a label of each head.

    Raises:
        InputError: there is no such file, it is no such table, a comment is empty or a label is
            unknown.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file, expected BEEP!'s {path.name}")
    source = table_source(path, str(path), "\t")
    missing = next((name for name in (TEXT, *HEADS) if name not in (source.columns or ())), None)
    if missing is not None:
        found = ", ".join(map(repr, source.columns or ()))
        raise InputError(f"{path}:1: found the columns {found:.100}, expected {missing!r} too")
    rows = [_record(path.stem, row) for row in source.rows()]
    if not rows:
        raise InputError(f"{path}: found no comments, expected some")
    return rows


def _record(stem: str, row: Row | Bad) -> Record:
    if isinstance(row, Bad):
        raise InputError(row.message)
    text = row.fields[TEXT]
    if not text.strip():
        raise InputError(f"{row.place}: {TEXT}: found no text, expected a comment")
    record = {"guid": f"beep-{stem}-{row.number}", "text": text}
    for head, labels in HEADS.items():
        label = row.fields[head]
        if label not in labels.ids:
            expected = ", ".join(labels.names)
            raise InputError(f"{row.place}: {head}: found {show(label)}, expected {expected}")
        record[head] = labels.ids[label]
    return record


def dataset_of(records: Iterable[Record]) -> Dataset:
    """Return records as a dataset."""
    return Dataset.from_list(list(records))


def digest(folder: Path) -> str:
    """Return SHA-256 of the two files, one after the other."""
    found = hashlib.sha256()
    for name in (TRAIN, DEV):
        found.update((folder / name).read_bytes())
    return found.hexdigest()
