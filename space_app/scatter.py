"""Scores against something else: dots in a frame, those that lead to the right of it by name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .markup import plain
from .score_plots import Scale

NAME_WIDE, NAME_HIGH = 45.0, 8.0  # percent of the frame that a name takes on a telephone
SIDE = 3.0  # percent of the frame that stay free left and right of the outermost dots


@dataclass(frozen=True)
class Point:
    """A model in a frame.

    Attributes:
        name: of the model.
        x: of whatever is laid off to the right; more is further right.
        y: its score, 0-100.
        kind: a CSS class.
    """

    name: str
    x: float
    y: float
    kind: str = ""


def scatter(points: Sequence[Point], ticks: Mapping[float, str], said: str) -> str:
    """Return dots in a frame; what leads among its kind has its name written beside it.

    Args:
        points: two at least, with different x.
        ticks: places on the lower edge and what is written there.
        said: what a screen reader says of the whole.
    """
    across, up = Across.of(points), Scale.around(point.y for point in points)
    leading = set(named(points, across, up))
    dots = "".join(dot(point, across, up, point in leading) for point in points)
    below = "".join(
        f'<span style="left:{across.place(x):.2f}%">{plain(label)}</span>'
        for x, label in ticks.items()
    )
    beside = f"<span>{up.high:g}</span><span>{up.low:g}</span>"
    return (
        f'<div class="scatter" role="img" aria-label="{plain(said)}">'
        f'<div class="beside">{beside}</div><div class="frame">{dots}</div>'
        f'<div class="below">{below}</div></div>'
    )


@dataclass(frozen=True)
class Across:
    """The range from left to right."""

    low: float
    high: float

    @classmethod
    def of(cls, points: Iterable[Point]) -> Across:
        """Return the range of some points."""
        values = [point.x for point in points]
        return cls(min(values), max(values))

    def place(self, x: float) -> float:
        """Return where a value stands, in percent of the frame.

        >>> Across(10.0, 20.0).place(15.0)
        50.0
        """
        share = (x - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return SIDE + (100 - 2 * SIDE) * share


def named(points: Iterable[Point], across: Across, up: Scale) -> list[Point]:
    """Return the leading points whose names do not run into each other, the highest first."""
    found: list[Point] = []
    for point in sorted(leaders(points), key=lambda point: -point.y):
        near = (
            abs(up.place(point.y) - up.place(other.y)) < NAME_HIGH
            and abs(across.place(point.x) - across.place(other.x)) < NAME_WIDE
            for other in found
        )
        if not any(near):
            found.append(point)
    return found


def dot(point: Point, across: Across, up: Scale, leads: bool) -> str:
    """Return one dot; its name stands on the side where there is room."""
    left, bottom = across.place(point.x), up.place(point.y)
    name = f"{point.name} {point.y:.2f}"
    side = "before" if left > 60 else "behind"
    label = f'<small class="{side}"><bdi>{plain(point.name)}</bdi></small>' if leads else ""
    return (
        f'<span class="at" style="left:{left:.2f}%;bottom:{bottom:.2f}%" title="{plain(name)}">'
        f'<span class="dot {point.kind}"></span>{label}</span>'
    )


def leaders(points: Iterable[Point]) -> list[Point]:
    """Return the points that are above all of their kind to the left of them.

    >>> [point.name for point in leaders([Point("b", 2, 50), Point("a", 1, 60), Point("c", 3, 70)])]
    ['a', 'c']
    """
    best: dict[str, float] = {}
    found = []
    for point in sorted(points, key=lambda point: (point.x, -point.y)):
        if point.y > best.get(point.kind, -math.inf):
            best[point.kind] = point.y
            found.append(point)
    return found


def size_ticks(least: float, most: float) -> dict[float, str]:
    """Return marks for numbers of parameters, at their logarithms.

    Args:
        least, most: in millions.

    >>> size_ticks(60, 8200)
    {2.0: '100 M', 3.0: '1 B'}
    """
    powers = range(math.ceil(math.log10(least)), math.floor(math.log10(most)) + 1)
    if not powers:
        return {math.log10(size): in_words(size) for size in (least, most)}
    return {float(power): in_words(10.0**power) for power in powers}


def in_words(millions: float) -> str:
    """Return a number of parameters as it is written in short.

    >>> in_words(337.0), in_words(8200.0)
    ('337 M', '8.2 B')
    """
    return f"{millions / 1000:g} B" if millions >= 1000 else f"{millions:g} M"
