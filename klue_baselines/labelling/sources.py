"""What people name as input: a file by its ending, a pipe, a folder or an id of a dataset."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from klue_common.errors import InputError
from klue_common.own_files import is_folder

from ..task import BaselineTask
from .readers import Source, json_source, table_source, text_source
from .tables import dataset_source, parquet_source

PIPE = "-"
SPLIT = "train"
HUB_ID = re.compile(r"[\w.-]+/[\w.-]+(:[\w.-]+)?")
JSON_LINES = (".jsonl", ".ndjson", ".json")
TABLES = {".csv": ",", ".tsv": "\t"}
ENDINGS = (*JSON_LINES, *TABLES, ".parquet")


def source_of(
    given: str, task: BaselineTask, names: tuple[str, ...] | None, split: str | None
) -> Source:
    """Return what rows are read from.

    Args:
        given: a path, "-", or a dataset's id.
        task: what is asked about them.
        names: the columns of an example's parts, where somebody named them.
        split: of a dataset.

    Raises:
        InputError: there is no such thing, it cannot be read, or holds no rows for the task.
    """
    path = Path(given)
    kind = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    named = kind.lower() in ENDINGS or given == PIPE
    if is_folder(given) or (HUB_ID.fullmatch(given) and not named and not there(path)):
        return dataset_source(given, split or SPLIT)
    if split is not None:
        raise InputError(f"--split: found {split!r} for {given}, expected none: it has no splits")
    if given == PIPE:
        lines_of_text = names is None and takes_a_text(task)
        return of_file(None, given, ".txt" if lines_of_text else ".jsonl", task, names)
    if not there(path):
        raise InputError(f"{given}: no such file, expected a file, - or a dataset's id")
    return of_file(path, given, kind.lower(), task, names)


def of_file(
    path: Path | None, name: str, kind: str, task: BaselineTask, names: tuple[str, ...] | None
) -> Source:
    """Return a file or a pipe as a source.

    Args:
        path: where it lies; None for what this process is piped.
        name: what to call it in messages.
        kind: the ending of files of its form.
        task: what is asked about its rows.
        names: the columns of an example's parts, where somebody named them.
    """
    stays = path is not None and path.is_file()
    if kind in JSON_LINES:
        source = json_source(path, name)
    elif kind in TABLES:
        source = table_source(path, name, TABLES[kind])
    elif kind == ".parquet" and path is not None:
        if not stays:
            raise InputError(f"{name}: found a pipe, expected a file: Parquet is read from its end")
        source = parquet_source(path, name)
    else:
        source = text_source(path, name, column_of(name, task, names))
    if path is not None and stays:
        return replace(source, path=path, identity=content_of(path))
    return replace(source, again=False)


def column_of(name: str, task: BaselineTask, names: tuple[str, ...] | None) -> str:
    """Return the column that the lines of a text file are.

    Raises:
        InputError: an example of the task is more than a line, or columns were named.
    """
    if not takes_a_text(task):
        raise InputError(
            f"{name}: found a text file, expected {', '.join(ENDINGS)} for {task.name}: an "
            f"example is {task.expected}"
        )
    if names is not None:
        raise InputError(
            f"{name}: found a text file, expected {', '.join(ENDINGS)}: its lines have no columns"
        )
    return next(fields[0] for fields in reversed(task.fields) if len(fields) == 1)


def takes_a_text(task: BaselineTask) -> bool:
    """Return whether an example is made of one text and needs nothing else.

    >>> from klue_baselines.tasks import BASELINES
    >>> [name for name, task in BASELINES.items() if takes_a_text(task)]
    ['ynat', 'ner', 'dp']
    """
    alone = any(len(names) == 1 for names in task.fields)
    return alone and not task.is_one([""])  # one part of a dialogue is a list of texts


def there(path: Path) -> bool:
    """Return whether there is something at what somebody typed, which need not be a path at all.

    >>> there(Path(".")), there(Path("x" * 5000))
    (True, False)
    """
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def content_of(path: Path) -> Callable[[], Any]:
    """Return the way to what tells a file's content from another one."""

    def identity() -> dict[str, Any]:
        with path.open("rb") as file:
            return {"sha256": hashlib.file_digest(file, "sha256").hexdigest()}

    return identity
