"""Where the raw files come from: folders, the official addresses, or the bundled sample."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from . import official
from .errors import DataError, data_error
from .identity import Expected, git_sha1
from .task import DatasetTask
from .tasks import TASKS, task_named

VARIABLE = "KLUE_DATA_DIR"
SAMPLE = Path(__file__).parent / "sample"

DataDir = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
"""One folder or several, a string holding them joined with os.pathsep as in PATH."""


@dataclass(frozen=True)
class RawFile:
    """One file of a task.

    Attributes:
        name: its name in the official layout.
        path: where it is, or will be once it has been fetched.
        official: what the official file of this name is; None if there is none.
        known: its SHA-1 where that need not be computed, as of a file that is checked when it is
            fetched; else "".
    """

    name: str
    path: Path
    official: Expected | None = None
    known: str = ""

    @cached_property
    def sha1(self) -> str:
        """The SHA-1 that git gives the file; it is read for it once, when first asked."""
        return self.known or git_sha1(self.path)


@dataclass(frozen=True)
class Source:
    """The raw files of one task, found once and then passed on.

    Attributes:
        kind: where they come from; a sample is never KLUE, and results on it say so.
        of_splits: for each split that there is, its file.
        further: further files of the task that there are.
        folders: the folders that were searched.
    """

    kind: Literal["folder", "official", "sample"]
    of_splits: Mapping[str, RawFile]
    further: Sequence[RawFile]
    folders: tuple[Path, ...]

    @property
    def files(self) -> dict[str, Path]:
        """For each split that there is, the path of its file."""
        return {split: file.path for split, file in self.of_splits.items()}

    @property
    def other(self) -> dict[str, Path]:
        """The paths of the further files that there are, by their official names."""
        return {file.name: file.path for file in self.further}

    @property
    def digest(self) -> str:
        """Hex SHA-256 that changes if and only if the content of a file does."""
        if self.kind == "official":
            every = (*self.of_splits.values(), *self.further)
            return _digest({file.name: file.sha1 for file in every})
        return _digest({split: file.sha1 for split, file in self.of_splits.items()})

    def fetch(self) -> None:
        """Download what is official and not there yet; otherwise do nothing."""
        if self.kind == "official":
            every = (*self.of_splits.values(), *self.further)
            official.fetch({file.name: file.official for file in every if file.official})

    def file(self, task: DatasetTask, split: str) -> Path:
        """Return the file of a split.

        Raises:
            DataError: the split is not there; the message names the file and the folders.
        """
        if split not in task.files:
            raise _unknown_split(task, split)
        if split not in self.of_splits:
            raise _missing([task.files[split]], self.folders)
        return self.of_splits[split].path

    def only(self, task: DatasetTask, splits: Sequence[str]) -> Source:
        """Return the files of some splits alone; what is known of them stays known.

        Raises:
            DataError: one of the splits is not there.
        """
        for split in splits:
            self.file(task, split)
        kept = {split: self.of_splits[split] for split in splits}
        return replace(self, of_splits=kept, further=())


def resolve(
    task: DatasetTask,
    data_dir: DataDir | None = None,
    sample: bool = False,
    splits: Sequence[str] | None = None,
) -> Source:
    """Find the files of a task, without downloading or reading any yet.

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
    folders = (SAMPLE,) if sample else folders_of(data_dir)
    if folders:
        source = _in_folders(task, folders, "sample" if sample else "folder")
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
    def found(name: str) -> RawFile:
        if name not in task.official:
            raise data_error(name, "", "no official address", "a folder that has it (data_dir)")
        expected = task.official[name]
        return RawFile(name, official.place(name), expected, known=expected.sha1)

    return Source(
        kind="official",
        of_splits={split: found(name) for split, name in task.files.items()},
        further=[found(name) for name in task.other_files],
        folders=(official.folder(),),
    )


def _in_folders(
    task: DatasetTask, folders: tuple[Path, ...], kind: Literal["folder", "sample"]
) -> Source:
    def found(name: str) -> RawFile | None:
        path = _find(name, folders)
        return None if path is None else RawFile(name, path, task.official.get(name))

    files = {split: found(name) for split, name in task.files.items()}
    there = {split: file for split, file in files.items() if file is not None}
    if not there:
        raise _missing(list(task.files.values()), folders)
    further = [file for name in task.other_files if (file := found(name)) is not None]
    return Source(kind, there, further, folders)


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
    task, ontology = next((task, task.ontology) for task in TASKS.values() if task.ontology)
    name = ontology.file
    folders = (SAMPLE,) if sample else folders_of(data_dir)
    path = _find(name, folders) if folders else official.place(name)
    if path is None:
        raise _missing([name], folders)
    if not folders:
        official.fetch({name: task.official[name]})
    return ontology.read(path)


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
