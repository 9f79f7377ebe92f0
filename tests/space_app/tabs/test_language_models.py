"""The language models' section of the leaderboard: beside the encoders, never among them."""

from __future__ import annotations

from dataclasses import replace

import gradio as gr
import pytest

from klue_metrics import METRICS
from space_app.markup import plain
from space_app.services import Services
from space_app.settings import Settings
from space_app.tabs.comparison import entry_choices
from space_app.tabs.context import Page
from space_app.tabs.language_models import BEHIND, TYPES, lm_table
from space_app.tabs.leaderboard import TAB, board_rows, picked, refreshed
from space_app.tabs.leaderboard_plots import model_plot, task_plot
from space_app.tabs.ties import tie_headings
from space_app.texts import LANGUAGES
from tests.space_app.made_entries import asked, entry

ENCODER, MODEL = entry(1), asked(2)
OF_LESS = replace(asked(3, "ynat"), scores={}, intervals={}, trivial={}, unknown_labels={})
HOSTILE = replace(
    asked(4, "sts"), model="<b>모델</b>", asked="<script>${x}</script>", scores={"pearsonr": 5.0}
)
GOLD = replace(asked(5, "re"), equal_to_gold=True)


@pytest.fixture(params=LANGUAGES, ids=lambda language: language.code)
def page(request: pytest.FixtureRequest, settings: Settings) -> Page:
    services = Services.of(settings)
    for made in (ENCODER, MODEL, OF_LESS, HOSTILE, GOLD):
        services.board.store.append(made, b"{}\n")
    return Page(services, request.param, gr.Blocks()).for_tab(TAB)


def test_each_kind_has_its_table(page: Page) -> None:
    content = board_rows(page, "nli")
    assert MODEL.id not in [row[-1] for row in content["rows"]]
    assert ENCODER.id in [row[-1] for row in content["rows"]]
    own = content["language_models"]
    columns = 2 + len(tie_headings(page)) + len(BEHIND)
    assert len(own["headers"]) == columns == len(lm_table(page, "nli")["datatype"])
    date = MODEL.created[:10]
    assert own["rows"] == [
        [MODEL.model, 50.0, "", "", 33.33, "rank, 2 shots, ko", 1200, 3, None, date, MODEL.id]
    ]
    assert board_rows(page, "mrc")["language_models"]["rows"] == []


def test_what_an_entry_lacks_is_left_open(page: Page) -> None:
    (row,) = lm_table(page, "ynat")["value"]
    assert row[1:7] == ["", "", None, OF_LESS.asked, None, None] and len(row) == 3 + len(BEHIND)
    assert len(BEHIND) == len(TYPES)


@pytest.mark.parametrize("task", METRICS)
def test_the_section_is_shown_where_there_is_a_row(task: str, page: Page) -> None:
    section, table = refreshed(page, task)[1:3]
    shown = task in {made.task for made in (MODEL, OF_LESS, HOSTILE, GOLD)}
    assert section["visible"] is shown and len(table["value"]) == shown


def test_a_pressed_row_tells_how_it_was_asked_and_is_compared(page: Page) -> None:
    first, _, details = picked(page, "nli", None, None, [MODEL.model, MODEL.id])
    assert first == MODEL.id
    for told in (MODEL.model, MODEL.asked, "1,200", "33.33"):
        assert told in details
    _, second, other = picked(page, "nli", first, None, [ENCODER.model, ENCODER.id])
    assert second == ENCODER.id and ENCODER.selected_on in other
    assert MODEL.asked not in other and ENCODER.selected_on not in details
    names = dict(map(reversed, entry_choices(page, "nli")))  # type: ignore[arg-type]
    assert names == {
        ENCODER.id: f"{ENCODER.model} ({ENCODER.id})",
        MODEL.id: f"{MODEL.model} · {MODEL.asked} ({MODEL.id})",
    }


def test_plots_tell_the_kinds_apart(page: Page) -> None:
    html = task_plot(page, "nli")
    assert html.index(f">{ENCODER.model}<") < html.index(f">{MODEL.model}<small>")
    assert MODEL.asked in html and html.count('class="dot asked"') == 1
    assert 'class="dot asked"' in model_plot(page, MODEL.model)
    assert 'class="dot asked"' not in model_plot(page, ENCODER.model)


def test_what_was_typed_is_shown_as_text(page: Page) -> None:
    details = picked(page, "sts", None, None, [HOSTILE.model, HOSTILE.id])[2]
    for html in (details, task_plot(page, "sts")):
        assert plain(HOSTILE.asked) in html and plain(HOSTILE.model) in html
        assert "<script>" not in html and "<b>" not in html and "${" not in html


def test_predictions_that_are_the_references_are_marked(page: Page) -> None:
    at = BEHIND.index("asked") - len(BEHIND)
    (gold,), (other,) = (lm_table(page, task)["value"] for task in ("re", "nli"))
    assert other[at] == MODEL.asked
    assert gold[at].startswith(GOLD.asked) and gold[at] != GOLD.asked
