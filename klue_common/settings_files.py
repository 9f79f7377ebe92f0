"""Files of settings that people write, in TOML."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from .errors import InputError, one_line


def read_toml(path: Path, expected: str = "a TOML file of settings") -> dict[str, Any]:
    """Return what a TOML file holds.

    Args:
        path: the file.
        expected: what to name in the error.

    Raises:
        InputError: it cannot be read, or is no TOML.

    Example:
        >>> read_toml(Path("no.toml"), "settings")
        Traceback (most recent call last):
        ...
        klue_common.errors.InputError: no.toml: found No such file or directory, expected settings
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        why = getattr(error, "strerror", None) or one_line(error)
        raise InputError(f"{path}: found {why}, expected {expected}") from None
