"""The overview as files: whole, in Korean, and nothing in them that a spreadsheet computes."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from space_app.board.downloads import BOM, csv_text, harmless, json_text
from space_app.board.entries import Entry
from space_app.board.filters import Filters
from space_app.board.overview import PUBLISHED, columns, model_rows
from space_app.board.standings import standings
from tests.space_app.board.test_overview import entries
from tests.space_app.made_entries import entry

HOSTILE = [
    '=HYPERLINK("http://x","y")',
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    "＝1",
    'a,b\n"c"',
    "가" * 500,
]
PLAIN = Filters(average=True)


def lines(text: str) -> list[dict[str, str]]:
    assert text.startswith(BOM)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline="")))


def test_hostile_names_are_text_in_a_spreadsheet() -> None:
    made = [
        replace(entry(n), model=name, trained_on=name, link=name) for n, name in enumerate(HOSTILE)
    ]
    found = lines(csv_text(standings(model_rows(made), Filters(kinds=("encoder",))), PLAIN))
    assert {row["model"].removeprefix("'") for row in found} == set(HOSTILE)
    for row in found:
        for name in ("model", "trained_on", "link"):
            assert row[name] == harmless(row[name].removeprefix("'"))
            assert not row[name].strip().startswith(("=", "+", "-", "@", "＝"))


@settings(max_examples=30)
@given(entries())
def test_both_files_hold_every_model_and_its_scores(made: list[Entry]) -> None:
    rows = model_rows(made)
    groups = standings(rows, PLAIN)
    table, content = lines(csv_text(groups, PLAIN)), json.loads(json_text(groups, PLAIN))
    models = [one.row for group in groups for one in group.standings]
    assert len(table) == len(models) == len(content["models"]) == len(rows)
    for row, line, told in zip(models, table, content["models"], strict=True):
        assert line["kind"] == told["kind"] == row.kind and told["model"] == row.model
        for task, name in columns():
            value = row.values.get((task, name))
            scores = told["tasks"].get(task, {"scores": {}})["scores"]
            assert scores.get(name, {"value": None})["value"] == value
            assert line[f"{task}.{name}"] == ("" if value is None else str(round(value, 4)))


def test_a_score_below_zero_stays_a_number() -> None:
    low = replace(entry(1, "sts"), scores={"pearsonr": -3.13}, intervals={"pearsonr": [-11.0, 4.0]})
    (row,) = lines(csv_text(standings(model_rows([low]), Filters(kinds=("encoder",))), Filters()))
    assert row["sts.pearsonr"] == "-3.13" and row["sts.pearsonr.low"] == "-11.0"
    assert "average" not in row


def test_json_names_its_view() -> None:
    view = Filters(kinds=(PUBLISHED,), search="KLUE")
    content = json.loads(json_text(standings(model_rows([]), view), view))
    assert Filters.from_query(content["query"]) == view and len(content["models"]) == 4


@given(st.text())
def test_harmless_keeps_the_text(text: str) -> None:
    assert harmless(text) in (text, f"'{text}")
