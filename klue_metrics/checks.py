"""Checks of the columns and options that reach a metric; past them the code trusts its input."""

import math
from collections.abc import Iterable, Sequence
from itertools import chain
from numbers import Integral, Real
from typing import Any

import numpy as np

from .errors import MetricError, shown

MOST_RESAMPLES, MOST_SEED = 10**6, 2**64 - 1


def as_list(column: Any, side: str) -> list[Any]:
    """Return a column of examples as a list; `side` names it in messages.

    Raises:
        MetricError: the column is missing, a single string or not iterable.

    >>> as_list(np.array([1, 2]), "predictions")
    [1, 2]
    """
    if isinstance(column, list):
        return column
    if hasattr(column, "tolist"):  # NumPy, torch, pandas: plain numbers and texts
        column = column.tolist()
    if column is None or isinstance(column, str | bytes | dict) or not isinstance(column, Iterable):
        raise MetricError(f"{side}: found {shown(column)}, expected one value per example")
    return list(column)


def check_lengths(references: Sequence[Any], **columns: Sequence[Any]) -> None:
    """Raise MetricError unless there are examples and every column has one value for each.

    >>> check_lengths([1, 2], predictions=[1])
    Traceback (most recent call last):
        ...
    klue_metrics.errors.MetricError: predictions[1]: found 1, expected 2 as there are references
    """
    if len(references) == 0:
        raise MetricError("references: found no examples, expected at least one")
    for side, column in columns.items():
        if len(column) != len(references):
            place = min(len(column), len(references))
            raise MetricError(
                f"{side}[{place}]: found {len(column)}, "
                f"expected {len(references)} as there are references"
            )


def nested_lengths(column: Sequence[Any], side: str, texts: bool = False) -> np.ndarray:
    """Return the length of each example's own sequence, int64 [examples].

    Args:
        column: the examples.
        side: the column's name in messages.
        texts: whether a text is a sequence too (of its characters).

    Raises:
        MetricError: an example is no sequence.
    """
    for kind in set(map(type, column)):
        if not issubclass(kind, Sequence | np.ndarray) or (issubclass(kind, str) and not texts):
            number = next(i for i, example in enumerate(column) if type(example) is kind)
            found = shown(column[number])
            raise MetricError(f"{side}[{number}]: found {found}, expected a list")
        if issubclass(kind, np.ndarray):
            for number, example in enumerate(column):
                if is_single(example):
                    found = shown(example)
                    raise MetricError(f"{side}[{number}]: found {found}, expected a list")
    return np.fromiter(map(len, column), np.int64, len(column))


def is_single(value: Any) -> bool:
    """Return whether a value is an array without a length: a single number or text."""
    return isinstance(value, np.ndarray) and value.ndim == 0


def check_nested_lengths(
    found: np.ndarray, expected: np.ndarray, side: str, what: str, other: str
) -> None:
    """Raise MetricError naming the first example whose inner length is not the expected one."""
    wrong = np.flatnonzero(found != expected)
    if wrong.size:
        first = int(wrong[0])
        raise MetricError(
            f"{side}[{first}]: found {found[first]} {what}, "
            f"expected {expected[first]} as in {other}[{first}]"
        )


def flat(column: Iterable[Iterable[Any]]) -> list[Any]:
    """Return the elements of all examples in one list."""
    return list(chain.from_iterable(column))


def is_finite_number(value: Any) -> bool:
    """Return whether `value` is an int or float (not a bool), neither nan nor infinite."""
    number = isinstance(value, int | float | np.integer | np.floating)
    try:
        return number and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # An int beyond the floats
        return False


def check_options(confidence: Any, n_resamples: Any, seed: Any) -> None:
    """Raise MetricError unless the resampling options make sense."""
    is_share = isinstance(confidence, Real) and not isinstance(confidence, bool)
    if confidence is not None and not (is_share and 0 < confidence < 1):
        found = shown(confidence)
        raise MetricError(f"confidence: found {found}, expected a number between 0 and 1")
    for name, value, least, most in (
        ("n_resamples", n_resamples, 1, MOST_RESAMPLES),
        ("seed", seed, 0, MOST_SEED),
    ):
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        if not whole or not least <= value <= most:
            expected = f"a whole number from {least} on, at most {most:,}"
            raise MetricError(f"{name}: found {shown(value)}, expected {expected}")


def check_switches(**switches: Any) -> None:
    """Raise MetricError unless each option is on or off."""
    for name, value in switches.items():
        if not isinstance(value, int | np.bool_):  # True and False are whole numbers too
            raise MetricError(f"{name}: found {shown(value)}, expected True or False")


def hashable(column: list[Any], name: str) -> list[Any]:
    """Return a column whose values can be told apart by their hash.

    Raises:
        MetricError: the first value that cannot, as a list or a dict.
    """
    for number, value in enumerate(column):
        try:
            hash(value)
        except TypeError:
            found = shown(value)
            raise MetricError(
                f"{name}[{number}]: found {found}, expected a text or number"
            ) from None
    return column
