"""Folders that all machines of a bench have to see: is it the same folder everywhere?"""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from klue_datasets.files import write_text

if TYPE_CHECKING:  # else torch, which a look at the folders can do without
    from ..training.settings import Run

SEEN_WITHIN = 10.0  # seconds that a network's folder may take to show a new file
DATA = "KLUE_DATA_DIR"


@dataclass(frozen=True)
class Shared:
    """What a machine has to see as this one does.

    working: the working folder here, which paths may be relative to. tokens: files that were just
    written to the folders of runs and results. read: folders that are only read. data: what
    KLUE_DATA_DIR is here, None where it is not set.
    """

    working: Path
    tokens: tuple[Path, ...]
    read: tuple[Path, ...]
    data: str | None

    def missing(self) -> str:
        """Move this process to the working folder and say what it does not see; "" for nothing."""
        with contextlib.suppress(OSError):  # missed where a path is relative to it
            os.chdir(self.working)
        if self.data is not None:
            os.environ[DATA] = self.data
        for folder in self.read:
            if not folder.is_dir():
                return f"does not see the folder {folder}, expected it there as here"
        end = time.monotonic() + SEEN_WITHIN
        for token in self.tokens:
            while not token.exists():
                if time.monotonic() > end:
                    return (
                        f"does not see what is written to {token.parent} here, expected a folder "
                        "that all nodes share"
                    )
                time.sleep(0.2)
        return ""


@contextlib.contextmanager
def shared_by(runs: Iterable[Run]) -> Iterator[Shared]:
    """Put a token into each folder that runs write to, until the block ends.

    Raises:
        DataError: one cannot be written.
    """
    runs = list(runs)
    written = {folder for run in runs for folder in (run.output.parent, run.results) if folder}
    tokens = tuple(sorted(folder / f".shared-{uuid.uuid4().hex}" for folder in written))
    data = os.environ.get(DATA)
    given = {part for run in runs for part in (run.data_dir or data or "").split(os.pathsep)}
    read = {Path(name) for name in {run.model for run in runs} | given if Path(name).is_dir()}
    try:
        for token in tokens:
            write_text(token, "")
        yield Shared(Path.cwd(), tokens, tuple(sorted(read - {Path()})), data)
    finally:
        for token in tokens:
            with contextlib.suppress(OSError):
                token.unlink()
