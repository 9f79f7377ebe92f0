"""The tab shows what the entries hold, whatever this version knows of it."""

from __future__ import annotations

from dataclasses import replace

import gradio as gr
import pytest

from klue_common.errors import InputError
from klue_metrics import METRICS
from space_app.callers import Caller
from space_app.services import Services
from space_app.settings import Settings
from space_app.tabs.comparison import compare_entries
from space_app.tabs.context import Page
from space_app.tabs.leaderboard import TAB, board_rows, models, picked
from space_app.tabs.leaderboard_plots import model_plot, task_plot
from space_app.texts import LANGUAGES
from tests.space_app.made_entries import entry

LACKS = replace(entry(1, "sts"), scores={"f1": 70.0}, intervals={})
KNOWS_MORE = replace(
    entry(2, "sts"), scores={"pearsonr": 80.0, "f1": 60.0, "spearman": 150.0}, intervals={}
)
NOTHING = replace(entry(3, "sts"), scores={}, intervals={})
UNKNOWN = replace(entry(4, "summarisation"), scores={"rouge": 30.0}, intervals={})
UNKNOWN_TOO = replace(UNKNOWN, id=f"{5:012x}")


@pytest.fixture(params=LANGUAGES, ids=lambda language: language.code)
def page(request: pytest.FixtureRequest, settings: Settings) -> Page:
    services = Services.of(settings)
    for made in (LACKS, KNOWS_MORE, NOTHING, UNKNOWN, UNKNOWN_TOO):
        services.board.store.append(made, b"{}\n")
    return Page(services, request.param, gr.Blocks()).for_tab(TAB)


def test_the_table_has_a_column_for_every_score_that_there_is(page: Page) -> None:
    content = board_rows(page, "sts")
    assert content["headers"][2:5] == [*METRICS["sts"].scores, "spearman"]
    rows = {row[-1]: row[2:5] for row in content["rows"]}
    assert rows[LACKS.id] == [None, 70.0, None]
    assert rows[KNOWS_MORE.id] == [80.0, 60.0, 150.0]
    assert rows[NOTHING.id] == [None, None, None]
    order = [row[-1] for row in content["rows"] if row[-1]]
    assert order == [KNOWS_MORE.id, LACKS.id, NOTHING.id], "by the main score, those without last"
    assert "spearman" not in board_rows(page, "nli")["headers"]


def test_plots_have_the_official_scores(page: Page) -> None:
    html = task_plot(page, "sts")
    assert LACKS.model in html and KNOWS_MORE.model in html and "spearman" not in html
    assert "70.00" in model_plot(page, LACKS.model)
    assert "80.00" in model_plot(page, KNOWS_MORE.model)
    assert model_plot(page, NOTHING.model) == model_plot(page, UNKNOWN.model) == ""


def test_an_unknown_task_breaks_nothing(page: Page) -> None:
    assert UNKNOWN.model in models(page)
    assert "error" in board_rows(page, UNKNOWN.task)
    for task in page.tasks:
        assert UNKNOWN.id not in [row[-1] for row in board_rows(page, task)["rows"]]
    with pytest.raises(InputError, match="task: found 'summarisation'"):
        compare_entries(page, UNKNOWN.id, UNKNOWN_TOO.id, Caller("a session"))


def test_rows_without_scores_can_be_pressed(page: Page) -> None:
    for made in (LACKS, NOTHING):
        first, _, details = picked(page, "sts", None, None, [made.model, made.id])
        assert first == made.id and made.model in details
