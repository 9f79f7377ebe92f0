"""The folder of a run: for one run at a time, claimed for its settings, gone on with, and cleaned.

Training and pretraining write to such folders. A run that was interrupted goes on at its last
checkpoint; one that is finished is never trained again.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from accelerate import PartialState
from accelerate.utils import broadcast_object_list
from filelock import FileLock, Timeout

from klue_common.errors import InputError
from klue_common.own_files import json_text, read_json
from klue_datasets.files import writable, write_text
from klue_datasets.unfinished import remove_leftovers

LOCK = ".lock"
LOCK_TIMEOUT = 3.0  # seconds; a run that was killed just now takes a moment to be gone
CHECKPOINTS = "checkpoints"
MARKED = "the settings of a run; --overwrite, or another folder, begins one anew"


class State(Enum):
    """How far the run of a folder is."""

    NEW = "new"
    STARTED = "started"
    FINISHED = "finished"


@dataclass(frozen=True)
class Claim:
    """What a folder held when a run claimed it: how far its run is, and what its marker says."""

    state: State
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RunFolder:
    """A run's folder.

    finished: the file that says that the run is done. markers: the JSON files that say which run it
    is, the first that is there; `mark` writes the last of them.
    """

    path: Path
    finished: str
    markers: Sequence[str]

    def claim(
        self,
        wanted: Mapping[str, Any],
        refusal: Callable[[State, list[str]], str],
        *,
        overwrite: bool = False,
    ) -> Claim:
        """See that the folder is of a run or of none, and clean it of what a kill left.

        Args:
            wanted: what has to be the same for the run to go on here, as JSON has it. A name that
                the folder's files lack is None in them.
            refusal: (how far the other run is, the names that differ) -> the line to refuse it by.
            overwrite: forget what the folder holds.

        Returns:
            The same in every process; the others may not see the folder of the first one.

        Raises:
            InputError: it holds another run.
        """
        first = PartialState().is_main_process
        claims = [self._claim_first(wanted, refusal, overwrite) if first else None]
        broadcast_object_list(claims)
        assert claims[0] is not None
        return claims[0]

    def _claim_first(
        self,
        wanted: Mapping[str, Any],
        refusal: Callable[[State, list[str]], str],
        overwrite: bool,
    ) -> Claim:
        if overwrite:
            self.forget()
        claim = self.held()
        if claim.state is not State.NEW:
            differing = [name for name in wanted if wanted[name] != claim.content.get(name)]
            if differing:
                raise InputError(f"{self.path}: {refusal(claim.state, differing)}")
        with writable(self.path):
            remove_leftovers(self.path)
        return claim

    def held(self) -> Claim:
        """Return what the folder holds now."""
        marker = next(
            (path for path in map(self.path.joinpath, self.markers) if path.exists()), None
        )
        content = {} if marker is None else read_json(marker, MARKED)
        if (self.path / self.finished).exists():
            return Claim(State.FINISHED, content)
        return Claim(State.NEW if marker is None else State.STARTED, content)

    def mark(self, run: Mapping[str, Any]) -> None:
        """Write which run the folder is of; the first process does.

        Raises:
            DataError: it cannot be written.
        """
        if PartialState().is_main_process:
            write_text(self.path / self.markers[-1], json_text(run))

    def forget(self) -> None:
        """Remove what makes the folder one of a run: checkpoints, markers, the finished file."""
        self.drop_checkpoints()
        for name in (self.finished, *self.markers):
            (self.path / name).unlink(missing_ok=True)

    def drop_checkpoints(self) -> None:
        """Remove the checkpoints."""
        shutil.rmtree(self.path / CHECKPOINTS, ignore_errors=True)

    def last_checkpoint(self) -> str | None:
        """Return the checkpoint to go on at; what a kill or a full disk left of one is removed."""
        complete = checkpoints(self.path)
        if PartialState().is_main_process:
            for folder in (self.path / CHECKPOINTS).glob("checkpoint-*"):
                if folder not in complete:
                    shutil.rmtree(folder)
        return str(complete[-1]) if complete else None


def checkpoints(folder: Path) -> list[Path]:
    """Return a run's complete checkpoints, the oldest first; the state of one is written last."""
    states = (folder / CHECKPOINTS).glob("checkpoint-*/trainer_state.json")
    return sorted((state.parent for state in states), key=step_of)


def step_of(checkpoint: Path) -> int:
    """Return the step that a checkpoint was made at.

    >>> step_of(Path("checkpoints/checkpoint-250"))
    250
    """
    return int(checkpoint.name.rpartition("-")[2])


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder until the block ends, or this process does, however it ends.

    Of the processes of one run the first speaks for all.

    Raises:
        InputError: another run is at work there, or the folder cannot be written.
    """
    if not PartialState().is_main_process:
        yield
        return
    lock = FileLock(folder / LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=LOCK_TIMEOUT)
    except Timeout:
        raise InputError(
            f"{folder}: found another run at work there, expected its end or another folder"
        ) from None
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror or error}") from None
    try:
        yield
    finally:
        # While it is held: whoever waits for it sees that the file is gone, and makes a new one.
        (folder / LOCK).unlink(missing_ok=True)
        lock.release()


def check_writable(folder: Path) -> None:
    """See that files can be made in a folder, or where it would have to be made; nothing is left.

    Raises:
        InputError: they cannot, or there is a file in the way.
    """
    try:
        nearest = next(path for path in (folder, *folder.parents) if path.exists())
        if not nearest.is_dir():
            raise InputError(f"{nearest}: found a file, expected a folder")
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror or error}") from None
