"""The replies of a run, a line each as they come, so that a killed run asks nothing twice.

The file lies beside the predictions. Its first line says what was asked and how; replies stand in
the order in which they came. A line that a killed process left half written is asked again.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from klue_common.errors import InputError
from klue_datasets.files import writable

SUFFIX = ".replies.jsonl"


def log_path(output: Path) -> Path:
    """Return where the replies behind a prediction file lie.

    >>> log_path(Path("a/ynat.jsonl")).name
    'ynat.replies.jsonl'
    """
    return output.with_name(output.stem + SUFFIX)


class ReplyLog:
    """An open log; `add` may be called from several threads."""

    def __init__(self, file: IO[bytes], found: dict[str, dict[str, Any]], place: Path) -> None:
        """Take an open file and what an earlier process left in it."""
        self.file, self.found, self.place = file, found, place
        self.lock = threading.Lock()

    def add(self, record: dict[str, Any]) -> None:
        """Write a reply, under its `guid`."""
        line = json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
        with self.lock, writable(self.place):
            self.file.write(line)
            self.file.flush()
            self.found[record["guid"]] = record


@contextmanager
def opened(path: Path, about: Mapping[str, Any]) -> Iterator[ReplyLog]:
    """Open the log of a run, with the replies that an earlier process of the same run wrote.

    Args:
        path: of the log; its folder is made.
        about: what was asked and how.

    Raises:
        InputError: the file is of another run, or none of ours.
        DataError: it cannot be written.
    """
    found, whole = read(path, about) if path.exists() else ({}, 0)
    with writable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.truncate(whole)
            log = ReplyLog(file, found, path)
            if not whole:
                file.write(json.dumps({"run": about}, ensure_ascii=False).encode() + b"\n")
                file.flush()
            yield log


def read(path: Path, about: Mapping[str, Any]) -> tuple[dict[str, dict[str, Any]], int]:
    """Return the replies of a log by guid, and how many of its bytes are whole lines.

    Raises:
        InputError: the file is of another run, or none of ours.
    """
    found: dict[str, dict[str, Any]] = {}
    whole = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            record = record_of(line)
            if number == 1 and line.endswith(b"\n"):
                check_run(path, record, about)
            elif record is None or not line.endswith(b"\n"):
                break  # what a killed process left, and all behind it, is asked again
            else:
                found[record["guid"]] = record
            whole += len(line) if line.endswith(b"\n") else 0
    return found, whole


def record_of(line: bytes) -> dict[str, Any] | None:
    """Return the record of a line, None where it is none."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    named = isinstance(record, dict) and ("run" in record or isinstance(record.get("guid"), str))
    return record if named else None


def check_run(path: Path, record: dict[str, Any] | None, about: Mapping[str, Any]) -> None:
    """Refuse the log of another run.

    Raises:
        InputError: it names the first thing that differs.
    """
    run = (record or {}).get("run")
    if not isinstance(run, dict):
        raise InputError(f"{path}:1: found no run's settings, expected those of `klue lm run`")
    ours = json.loads(json.dumps(dict(about)))
    for name in {**ours, **run}:
        if run.get(name) != ours.get(name):
            raise InputError(
                f"{path}: found the replies of another run ({name}: {run.get(name)!r}, now "
                f"{ours.get(name)!r}), expected those of this one; remove it or choose another "
                "--output"
            )
