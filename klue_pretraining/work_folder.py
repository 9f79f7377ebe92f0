"""The folder in which a corpus is made: what is in it says what is done, and of which corpus.

A run that was stopped is gone on with by the same command. With other sources or other options the
folder is refused, as its shards are of another corpus; `--workers` and `--executor` may change, and
--skip-bad may be added. Where not a single task was done, nothing stays.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from datatrove.io import DataFolder, get_datafolder
from filelock import FileLock, Timeout

from klue_common.errors import InputError
from klue_common.own_files import parse_json
from klue_datasets.files import writable

from .sources import ADDRESS, Piece, everywhere

PATIENCE = 5.0  # seconds that the processes of a killed run may take to end
VERSION = 1  # of what lies in the folder
PLAN = "plan.json"
EXPECTED = "the plan of a corpus; remove the folder to begin anew"


@dataclass(frozen=True)
class Work:
    """The folder, and what its run is about.

    folder: a path or an address. plan: `tasks`, and what must not change.
    """

    folder: str
    plan: Mapping[str, Any]

    def at(self, *names: str) -> str:
        """Return a place in it."""
        return "/".join((self.folder, *names))

    @property
    def tasks(self) -> int:
        """How many parts the input has."""
        tasks: int = self.plan["tasks"]
        return tasks


@contextlib.contextmanager
def work_folder(out: str, plan: Mapping[str, Any]) -> Iterator[Work]:
    """Open the working folder of a corpus, or go on with the one that is there.

    It goes when the block ends well, or where nothing was done in it.

    Args:
        out: the corpus.
        plan: what must not change between two runs, and `tasks`, which is the first run's.

    Raises:
        InputError: it is another corpus's, another run is at work there, or it is damaged.
    """
    folder = f"{out.rstrip('/')}.work"
    place = get_datafolder(folder)
    here = ADDRESS not in folder
    with alone(Path(folder)) if here else contextlib.nullcontext():
        try:
            yield Work(folder, agreed(place, {"version": VERSION, **plan}))
            finished = True
        except BaseException:
            finished = False
            raise
        finally:
            place.fs.invalidate_cache()
            if finished or not any(place.glob("logs/*/completions/*")):
                remove(place)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder until the block ends, or this process does.

    Raises:
        InputError: another run is at work there.
        DataError: it cannot be made.
    """
    with writable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock")
        try:
            lock.acquire(timeout=PATIENCE)
        except Timeout:
            found = "found another run at work there"
            raise InputError(f"{folder}: {found}, expected its end or another --out") from None
    try:
        yield
    finally:
        lock.release()


def remove(place: DataFolder) -> None:
    """Remove a folder's content; the lock that is held in it goes with the folder."""
    with contextlib.suppress(OSError):
        place.fs.rm(place.path, recursive=True)


def agreed(place: DataFolder, plan: Mapping[str, Any]) -> dict[str, Any]:
    """Write the plan, or compare it with the one that is there, which is returned.

    Raises:
        InputError: they differ.
    """
    name = str(place.resolve_paths(PLAN))
    if not place.isfile(PLAN):
        with writable(Path(name)), place.open(PLAN, "wb") as file:
            file.write(json.dumps(plan, ensure_ascii=False).encode(errors="replace"))
        return dict(plan)
    before = parse_json(place.cat_file(PLAN).decode(errors="replace"), name, EXPECTED)
    now = json.loads(json.dumps(plan, ensure_ascii=False).encode(errors="replace"))
    for key, value in now.items():
        may_change = key == "tasks" or (key == "skip_bad" and value)
        if before.get(key) != value and not may_change:
            found = f"a run of other {key.replace('_', ' ')}"
            expected = f"the same as before; remove {place.path} to begin anew"
            raise InputError(f"{place.path}: found {found}, expected {expected}")
    if not isinstance(before.get("tasks"), int):
        raise InputError(f"{name}: found no 'tasks', expected {EXPECTED}")
    return before


def digest_of(pieces: Sequence[Piece]) -> str:
    """Return a digest that changes when a source does: its files' names, sizes and times."""
    found = hashlib.sha256()
    for given in pieces:
        piece = replace(given, path=everywhere(given.path))
        path = Path(piece.path)
        changed = path.stat().st_mtime_ns if ADDRESS not in piece.path and path.is_file() else 0
        found.update(f"{piece} {changed}\n".encode(errors="replace"))
    return found.hexdigest()
