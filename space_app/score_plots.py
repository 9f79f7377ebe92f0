"""Scores as dots on a scale, their intervals as lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .markup import plain

STEP = 10.0  # points between two ticks


@dataclass(frozen=True)
class Scale:
    """A part of the range from 0 to 100, in whole steps."""

    low: float = 0.0
    high: float = 100.0

    @classmethod
    def around(cls, values: Iterable[float]) -> Scale:
        """Return the steps that hold all values, one at least.

        >>> Scale.around([81.5, 86.1]), Scale.around([100.0]), Scale.around([])
        (Scale(low=80.0, high=90.0), Scale(low=90.0, high=100.0), Scale(low=0.0, high=100.0))
        """
        known = [min(max(value, 0.0), 100.0) for value in values if math.isfinite(value)]
        if not known:
            return cls()
        low = min(math.floor(min(known) / STEP) * STEP, 100.0 - STEP)
        high = math.ceil(max(known) / STEP) * STEP
        return cls(low, max(high, low + STEP))

    def place(self, value: float) -> float:
        """Return where a value stands, in percent of the scale; what is outside, at its end."""
        share = (value - self.low) / (self.high - self.low)
        return 100 * min(max(share, 0.0), 1.0)

    def ticks(self) -> str:
        """Return the numbers at both ends and in the middle."""
        middle = (self.low + self.high) / 2
        parts = "".join(f"<span>{tick:g}</span>" for tick in (self.low, middle, self.high))
        return f'<div class="ticks" aria-hidden="true">{parts}</div>'


FULL = Scale()


def dot(
    value: float,
    bounds: Sequence[float] | None,
    kind: str = "",
    scale: Scale = FULL,
    others: Iterable[float] = (),
) -> str:
    """Return a score, its interval, and other scores in grey behind it."""
    low, high = (scale.place(bound) for bound in bounds or (value, value))
    behind = "".join(
        f'<span class="dot other" style="left:{scale.place(other):.2f}%"></span>'
        for other in others
    )
    return (
        f'<span class="scale" aria-hidden="true">{behind}'
        f'<span class="whisker" style="left:{low:.2f}%;width:{high - low:.2f}%"></span>'
        f'<span class="dot {kind}" style="left:{scale.place(value):.2f}%"></span></span>'
    )


@dataclass(frozen=True)
class Line:
    """A line of a plot.

    Attributes:
        name: at its beginning; `small` stands below it.
        value, bounds: a score and its interval.
        kind: a CSS class.
        others: further scores, in grey.
    """

    name: str
    value: float
    bounds: Sequence[float] | None = None
    kind: str = ""
    small: str = ""
    others: Sequence[float] = ()


def plot(lines: Sequence[Line], scale: Scale | None = None) -> str:
    """Return a plot of lines on one scale, by default the one around them."""
    if scale is None:
        bounds = [bound for line in lines for bound in line.bounds or ()]
        scale = Scale.around([*(line.value for line in lines), *bounds])
    rows = "".join(plot_row(line, scale) for line in lines)
    ticks = f"<tr><td></td><td>{scale.ticks()}</td><td></td></tr>"
    return f'<table class="plot"><tbody>{rows}{ticks}</tbody></table>'


def plot_row(line: Line, scale: Scale) -> str:
    """Return one line of a plot."""
    shown = f"{line.value:.2f}"
    if line.bounds:
        shown += f"<small>[{line.bounds[0]:.2f}, {line.bounds[1]:.2f}]</small>"
    small = f"<small>{plain(line.small)}</small>" if line.small else ""
    drawn = dot(line.value, line.bounds, line.kind, scale, line.others)
    return (
        f'<tr class="{line.kind}"><th scope="row">{plain(line.name)}{small}</th>'
        f'<td class="track">{drawn}</td><td class="number">{shown}</td></tr>'
    )
