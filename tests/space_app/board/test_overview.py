"""One row a model, whatever was submitted under its name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klue_metrics import METRICS
from klue_results.published import PUBLISHED as TABLE
from space_app.board.entries import ENCODER, LANGUAGE_MODEL, Entry
from space_app.board.leaderboard import Board
from space_app.board.local_store import LocalStore
from space_app.board.overview import (
    ENCODERS,
    KINDS,
    LANGUAGE_MODELS,
    PUBLISHED,
    Overview,
    columns,
    model_rows,
)
from tests.space_app.made_entries import asked, entry

NAMES = ("가", "나 large", "=1")


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """Submissions of a few models for any tasks, with any of their scores and one of nobody's."""
    made = []
    for number in range(draw(st.integers(0, 12))):
        task = draw(st.sampled_from([*METRICS, "summarisation"]))
        names = METRICS[task].scores if task in METRICS else ("rouge",)
        scores = {
            name: draw(st.floats(-100, 100) | st.just(float("nan")))
            for name in (*draw(st.sets(st.sampled_from(names))), "unknown")
        }
        made.append(
            replace(
                entry(number, task),
                model=draw(st.sampled_from(NAMES)),
                kind=draw(st.sampled_from([ENCODER, LANGUAGE_MODEL])),
                scores=scores,
                intervals={},
                parameters=draw(st.none() | st.just(110.0)),
                equal_to_gold=draw(st.booleans()),
            )
        )
    return made


def test_the_columns_are_klues_sixteen_scores() -> None:
    assert len(columns()) == 16
    assert {task for task, _ in columns()} == METRICS.keys()


@settings(max_examples=30)
@given(entries())
def test_a_row_shows_the_scores_of_one_entry_a_task_and_no_others(made: list[Entry]) -> None:
    rows = model_rows(made)
    own = [row for row in rows if row.kind != PUBLISHED]
    assert [row.model for row in rows if row.kind == PUBLISHED] == sorted(TABLE, key=str.casefold)
    assert len({(row.model, row.kind) for row in own}) == len(own)
    for row in own:
        asked_for = row.kind == LANGUAGE_MODELS
        of_model = [one for one in made if (one.model, bool(one.kind)) == (row.model, asked_for)]
        assert row.values and row.values.keys() <= set(columns())
        for (task, name), value in row.values.items():
            source = row.tasks[task].entry
            assert source in of_model and source is not None
            assert source.task == task and source.scores[name] == value
        known = [one for one in of_model if one.task in METRICS]
        assert row.submissions == len(known)
        assert (row.parameters is None) == all(one.parameters is None for one in known)


def test_of_several_submissions_the_best_is_shown_but_not_gold() -> None:
    low, high = (replace(entry(n), model="m", scores={"accuracy": 10.0 * n}) for n in (1, 2))
    gold = replace(entry(3), model="m", scores={"accuracy": 100.0}, equal_to_gold=True)
    (row,) = [row for row in model_rows([low, high, gold]) if row.kind == ENCODERS]
    assert row.tasks["nli"].entry == high and row.submissions == 3
    (only,) = [row for row in model_rows([gold]) if row.kind == ENCODERS]
    assert only.tasks["nli"].entry == gold


def test_a_name_in_two_forms_of_unicode_is_one_model() -> None:
    composed = replace(entry(1), model="가")
    decomposed = replace(entry(2), model=normalize("NFD", "가"))
    rows = [row for row in model_rows([decomposed, composed]) if row.kind == ENCODERS]
    assert rows[0].model == decomposed.model, "as it was given"
    assert len(rows) == 1 and rows[0].submissions == 2


def test_what_was_said_is_kept_once() -> None:
    second = replace(entry(2, "sts"), model="모델 1", scores={"f1": 1.0}, link="https://a.example")
    later = replace(second, id="x", created="2027-01-01T00:00", trained_on="more", task="ynat")
    (row,) = [
        row
        for row in model_rows([entry(1), second, replace(later, scores={"macro_f1": 2.0})])
        if row.kind == ENCODERS
    ]
    assert row.trained_on == ("more", "train") and row.selected_on == ("held-out",)
    assert (row.first, row.last, row.link) == ("2026-11-25", "2027-01-01", "https://a.example")
    assert not row.complete and row.main("nli") == 50.0 and row.main("re") is None


def test_published_rows_have_no_submission() -> None:
    rows = model_rows([])
    assert {row.kind for row in rows} == {PUBLISHED} and len(rows) == len(TABLE)
    assert all(row.submissions == 0 and row.complete and row.open_weights for row in rows)
    assert all(len(row.values) == 14 for row in rows), "no micro F1 of dp was published"


def test_rows_are_made_once_for_each_state_of_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Board(LocalStore(tmp_path), sample=True)
    overview = Overview(board)
    before = overview.rows()
    board.kept = None  # read again, and nothing new
    assert overview.rows() is before
    board.store.append(asked(1), b"")
    board.kept = None
    after = overview.rows()
    assert [row.kind for row in after if row not in before] == [LANGUAGE_MODELS]
    kinds = [KINDS.index(row.kind) for row in after]
    assert kinds == sorted(kinds)
