"""What visitors send to the page, and what stands in the store of its board."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_common.errors import InputError
from klue_metrics import METRICS
from space_app.board.entries import read_lines
from space_app.board.filters import Filters
from space_app.board.leaderboard import Board, checked_link, checked_parameters, one_line
from space_app.board.overview import Overview
from space_app.board.ties import TieKeeper
from space_app.dialogue_state_tracking import TEXTS as TURNS
from space_app.dialogue_state_tracking import read_turns
from space_app.relation_extraction import TEXTS as SPANS
from space_app.relation_extraction import preview, read_spans
from space_app.scoring import Records, Scorer
from space_app.services import Services
from space_app.settings import Limits, Settings
from space_app.tabs.context import Page
from space_app.tabs.leaderboard import TAB, board_rows, details_html, models
from space_app.tabs.leaderboard_plots import model_plot, task_plot
from space_app.tabs.overview import FORMS, overview_html, saved_file
from space_app.tabs.score import TAB as SCORE
from space_app.tabs.score import report_html
from space_app.texts import ENGLISH, KOREAN
from space_app.typed.fetching import HUB_ID
from space_app.uploads import check_upload
from tests.fuzz.damage import ODD_JSON, json_line_files, odd_texts
from tests.fuzz.harness import ask, often
from tests.fuzz.test_metrics import gold_of, records_of
from tests.space_app.made_entries import entry


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where uploads and the store lie."""
    return tmp_path_factory.mktemp("space")


@pytest.fixture(scope="module")
def page(folder: Path) -> Page:
    """The page's leaderboard over a store in that folder."""
    settings = Settings(runs=folder / "runs", sample=True, leaderboard=str(folder / "board"))
    return Page(Services.of(settings), ENGLISH, gr.Blocks())


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    """A scorer whose references are a few of the sample's."""
    made = Scorer(Settings(sample=True))
    made.golds = {task: (gold_of(task), "digest") for task in METRICS}
    return made


@pytest.mark.parametrize("task", list(METRICS))
@often(6, 400)
@given(data=st.data())
def test_uploads(page: Page, scorer: Scorer, folder: Path, task: str, data: st.DataObject) -> None:
    path = folder / "a\nb.jsonl"
    path.write_bytes(data.draw(json_line_files(records_of(task))))
    ask("upload", lambda: check_upload(path, Limits()))
    for as_wrong in (False, True):
        report = ask(f"score {task}", lambda as_wrong=as_wrong: scorer.score(task, path, as_wrong))
        if report is not None:
            shown = page.for_tab(SCORE)
            ask(
                "report page",
                lambda shown=shown, report=report: report_html(shown, report, "").encode(),
            )


LINES = [json.loads(entry(number, task).line()) for number, task in ((1, "nli"), (2, "dp"))]


def untested(task: str, a: Records, b: Records) -> NoReturn:
    raise InputError("found no predictions")


@often(20, 2500)
@given(content=json_line_files(LINES))
def test_boards(page: Page, folder: Path, content: bytes) -> None:
    """A board shows what it can: a damaged line is no reason to refuse the others."""
    entries = ask("lines of the board", lambda: read_lines(content, "submissions.jsonl"), ())
    shown = page.for_tab(TAB)
    board = Board(SimpleNamespace(read=lambda: entries), sample=True)  # type: ignore[arg-type]
    parts = {"overview": Overview(board), "ties": TieKeeper(board, untested, None)}
    object.__setattr__(shown, "services", SimpleNamespace(board=board, **parts))

    def drawn() -> None:
        shown.services.ties.find_out()
        for view in (Filters(), Filters(sort="-date", average=True)):
            overview_html(shown, view).encode()
            for form in FORMS:
                saved_file(shown, view, form).encode()
        for task in ("nli", "dp"):
            json.dumps(board_rows(shown, task), ensure_ascii=False).encode()
            task_plot(shown, task).encode()
            for row in board.ranked(task):
                details_html(shown, row).encode()
        for name in models(shown):
            model_plot(shown, name).encode()

    ask("board", drawn, ())


typed = st.one_of(
    odd_texts,
    st.sampled_from(ODD_JSON),
    st.builds(
        '{{"subject": {}, "object": {}}}'.format,
        *[
            st.sampled_from(
                (
                    "[0, 2]",
                    "[1, 3]",
                    "[Infinity, 1]",
                    "[1e999, 2]",
                    "[]",
                    "[null, 1]",
                    '["a", 1]',
                    "[-1, 1]",
                    "[0.5, 2]",
                    *ODD_JSON,
                )
            )
        ]
        * 2,
    ),
    st.builds('["{}", {}]'.format, st.text("가나 ", max_size=3), st.sampled_from(ODD_JSON)),
    st.builds("http{}".format, odd_texts),
)


def without_place(action: Any) -> Any:
    """Answer as an action does; the page's own sentences name their field in words."""
    try:
        return action()
    except InputError as error:
        text = str(error)
        raise InputError(text if ": " in text else f"page: {text}") from None


@often(30, 3000)
@given(text=typed)
def test_what_is_typed(text: str) -> None:
    for language in (KOREAN, ENGLISH):
        spans, turns = language.of(SPANS), language.of(TURNS)
        ask(
            "spans", lambda spans=spans: without_place(lambda: read_spans("세종은 왕", text, spans))
        )
        ask("spans", lambda spans=spans: preview(text, text, spans))
        ask("turns", lambda turns=turns: without_place(lambda: read_turns(text, turns)))
    ask("typed texts", lambda: checked_link(text))
    ask("typed texts", lambda: checked_parameters(text))
    ask("typed texts", lambda: one_line("model", text, 80, required=True).encode())
    ask("typed texts", lambda: HUB_ID.fullmatch(text))
