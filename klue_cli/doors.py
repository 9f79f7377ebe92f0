"""Callbacks of options that name a place: what cannot be it is refused before anything is read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypeVar

import typer

from klue_common.errors import InputError

Value = TypeVar("Value")
PORTS = range(1, 1 << 16)


def a_folder(param: typer.CallbackParam, value: Value) -> Value:
    """Let a folder pass, or a path at which one can be made.

    Raises:
        InputError: there is something else at the path, or at one above it.
    """
    for path in paths(option(param), value):
        refuse_files(option(param), path, "a folder, or none yet")
    return value


def a_file(param: typer.CallbackParam, value: Value) -> Value:
    """Let a file pass, or a path at which one can be written.

    Raises:
        InputError: there is a folder at the path, or a file at one above it.
    """
    for path in paths(option(param), value):
        if path.is_dir():
            raise InputError(f"{option(param)}: found the folder {path}, expected a file")
        refuse_files(option(param), path.parent, "a folder")
    return value


def a_file_or_folder(param: typer.CallbackParam, value: Value) -> Value:
    """Let a file pass, a folder, a path at which one of them can be made, or an address.

    Raises:
        InputError: nothing can be at the path, or there is a file at one above it.
    """
    if "://" not in str(value):
        for path in paths(option(param), Path(str(value))):
            refuse_files(option(param), path.parent, "a folder")
    return value


def data_folders(value: str | None) -> str | None:
    """Let folders of data pass, joined with the system's path separator.

    Raises:
        DataError: one of them is none.
    """
    if value is not None:
        from klue_datasets.sources import folders_of

        folders_of(value)
    return value


def a_port(param: typer.CallbackParam, value: int) -> int:
    """Let the number of a port pass.

    Raises:
        InputError: there is no such port.
    """
    if value not in PORTS:
        expected = f"a port from {PORTS[0]} to {PORTS[-1]}"
        raise InputError(f"{option(param)}: found {value}, expected {expected}")
    return value


def refuse_files(name: str, path: Path, expected: str) -> None:
    """Refuse a path where it, or the first above it that there is, is no folder."""
    there = next((one for one in (path, *path.parents) if os.path.lexists(one)), Path())
    if not there.is_dir():
        raise InputError(f"{name}: found the file {there}, expected {expected}")


def paths(name: str, value: Any) -> list[Path]:
    """Return the paths that an option was given: none, one, or several.

    Raises:
        InputError: nothing can be at one of them, as its name is too long or holds a null.
    """
    found = [] if value is None else [value] if isinstance(value, Path) else list(value)
    for path in found:
        try:
            os.lstat(path)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            continue
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise InputError(f"{name}: found {str(path)[:80]!r} ({why}), expected a path") from None
    return found


def option(param: typer.CallbackParam) -> str:
    """Return what the help calls an option or an argument."""
    first: str = param.opts[0]
    return first if first.startswith("-") else first.upper()
