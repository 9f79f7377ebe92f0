"""What the tables say of ties, and what they say while none are known."""

from __future__ import annotations

from dataclasses import replace

import gradio as gr
import numpy as np
import pytest

from klue_metrics.ties import Ties
from space_app.board.filters import Filters
from space_app.board.ties import Found, group_of
from space_app.markup import plain
from space_app.services import Services
from space_app.settings import Settings
from space_app.tabs.context import Page
from space_app.tabs.leaderboard import TAB, board_rows
from space_app.tabs.overview import overview_html
from space_app.tabs.ties import TEXTS, ties_note
from space_app.texts import LANGUAGES
from tests.space_app.made_entries import entry

MADE = [
    replace(entry(number), model=name, scores={"accuracy": value})
    for number, (name, value) in enumerate((("first", 90.0), ("second", 89.0), ("third", 50.0)))
]
P = np.array([[1.0, 0.5, 0.001], [0.5, 1.0, 0.02], [0.001, 0.02, 1.0]])
KNOWN = Found(
    tuple(one.id for one in MADE),
    {"accuracy": Ties(tuple(one.id for one in MADE), (90.0, 89.0, 50.0), P, 0.05, 3.21)},
)


@pytest.fixture(params=LANGUAGES, ids=lambda language: language.code)
def page(request: pytest.FixtureRequest, settings: Settings) -> Page:
    services = Services.of(settings)
    for made in MADE:
        services.board.store.append(made, b"{}\n")
    return Page(services, request.param, gr.Blocks()).for_tab(TAB)


def test_letters_and_ranks_stand_behind_the_scores(page: Page) -> None:
    assert {tuple(row[3:5]) for row in board_rows(page, "nli")["rows"]} == {("", "")}
    page.services.ties.known[group_of(MADE[0])] = KNOWN
    rows = {row[0]: row[3:5] for row in board_rows(page, "nli")["rows"]}
    assert [rows[one.model] for one in MADE] == [["a", "1–2"], ["a", "1–2"], ["b", "3"]]
    assert rows["KLUE-BERT-base"] == ["", ""]


def test_the_overview_marks_what_is_tied_with_the_best(page: Page) -> None:
    view, said = Filters(kinds=("encoder",)), "≈</span>89.00"
    assert said not in overview_html(page, view)
    page.services.ties.known[group_of(MADE[0])] = KNOWN
    html = overview_html(page, view)
    assert said in html and "≈</span>50.00" not in html and "<strong>90.00" in html


def test_the_note_says_how_far_apart_models_have_to_be(page: Page) -> None:
    column = page.language.column
    assert plain(TEXTS["pending"][column]) in ties_note(page, "nli")
    assert plain(TEXTS["none"][column]) in ties_note(page, "sts")
    page.services.ties.known[group_of(MADE[0])] = KNOWN
    assert "accuracy 3.21" in ties_note(page, "nli")
