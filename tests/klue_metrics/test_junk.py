"""Whatever stands at whatever place of the inputs: a result, or an error of ours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

from klue_metrics import METRICS, MetricError
from tests.klue_metrics.test_klue_metrics import INPUTS, JUNK, outcome

ARRAYS = [np.array([1]), np.array(["a"]), np.array([["a"]]), np.array([]), np.array([[]])]


def places(value: Any) -> Iterator[tuple[Any, ...]]:
    """The way to a value, and to each part of it."""
    yield ()
    if isinstance(value, dict | list | np.ndarray):
        for at in value if isinstance(value, dict) else range(len(value)):
            yield from ((at, *rest) for rest in places(value[at]))


def replaced(value: Any, way: tuple[Any, ...], junk: Any) -> Any:
    """The value with the part at the end of a way replaced."""
    if not way:
        return junk
    changed = value.tolist() if isinstance(value, np.ndarray) else value.copy()
    changed[way[0]] = replaced(changed[way[0]], way[1:], junk)
    return changed


@pytest.mark.parametrize("task", METRICS)
@pytest.mark.parametrize("unknown_label", ["error", "wrong"])
def test_junk_at_any_place(task: str, unknown_label: str) -> None:
    for way in [*places(dict(INPUTS[task]))][1:]:
        for junk in [*JUNK, *ARRAYS]:
            inputs = replaced(dict(INPUTS[task]), way, junk)
            found = outcome(partial(METRICS[task].compute, **inputs, unknown_label=unknown_label))
            assert isinstance(found, dict | MetricError), (way, junk, found)
