"""The SVG picture of one tree, and of two that are compared."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from klue_metrics.dependency_arcs import Edge, svg


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[Edge], list[Edge]]:
    """Two trees over the same words; heads may be wrong in every way."""
    n = draw(st.integers(1, 35))
    edge = st.builds(Edge, st.integers(-1, n + 1), st.sampled_from(["NP_SBJ", "VP", "<&>"]))
    side = st.lists(edge, min_size=n, max_size=n)
    return draw(side), draw(side)


def drawn(side: list[Edge]) -> int:
    return sum(1 <= edge.head <= len(side) and edge.head - 1 != at for at, edge in enumerate(side))


def of_class(svg: ElementTree.Element, tag: str, name: str) -> list[ElementTree.Element]:
    return [part for part in svg.iter(tag) if name in part.get("class", "").split()]


@given(trees())
def test_both_trees_are_whole_and_inside_the_frame(sides: tuple[list[Edge], list[Edge]]) -> None:
    upper, lower = sides
    words = ["낱말<&>"] * len(upper)
    root = ElementTree.fromstring(svg(words, 'two "trees"', upper, lower))
    assert root.get("aria-label") == 'two "trees"'
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    tips = of_class(root, "path", "tip")
    assert len(tips) == drawn(upper) + drawn(lower) == len(list(root.iter("path"))) / 2
    assert len(list(root.iter("text"))) == 3 * len(words)
    for part in root.iter("text"):
        assert 0 < float(part.get("x", 0)) < width and 0 < float(part.get("y", 0)) < height
    for part in root.iter("path"):
        for y in re.findall(r"Q[\d.]+ ([\d.-]+)", part.get("d", "")):
            assert 0 < float(y) < height


@given(trees())
def test_edges_that_differ_are_marked_on_both_sides(sides: tuple[list[Edge], list[Edge]]) -> None:
    upper, lower = sides
    root = ElementTree.fromstring(svg(["말"] * len(upper), "", upper, lower))
    differ = [one != other for one, other in zip(upper, lower, strict=True)]
    for name in ("missed", "wrong"):
        assert len(of_class(root, "text", name)) == sum(differ)


def test_above_is_above_and_below_is_below() -> None:
    root = ElementTree.fromstring(svg(["가", "나"], "", [Edge(2, "A"), Edge(0, "B")],
                                      [Edge(0, "A"), Edge(1, "B")]))  # fmt: skip
    places = {
        part.text: float(part.get("y", 0)) for part in root.iter("text") if part.text in "가나"
    }
    missed, wrong = (of_class(root, "text", name) for name in ("missed", "wrong"))
    assert all(float(part.get("y", 0)) < places["가"] for part in missed)
    assert all(float(part.get("y", 0)) > places["가"] for part in wrong)
    assert [len(of_class(root, "path", name)) for name in ("missed", "wrong")] == [2, 2]
