"""Where the raw files come from: folders, the official addresses, or the bundled sample."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from . import official
from .dialogue_state_tracking import ONTOLOGY
from .errors import DataError, data_error
from .identity import git_sha1
from .task import DatasetTask
from .tasks import TASKS, task_named

VARIABLE = "KLUE_DATA_DIR"
SAMPLE = Path(__file__).parent / "sample"

DataDir = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
"""One folder or several, a string holding them joined with os.pathsep as in PATH."""


@dataclass(frozen=True)
class Source:
    """The raw files of one task.

    Attributes:
        kind: where they come from; a sample is never KLUE, and results on it say so.
        files: for each split that there is, its file.
        other: further files of the task that there are, by their official name.
        digest: changes if and only if the content of a file does.
        folders: the folders that were searched.
    """

    kind: Literal["folder", "official", "sample"]
    files: Mapping[str, Path]
    other: Mapping[str, Path]
    digest: str
    folders: tuple[Path, ...]

    def fetch(self) -> None:
        """Download what is official and not there yet; otherwise do nothing."""
        if self.kind == "official":
            paths = [*self.files.values(), *self.other.values()]
            official.fetch([str(path.relative_to(official.folder())) for path in paths])

    def file(self, task: DatasetTask, split: str) -> Path:
        """Give the file of a split.

        Raises:
            DataError: the split is not there; the message names the file and the folders.
        """
        if split not in task.files:
            raise _unknown_split(task, split)
        if split not in self.files:
            raise _missing([task.files[split]], self.folders)
        return self.files[split]


def resolve(
    task: DatasetTask,
    data_dir: DataDir | None = None,
    sample: bool = False,
    splits: Sequence[str] | None = None,
) -> Source:
    """Find the files of a task, without downloading any yet.

    `sample` goes before `data_dir`, that before the environment variable KLUE_DATA_DIR, and that
    before the official addresses. Of several folders the first that has a file gives it.

    Args:
        task: which one.
        data_dir, sample: where to look.
        splits: only the files of these; default all that there are, and the task's further files.

    Raises:
        DataError: a folder does not exist, no folder has a file of the task, or one of `splits` is
            unknown or missing.
    """
    if splits is not None:
        task = _only(task, splits)
    if sample:
        source = _in_folders(task, (SAMPLE,), "sample")
    elif folders := folders_of(data_dir):
        source = _in_folders(task, folders, "folder")
    else:
        source = _official(task)
    for split in splits or ():
        source.file(task, split)
    return source


def _only(task: DatasetTask, splits: Sequence[str]) -> DatasetTask:
    for split in splits:
        if split not in task.files:
            raise _unknown_split(task, split)
    return replace(task, files={split: task.files[split] for split in splits}, other_files=())


def _official(task: DatasetTask) -> Source:
    names = [*task.files.values(), *task.other_files]
    for name in names:
        if name not in official.FILES:
            raise data_error(name, "", "no official address", "a folder that has it (data_dir)")
    return Source(
        kind="official",
        files={split: official.place(name) for split, name in task.files.items()},
        other={name: official.place(name) for name in task.other_files},
        digest=_digest({name: official.FILES[name].sha1 for name in names}),
        folders=(official.folder(),),
    )


def of_tasks(
    tasks: Iterable[str] | None, data_dir: DataDir | None = None, sample: bool = False
) -> Iterator[tuple[DatasetTask, Source]]:
    """Find the files of several tasks; without names, of all that there are files for.

    Raises:
        DataError: an unknown task, a named task without files, or no files at all.
    """
    if tasks is not None:
        for task in [task_named(name) for name in dict.fromkeys(tasks)]:
            yield task, resolve(task, data_dir, sample)
        return
    folders_of(data_dir)
    lacking = []
    for task in TASKS.values():
        try:
            yield task, resolve(task, data_dir, sample)
        except DataError as error:
            lacking.append(error)
    if len(lacking) == len(TASKS):
        raise lacking[0]


def folders_of(data_dir: DataDir | None) -> tuple[Path, ...]:
    """List the folders that `data_dir`, or else KLUE_DATA_DIR, names; none if neither is set.

    Raises:
        DataError: one of them does not exist.
    """
    name = "data_dir"
    if data_dir is None:
        name, data_dir = VARIABLE, os.environ.get(VARIABLE, "")
    if isinstance(data_dir, (str, os.PathLike)):
        data_dir = [part for part in os.fspath(data_dir).split(os.pathsep) if part]
    folders = tuple(Path(part).expanduser() for part in data_dir)
    for folder in folders:
        if not folder.is_dir():
            found = f"the file {folder}" if folder.exists() else f"no folder {folder}"
            raise data_error(name, "", found, "folders that exist")
    return folders


def load_ontology(data_dir: DataDir | None = None, sample: bool = False) -> dict[str, list[str]]:
    """Load the candidate values of WoS's 45 slots, by `domain-slot`.

    Raises:
        DataError: the file is missing or no such table.
    """
    if sample:
        folders: tuple[Path, ...] = (SAMPLE,)
    else:
        folders = folders_of(data_dir)
    if folders:
        path = _find(ONTOLOGY, folders)
        if path is None:
            raise _missing([ONTOLOGY], folders)
    else:
        path = official.place(ONTOLOGY)
        official.fetch([ONTOLOGY])
    return read_ontology(path)


def read_ontology(path: Path) -> dict[str, list[str]]:
    """Read an ontology file; anything but an object of lists of strings is a DataError."""
    ontology = read_json(path)
    if not isinstance(ontology, dict):
        raise data_error(path, "", "no object", "an object from slots to lists of values")
    for slot, values in ontology.items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise data_error(path, slot, "something else", "a list of strings")
    return ontology


def read_json(path: Path) -> Any:
    """Read a small JSON file; a broken one is a DataError."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise data_error(path, "", str(error.strerror), "a readable file") from None
    except (ValueError, RecursionError) as error:
        raise data_error(path, "", f"no JSON ({error})", "a JSON file") from None


def _in_folders(
    task: DatasetTask, folders: tuple[Path, ...], kind: Literal["folder", "sample"]
) -> Source:
    files = {split: _find(name, folders) for split, name in task.files.items()}
    other = {name: _find(name, folders) for name in task.other_files}
    there = {split: path for split, path in files.items() if path is not None}
    if not there:
        raise _missing(list(task.files.values()), folders)
    return Source(
        kind=kind,
        files=there,
        other={name: path for name, path in other.items() if path is not None},
        digest=_digest({split: git_sha1(path) for split, path in there.items()}),
        folders=folders,
    )


def _find(name: str, folders: Sequence[Path]) -> Path | None:
    return next((folder / name for folder in folders if (folder / name).is_file()), None)


def _unknown_split(task: DatasetTask, split: str) -> DataError:
    return DataError(f"split: found {split!r}, expected one of {', '.join(task.files)}")


def _missing(names: Sequence[str], folders: Sequence[Path]) -> DataError:
    wanted = " or ".join(names)
    return data_error(", ".join(map(str, folders)), "", "no such file", wanted)


def _digest(sha1s: Mapping[str, str]) -> str:
    text = json.dumps(dict(sha1s), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
