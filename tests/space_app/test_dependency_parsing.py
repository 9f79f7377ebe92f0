"""The drawn tree."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from space_app.dependency_parsing import DEMO, tree
from space_app.texts import ENGLISH


@given(st.data())
def test_a_tree_is_whole_and_inside_its_frame(data: st.DataObject) -> None:
    """Up to 35 words, the longest sentence of the data: all arcs are there, none outside."""
    n = data.draw(st.integers(1, 35))
    heads = data.draw(st.lists(st.integers(0, n), min_size=n, max_size=n))
    html = tree(["낱말<&>"] * n, heads, ["NP_SBJ"] * n, ENGLISH.of(DEMO.texts))
    svg = ElementTree.fromstring(re.search(r"<svg.*</svg>", html)[0])  # type: ignore[index]
    width, height = float(svg.get("width", 0)), float(svg.get("height", 0))
    arcs = [path for path in svg.iter("path") if path.get("class") != "tip"]
    assert len(arcs) == sum(head > 0 and head - 1 != at for at, head in enumerate(heads))
    texts = list(svg.iter("text"))
    assert len(texts) == 2 * n
    assert all(0 < float(t.get("x", 0)) < width for t in texts)
    for path in arcs:
        tops = [float(y) for y in re.findall(r"Q[\d.]+ ([\d.-]+)", path.get("d", ""))]
        assert all(0 < y < height for y in tops)
