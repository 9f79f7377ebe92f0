"""Which settings a sweep tries: lists and ranges in a file of settings."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from klue_common.errors import InputError
from klue_common.own_files import is_number, is_whole
from klue_datasets import TASKS
from klue_datasets.errors import show
from klue_metrics import METRICS

from .bench import OF_A_RECIPE, read_settings
from .recipe import Recipe
from .training.limits import check_settings

OF_A_RANGE = ("low", "high", "step", "log")
WHOLE = {field.name for field in fields(Recipe) if field.type == "int"}
MOST = 10_000  # steps of a range


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, both included.

    step: between two of them; None for any number between. log: whether each power of ten is as
    likely as the next, for rates.
    """

    low: float
    high: float
    step: float | None = None
    log: bool = False

    def ask(self, trial: Any, name: str) -> float:
        """Return the number that a trial of Optuna is to have."""
        given: Any = {"log": self.log}
        if name in WHOLE:
            step = int(self.step or 1)
            return int(trial.suggest_int(name, self.low, self.high, step=step, **given))
        return float(trial.suggest_float(name, self.low, self.high, step=self.step, **given))


@dataclass(frozen=True)
class Space:
    """The settings of one task's runs.

    fixed: what all runs have. choices: what each has one of. ranges: what each has a number of.
    """

    fixed: Mapping[str, Any]
    choices: Mapping[str, tuple[Any, ...]]
    ranges: Mapping[str, Range]

    def ask(self, trial: Any) -> dict[str, Any]:
        """Return the settings that a trial of Optuna is to have."""
        asked = {
            name: trial.suggest_categorical(name, values) for name, values in self.choices.items()
        }
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where steps do not end at `high`
            for name, one in self.ranges.items():
                asked[name] = one.ask(trial, name)
        return {**self.fixed, **asked}


def read_space(path: Path, task: str) -> Space:
    """Read the table of a task from a TOML file: values, lists of them, and ranges.

        [ynat]
        epochs = 3
        batch_size = [16, 32]
        learning_rate = { low = 1e-5, high = 3e-4, log = true }

    Raises:
        InputError: no such file, no TOML, an unknown setting, a value that none can have, or
            nothing to choose.
    """
    content = read_settings(path, TASKS)
    if task not in content:
        found = ", ".join(map(show, content)) or "no table"
        raise InputError(f"{path}: found {found}, expected a table [{task}]")
    fixed, choices, ranges = {}, {}, {}
    for name, value in content[task].items():
        place = f"{path}: {task}: {name}"
        if isinstance(value, dict | list) and name not in OF_A_RECIPE:
            raise InputError(
                f"{place}: found {show(value)}, expected one value: only a recipe's are chosen"
            )
        if isinstance(value, dict):
            ranges[name] = range_of(value, name, place)
            tried = [ranges[name].low, ranges[name].high]
        elif isinstance(value, list):
            choices[name] = choices_of(value, place)
            tried = value
        else:
            fixed[name], tried = value, [value]
        for one in tried:
            refuse(name, one, task, place)
    if not choices and not ranges:
        raise InputError(
            f"{path}: {task}: found no list and no range, expected a setting to choose"
        )
    return Space(fixed, choices, ranges)


def refuse(name: str, value: Any, task: str, place: str) -> None:
    """Refuse a value that a setting cannot have.

    Raises:
        InputError: it cannot.
    """
    try:
        check_settings({name: value}, METRICS[task].scores)
    except InputError as error:
        raise InputError(f"{place}: {str(error).partition(': ')[2]}") from None


def choices_of(values: list[Any], place: str) -> tuple[Any, ...]:
    """Return the values that a setting has one of.

    Raises:
        InputError: there is none, or one stands there twice, or is no plain value.
    """
    plain = all(isinstance(value, str | int | float | bool) for value in values)
    if not plain or not values or any(values.count(value) > 1 for value in values):
        raise InputError(f"{place}: found {show(values)}, expected values that differ")
    return tuple(values)


def range_of(content: Mapping[str, Any], name: str, place: str) -> Range:
    """Return a range.

    Raises:
        InputError: it is none.

    Example:
        >>> range_of({"low": 1e-5, "high": 1e-3, "log": True}, "learning_rate", "space.toml")
        Range(low=1e-05, high=0.001, step=None, log=True)
    """
    expected = "low, high, and step or log"
    for key in content:
        if key not in OF_A_RANGE:
            raise InputError(f"{place}: found {show(key)}, expected {expected}")
    low, high, step = (content.get(key) for key in ("low", "high", "step"))
    log = content.get("log", False)
    numbers = is_whole if name in WHOLE else is_number
    if low is None or high is None or not numbers(low) or not numbers(high):
        kind = "whole numbers" if name in WHOLE else "numbers"
        raise InputError(f"{place}: found {show(dict(content))}, expected {kind} low and high")
    if low >= high:
        raise InputError(f"{place}: found low {low} and high {high}, expected a higher high")
    if not isinstance(log, bool) or (log and (low <= 0 or step is not None)):
        raise InputError(f"{place}: found log = {show(log)}, expected a low above 0 and no step")
    if step is not None and (not numbers(step) or not (high - low) / MOST <= step <= high - low):
        raise InputError(f"{place}: found step {show(step)}, expected one between low and high")
    return Range(low, high, step, log)
