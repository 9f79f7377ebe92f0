"""The tab shows what the entries hold, whatever this version knows of it."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest

from klue_common.errors import InputError
from klue_metrics import METRICS
from space_app.board.local_store import LINES
from space_app.callers import Caller
from space_app.markup import plain
from space_app.services import Services
from space_app.settings import Settings
from space_app.tabs.comparison import compare_entries
from space_app.tabs.context import Page
from space_app.tabs.leaderboard import TAB, board_rows, models, picked, unread
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


ODD = {
    "everything": 100.0,
    "nothing": 0.0,
    "below": -40.0,
    "huge": 1e308,
    "not a number": float("nan"),
    "no end": float("inf"),
}


@pytest.mark.parametrize("task", METRICS)
@pytest.mark.parametrize("values", [*([name] for name in ODD), [*ODD], ["everything"] * 2])
def test_any_scores_can_be_shown(
    task: str, values: list[str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With published rows and without: the entries of dp had none beside them."""
    monkeypatch.setattr("space_app.board.leaderboard.PUBLISHED", {})
    services = Services.of(settings)
    page = Page(services, LANGUAGES[0], gr.Blocks()).for_tab(TAB)
    entries = [
        replace(
            entry(at, task),
            model=name,
            scores=dict.fromkeys(METRICS[task].scores, ODD[name]),
            intervals=dict.fromkeys(METRICS[task].scores, [ODD[name]] * 2),
        )
        for at, name in enumerate(values)
    ]
    monkeypatch.setattr(services.board.store, "read", lambda: entries)
    assert len(board_rows(page, task)["rows"]) == len(values)
    assert values[0] in task_plot(page, task) and model_plot(page, values[0])
    assert values[0] in picked(page, task, None, None, [values[0], entries[0].id])[2]


def test_predictions_that_are_the_references_are_marked(page: Page) -> None:
    right = {"pearsonr": 100.0, "f1": 100.0, "rmse": 0.0}
    old = replace(entry(6, "sts"), model="old", scores=right)
    told = replace(entry(7, "sts"), model="told", scores=right, equal_to_gold=False)
    new = replace(entry(8, "sts"), model="new", scores=right, equal_to_gold=True)
    for made in (old, told, new):
        page.services.board.store.append(made, b"{}\n")
    rows = {row[0]: row[1] for row in board_rows(page, "sts")["rows"]}
    assert rows["old"] == rows["new"] == page.say("equal") != page.say("here")
    assert rows["told"] == rows[LACKS.model] == page.say("here")
    assert plain(page.say("equal.about")) in picked(page, "sts", None, None, ["new", new.id])[2]


def test_a_store_that_cannot_be_read_leaves_what_was_read_last(settings: Settings) -> None:
    services = Services.of(settings)
    page = Page(services, LANGUAGES[1], gr.Blocks()).for_tab(TAB)
    services.board.store.append(entry(1), b"{}\n")
    assert entry(1).model in models(page) and unread(page) == ""
    path = Path(settings.leaderboard) / LINES
    path.unlink()
    path.mkdir()  # what no right and no user can read
    services.board.kept = (float("-inf"), services.board.kept[1]) if services.board.kept else None
    assert entry(1).model in models(page) and "cannot be read" in unread(page)


@pytest.mark.parametrize("damage", ["lost", "cut", "no gzip", "no JSON"])
def test_predictions_that_are_lost_or_damaged_are_a_line(damage: str, settings: Settings) -> None:
    board = Services.of(settings).board
    board.store.append(entry(1), b"{}\n" * 1000)
    path = Path(settings.leaderboard) / "predictions" / f"{entry(1).id}.jsonl.gz"
    content = {"cut": path.read_bytes()[:20], "no gzip": b"x", "no JSON": gzip.compress(b"x\n")}
    path.unlink()
    if damage in content:
        path.write_bytes(content[damage])
    with pytest.raises(InputError, match="found no whole predictions"):
        board.records(entry(1))


def test_size_and_time_are_drawn_where_they_differ(page: Page) -> None:
    assert "scatter" not in task_plot(page, "sts"), "of one day, and no size is known"
    sized = [
        replace(
            entry(number, "sts"),
            model=f"size {size}",
            parameters=size,
            scores={"pearsonr": 50.0 + number},
            created=f"2026-1{number - 10}-01",
        )
        for number, size in ((10, 110.0), (11, 8000.0))
    ]
    for made in sized:
        page.services.board.store.append(made, b"{}\n")
    page.services.board.kept = None
    html = task_plot(page, "sts")
    assert html.count('class="scatter"') == 2 and "1 B" in html and "2026-10-01" in html
    assert model_plot(page, "size 110.0").count("<dt>") >= 4
