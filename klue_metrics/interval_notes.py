"""What is said beside an interval that leaves out its own value."""

from collections.abc import Mapping, Sequence
from typing import Any

# What differs by less is one number, summed in two orders.
ROUNDING = 1e-9


INTERVAL_NOTE = (
    "{names}: the interval leaves out the value, since with few examples of a class resamples "
    "score otherwise than the data; it is no margin of error."
)


Bounds = Sequence[float] | None


# Name -> a value and its interval, either of which there may not be.
Estimates = Mapping[str, tuple[float | None, Bounds]]


def left_out(estimates: Estimates) -> list[str]:
    """Return the names of the values that their own intervals leave out.

    >>> left_out({"auprc": (12.07, [20.61, 34.56]), "micro_f1": (0.0, [0.0, 0.0])})
    ['auprc']
    """
    return [
        name
        for name, (value, bounds) in estimates.items()
        if value is not None
        and bounds is not None
        and not bounds[0] - ROUNDING <= value <= bounds[1] + ROUNDING
    ]


def interval_note(estimates: Estimates) -> str:
    """Return the sentence to be shown beside intervals that leave out their values, or ""."""
    names = left_out(estimates)
    return INTERVAL_NOTE.format(names=", ".join(names)) if names else ""


def estimates_of(scores: Mapping[str, Any]) -> Estimates:
    """Return the estimates among scores as `TaskMetric.compute` gives them.

    >>> estimates_of({"f1": 50.0, "f1_ci": [40.0, 60.0], "accuracy": 70.0})
    {'f1': (50.0, [40.0, 60.0])}
    """
    return {
        name: (value, scores[f"{name}_ci"])
        for name, value in scores.items()
        if f"{name}_ci" in scores
    }
