"""What a setting may be; checked before a run begins, from wherever it comes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from klue_common.errors import InputError

# A test of a value, and what it expects in words.
Limit = tuple[Callable[[Any], bool], str]


def is_number(value: Any) -> bool:
    """Return a finite number that is no truth value.

    >>> is_number(0.5), is_number(True), is_number("1"), is_number(float("inf"))
    (True, False, False, False)
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def is_whole(value: Any) -> bool:
    """Return a whole number that is no truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


POSITIVE: Limit = (lambda value: is_number(value) and value > 0, "a number above 0")
NOT_NEGATIVE: Limit = (lambda value: is_number(value) and value >= 0, "0 or a number above it")
FRACTION: Limit = (lambda value: is_number(value) and 0 <= value < 1, "from 0 to below 1")
COUNT: Limit = (lambda value: is_whole(value) and value >= 1, "a whole number from 1 on")
WHOLE: Limit = (lambda value: is_whole(value) and value >= 0, "a whole number from 0 on")

LIMITS: dict[str, Limit] = {
    "learning_rate": POSITIVE,
    "head_learning_rate": POSITIVE,
    "epochs": POSITIVE,
    "batch_size": COUNT,
    "eval_batch_size": COUNT,
    "accumulation": COUNT,
    "warmup": FRACTION,
    "weight_decay": NOT_NEGATIVE,
    "max_length": COUNT,
    "attention_dropout": FRACTION,
    "evaluations": COUNT,
    "patience": COUNT,
    "max_grad_norm": POSITIVE,
    "max_train_examples": COUNT,
    "seed": WHOLE,
    "precision": (lambda value: value in ("fp32", "bf16"), "fp32 or bf16"),
    "select_on": (lambda value: value in ("held-out", "dev"), "held-out or dev"),
}
OPTIONAL = ("head_learning_rate", "attention_dropout")  # None is their default


def check_settings(settings: Mapping[str, Any], scores: Sequence[str]) -> None:
    """Refuse the first setting that is out of its limits.

    Args:
        settings: fields of a recipe or a run.
        scores: those of the task, of which `select_by` is one.

    Raises:
        InputError: names the setting, what was found and what was expected.

    >>> check_settings({"epochs": 0}, ["accuracy"])
    Traceback (most recent call last):
    ...
    klue_common.errors.InputError: epochs: found 0, expected a number above 0
    """
    limits = {**LIMITS, "select_by": (lambda value: value in scores, " or ".join(scores))}
    for name, value in settings.items():
        if name not in limits or (value is None and name in OPTIONAL):
            continue
        holds, expected = limits[name]
        if not holds(value):
            raise InputError(f"{name}: found {value!r}, expected {expected}")
