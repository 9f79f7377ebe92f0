"""The store that the operator names: a folder or a repository of the Hub."""

from __future__ import annotations

from pathlib import Path

from klue_common.errors import InputError

from .entries import Store
from .local_store import LocalStore

HUB = "hub:"


def open_store(name: str) -> Store:
    """Open a folder, or `hub:<id>`, a dataset repository of the Hub.

    Raises:
        InputError: neither can be had.
    """
    if not name.startswith(HUB):
        path = Path(name)
        if path.exists() and not path.is_dir():
            raise InputError(f"{name}: found a file, expected a folder for the leaderboard")
        return LocalStore(path)
    from .hub_store import FAILURES, HubStore

    try:
        return HubStore(name.removeprefix(HUB))
    except (*FAILURES, ValueError, OSError) as error:
        line = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise InputError(f"{name}: no dataset repository that can be written: {line}") from None
