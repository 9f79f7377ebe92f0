"""What stands in a cell of somebody's file as a value of a prediction file."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Sequence
from typing import Any

from klue_metrics.labels import is_null
from klue_metrics.task import ColumnType

WHOLE = re.compile(r"\s*(\d{1,9})(?:\.0*)?\s*")  # pandas writes 2.0 where a column has gaps


def value_of(cell: Any, kind: ColumnType, order: Sequence[str]) -> Any:
    """Return a cell as a value of its type; what cannot be one is left for the field's check.

    Args:
        cell: a text, or what JSON or Arrow have.
        kind: the type of the field, as `TaskMetric.columns` has it.
        order: the labels in the order in which the file counts them.

    Returns:
        The value, with labels by name; None for no answer.

    Example:
        >>> names = ("entailment", "neutral", "contradiction")
        >>> value_of("1.0", "label", names), value_of(" neutral", "label", names)
        ('neutral', 'neutral')
        >>> value_of("['2', 0]", ["int32"], ()), value_of("3.5", "float64", ())
        ([2, 0], 3.5)
        >>> value_of("", "label", names), value_of("", "string", ())
        (None, '')
    """
    if is_null(cell):
        return None
    if kind == "string":
        return cell
    if isinstance(cell, str) and not cell.strip():
        return None
    if isinstance(kind, list):
        parts = opened(cell) if isinstance(cell, str) else cell
        if not isinstance(parts, list | tuple):
            return parts
        return [value_of(part, kind[0], order) for part in parts]
    return label_of(cell, order) if kind == "label" else number_of(cell, kind)


def label_of(cell: Any, order: Sequence[str]) -> Any:
    """Return the name of a label that stands there by name or as a number."""
    if isinstance(cell, str) and cell.strip() in order:
        return cell.strip()
    number = whole(cell)
    if number is None:
        return cell
    return order[number] if number < len(order) else str(cell).strip()


def is_number_of_a_label(cell: Any, names: Collection[str]) -> bool:
    """Return whether a cell, or one of the list in it, is a label's number and no name.

    >>> is_number_of_a_label("1", ("NP", "VP")), is_number_of_a_label(["NP", 1], ("NP", "VP"))
    (True, True)
    """
    parts = opened(cell) if isinstance(cell, str) else cell
    if isinstance(parts, list | tuple):
        return any(whole(part) is not None and part not in names for part in parts)
    return whole(cell) is not None and cell not in names


def whole(cell: Any) -> int | None:
    """Return the whole number from 0 on that a cell is; None where it is none.

    >>> whole("2.0"), whole(2.0), whole("02"), whole(True), whole("-1")
    (2, 2, 2, None, None)
    """
    if isinstance(cell, str):
        found = WHOLE.fullmatch(cell)
        return int(found[1]) if found else None
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    return int(cell) if cell >= 0 and cell == cell // 1 and cell < 1e9 else None


def number_of(cell: Any, kind: ColumnType = "float64") -> Any:
    """Return a number that may stand there as text; anything else as it is."""
    if kind == "float64" and not isinstance(cell, str):
        return cell
    number = whole(cell)
    if number is not None or not isinstance(cell, str):
        return cell if number is None else number
    try:
        return float(cell)
    except ValueError:
        return cell


def opened(text: str) -> Any:
    """Return the list that a text is, as JSON, as Python or with blanks between; else the text.

    >>> opened('["O", "B-PS"]'), opened("['O', 'B-PS']"), opened("O B-PS"), opened("O")
    (['O', 'B-PS'], ['O', 'B-PS'], ['O', 'B-PS'], ['O'])
    """
    if text.lstrip()[:1] not in ("[", "("):
        return text.split()
    for parse in (json.loads, ast.literal_eval):
        try:
            return parse(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
    return text
