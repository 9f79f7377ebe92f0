"""The verdict in a row of a screened file, as the screen wrote it or a person changed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from klue_common.errors import InputError
from klue_datasets.errors import show

KEEP, REASONS = "keep", "reasons"


def is_kept(value: Any, place: str) -> bool:
    """Return what stands in a cell of the column `keep`; spreadsheets write it in capitals.

    Args:
        value: of the cell.
        place: of the row, for the message.

    Raises:
        InputError: it is neither true nor false.

    Example:
        >>> is_kept(True, ""), is_kept("FALSE", "")
        (True, False)
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    raise InputError(f"{place}: {KEEP}: found {show(value)}, expected true or false")


def was_removed(row: Mapping[str, Any], place: str) -> bool:
    """Return whether a row is of a screened file and is not to be kept.

    Raises:
        InputError: nobody can tell.

    Example:
        >>> was_removed({"title": "비"}, ""), was_removed({"keep": "false", "reasons": ""}, "")
        (False, True)
    """
    return KEEP in row and REASONS in row and not is_kept(row[KEEP], place)
