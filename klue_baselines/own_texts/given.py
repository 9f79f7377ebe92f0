"""What people give, as a task's examples: one or many, as texts, as their parts, as objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from klue_common.errors import InputError

if TYPE_CHECKING:
    from ..task import AskedTask, Record


def is_many(task: AskedTask, given: Any) -> bool:
    """Return whether what a person gives is many examples: a list, a column, a generator.

    A text, a tuple of an example's parts and an object with the raw file's fields are one; so is a
    list where a task's example is one.
    """
    if isinstance(given, str | bytes | Mapping | tuple) or task.is_one(given):
        return False
    try:
        iter(given)
    except TypeError:  # an array without a dimension has the method and no use for it
        return False
    return True


def examples_of(task: AskedTask, texts: Iterable[Any]) -> Iterable[Record]:
    """Yield what a person gives as examples.

    Raises:
        InputError: one is none; its place comes first, "texts[17]".
    """
    for at, value in enumerate(texts):
        place = f"texts[{at}]"
        if not isinstance(value, str | Mapping | tuple | list):
            raise InputError(f"{place}: found {value!r:.60}, expected {task.expected}")
        parts = parts_of(task, value, place)
        try:
            example = task.row(*parts)
        except InputError as error:
            raise InputError(f"{place}: {error}") from None
        yield example


def parts_of(task: AskedTask, value: Any, place: str) -> tuple[Any, ...]:
    """Return the arguments of the task's `row` that a person gives as one value.

    Args:
        task: the task.
        value: a text, a tuple or list of an example's parts, an object with the raw file's fields.
        place: what to call it in the message.

    Raises:
        InputError: there are more parts or fewer than an example has, or fields are missing.
    """
    if isinstance(value, Mapping):
        return fields_of(task, value, place)
    several = isinstance(value, tuple | list) and not task.is_one(value)
    parts = tuple(value) if several else (value,)
    if len(parts) not in {len(names) for names in task.fields}:
        raise InputError(f"{place}: found {value!r:.60}, expected {task.expected}")
    return parts


def fields_of(task: AskedTask, row: Mapping[str, Any], place: str) -> tuple[Any, ...]:
    """Return the parts of an example that stand in the fields of the raw file.

    Raises:
        InputError: fields are missing.
    """
    for names in task.fields:
        if all(name in row for name in names):
            return tuple(row[name] for name in names)
    found = ", ".join(f"{name!r:.30}" for name in [*row][:5]) or "none"
    expected = " or ".join(", ".join(map(repr, names)) for names in task.fields)
    raise InputError(f"{place}: found the fields {found}, expected {expected}")
