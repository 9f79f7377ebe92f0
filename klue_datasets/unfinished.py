"""Places that something is written in before it takes its name, and what killed processes left.

Whoever writes holds a lock on its place (`flock`), which the system gives back when the process
ends, however it ends. So a place that nobody holds is a leftover, and one that somebody holds is
not. A number in the name would not tell: numbers of processes are given again, and on a network
disk they are those of other machines, whereas locks are seen there too. Where a file system has no
locks, or a platform none of these, nothing is known, and nothing is removed.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

if sys.platform != "win32":
    import fcntl

NUMBERS = 10**12  # so many that two writers of one place never draw the same
_held: set[int] = set()


@contextlib.contextmanager
def place_for(path: Path, make: Callable[[Path], None]) -> Iterator[Path]:
    """Yield a hidden place beside `path` that this writer alone has; nothing is left of it.

    What killed writers of the same path left is removed first.

    Args:
        path: what the place is for; its folder is there.
        make: makes a file or a folder at a path that is free.
    """
    remove_leftovers(path.parent, path.name)
    while True:
        place = path.with_name(f".{path.name}.{secrets.randbelow(NUMBERS)}")
        with contextlib.ExitStack() as stack:
            stack.callback(remove, place)
            make(place)
            with contextlib.suppress(FileNotFoundError):
                stack.enter_context(_held_by_us(place))
            # Not held yet, it may have been taken for a leftover: then another one.
            if place.exists():
                yield place
                return


def remove_leftovers(folder: Path, name: str = "") -> None:
    """Remove what killed processes left half written in a folder, and what nobody holds.

    Args:
        folder: of it, or none.
        name: of the file or folder that they wrote, "" for all.
    """
    pattern = re.compile(rf"\.{re.escape(name) or '.+'}\.\d+(\.tmp)?")  # .tmp: the metric's own
    for path in list(folder.iterdir()) if folder.is_dir() else ():
        if pattern.fullmatch(path.name):
            with contextlib.suppress(OSError), _held_by_us(path, wait=False) as held:
                if held:
                    remove(path)


def remove(path: Path) -> None:
    """Remove a file or a folder, if there is one, as far as the system lets us."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


@contextlib.contextmanager
def _held_by_us(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the lock of a file or a folder; yields whether we do."""
    if sys.platform == "win32":
        yield False
        return
    # A network disk locks files only where they may be written.
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    _held.add(descriptor)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            held = True
        except OSError:  # somebody else's, or there are no locks here
            held = False
        yield held
    finally:
        if descriptor in _held:
            _held.remove(descriptor)
            os.close(descriptor)


def _let_go() -> None:
    """Close in a forked process what is its parent's: it would hold the locks after that one."""
    while _held:
        os.close(_held.pop())


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_let_go)
