from __future__ import annotations

import json
import logging
from collections import Counter

import pytest

from klue_datasets.notes import Notes


def test_a_whole_file_has_nothing_to_tell() -> None:
    assert Notes("a", rows=3).lines() == []


def test_missing_fields_are_named_on_one_line_with_counts() -> None:
    [line] = Notes("a.json", missing=Counter({"url": 1, "date": 1200})).lines()
    assert line == "a.json: missing fields became null: date (1,200 rows), url (1 row)"


def test_only_some_guids_are_shown() -> None:
    [line] = Notes("a.json", unlabelled=[f"g{i}" for i in range(747)]).lines()
    assert line == "a.json: dropped 747 rows without a label: g0, g1, g2, …"


def test_json_and_back() -> None:
    notes = Notes("a", 2, Counter(x=1), ["g"], ["h"], 3, ["i"])
    again = Notes(**json.loads(json.dumps(notes.to_json())))
    assert again.lines() == notes.lines()
    assert len(again.lines()) == 5


def test_warn_logs_each_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="klue_datasets"):
        Notes("a", unlabelled=["g"], missing=Counter(x=1)).warn()
    assert [record.message for record in caplog.records] == (
        Notes("a", unlabelled=["g"], missing=Counter(x=1)).lines()
    )
