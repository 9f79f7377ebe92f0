"""Dots stand where their values are, and whoever leads is named."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from space_app.markup import plain
from space_app.scatter import Point, leaders, scatter, size_ticks

POINTS = st.lists(
    st.builds(
        Point,
        st.text(max_size=5),
        st.floats(-10, 10),
        st.floats(0, 100),
        st.sampled_from(["", "asked"]),
    ),
    min_size=2,
)


@given(POINTS)
def test_whoever_leads_is_above_all_of_its_kind_before_it(points: list[Point]) -> None:
    found = leaders(points)
    for point in points:
        before = [o.y for o in points if o.kind == point.kind and o.x <= point.x and o != point]
        if point in found:
            assert all(point.y >= y for y in before)
    assert {point.kind for point in found} == {point.kind for point in points}


@given(POINTS)
def test_every_dot_is_within_the_frame(points: list[Point]) -> None:
    html = scatter(points, {points[0].x: "1"}, "said")
    places = re.findall(r'class="at" style="left:([\d.]+)%;bottom:([\d.]+)%', html)
    assert len(places) == len(points)
    assert all(0 <= float(number) <= 100 for place in places for number in place)


def test_names_are_text() -> None:
    name = '"><script>${x}'
    html = scatter([Point(name, 0, 1), Point("b", 1, 2)], {}, name)
    assert plain(name) in html and "<script" not in html and "${" not in html


@given(st.floats(0.001, 1e7), st.floats(0.001, 1e7))
def test_sizes_have_marks(a: float, b: float) -> None:
    assert size_ticks(min(a, b), max(a, b))
