"""A view is what its link says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from space_app.board.filters import LONGEST, REVERSE, Filters, orders
from space_app.board.overview import KINDS, LANGUAGE_MODELS, PUBLISHED, model_rows
from tests.space_app.made_entries import asked, entry

VALUES: st.SearchStrategy[Any] = (
    st.text(max_size=300) | st.floats() | st.booleans() | st.none() | st.integers() | st.binary()
)
TYPED = st.fixed_dictionaries(
    {},
    optional={
        "kinds": st.lists(st.sampled_from([*KINDS, "nobody's"])) | VALUES,
        "search": VALUES,
        "trained_on": VALUES,
        "selected_on": VALUES,
        "least": VALUES,
        "most": VALUES,
        "open_weights": VALUES,
        "complete": VALUES,
        "since": st.dates().map(str) | VALUES,
        "until": st.dates().map(str) | VALUES,
        "sort": st.sampled_from([*orders(), *(REVERSE + order for order in orders())]) | VALUES,
        "average": VALUES,
    },
)


@given(TYPED)
def test_a_link_keeps_the_view(typed: dict[str, Any]) -> None:
    view = Filters.of(typed)
    assert Filters.from_query(view.to_query()) == view
    assert len(view.search) <= LONGEST


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_any_query_is_a_view(query: str) -> None:
    view = Filters.from_query(query)
    assert Filters.from_query(view.to_query()) == view


def test_the_plain_view_has_no_query() -> None:
    assert Filters().to_query() == "" and Filters.from_query("") == Filters()
    assert Filters.from_query("&".join(f"a{n}=1" for n in range(1000))) == Filters()


def test_an_order_pressed_twice_is_turned_round() -> None:
    once = Filters().sorted_by("sts.f1")
    assert once.sort == "sts.f1" and once.sorted_by("sts.f1").sort == "-sts.f1"
    assert once.sorted_by("sts.f1").sorted_by("sts.f1") == once
    assert once.sorted_by("<script>") == once


ROWS = model_rows(
    [
        replace(entry(1), model="클루 버트", parameters=110.0, open_weights=True),
        replace(entry(2), model="large", parameters=337.0, trained_on="더 많은 글"),
        replace(asked(3), model="Gemma", created="2027-01-01T00:00"),
    ]
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({}, ["large", "클루 버트", "Gemma"]),
        ({"search": "버트"}, ["클루 버트"]),
        ({"search": normalize("NFD", "버트")}, ["클루 버트"]),
        ({"search": "GEMMA"}, ["Gemma"]),
        ({"kinds": [LANGUAGE_MODELS]}, ["Gemma"]),
        ({"least": 200}, ["large"]),
        ({"most": 110}, ["클루 버트"]),
        ({"open_weights": True}, ["클루 버트"]),
        ({"complete": True}, []),
        ({"trained_on": "더"}, ["large"]),
        ({"selected_on": "3 shots"}, ["Gemma"]),
        ({"selected_on": "HELD"}, ["large", "클루 버트"]),
        ({"since": "2026-12-01"}, ["Gemma"]),
        ({"until": "2026-12-01"}, ["large", "클루 버트"]),
    ],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, dict) else "",
)
def test_what_a_view_shows(typed: dict[str, Any], expected: list[str]) -> None:
    view = Filters.of(typed)
    own = (row for row in ROWS if row.kind != PUBLISHED)
    assert [row.model for row in own if view.matches(row) and view.finds(row)] == expected
