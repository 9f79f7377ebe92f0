"""A store's lines, of this version and of others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from space_app.board.entries import Entry, read_lines
from tests.space_app.made_entries import asked, entry


def line(**changes: Any) -> bytes:
    """An entry's line with other values; a field that is set to ... is missing."""
    content = {**json.loads(entry(1).line()), **changes}
    kept = {name: value for name, value in content.items() if value is not ...}
    return json.dumps(kept).encode() + b"\n"


def test_what_a_line_lacks_has_its_default() -> None:
    found = Entry.of_line(line(scores=..., intervals=..., examples=..., created=None))
    assert (found.scores, found.intervals, found.examples, found.created) == ({}, {}, 0, "")


def test_what_a_line_has_more_is_kept_if_it_is_a_score() -> None:
    found = Entry.of_line(line(scores={"accuracy": 1.0, "kappa": 2}, stars=5))
    assert found.scores == {"accuracy": 1.0, "kappa": 2}


def test_what_is_no_number_is_no_score() -> None:
    scores = {"a": None, "b": "90", "c": True, "d": 4.5, "e": 10**400}
    found = Entry.of_line(line(scores=scores, intervals={"d": [1], "e": [None, 1], "f": [0, 1]}))
    assert (found.scores, found.intervals) == ({"d": 4.5}, {"f": [0, 1]})


def test_a_line_without_a_kind_is_an_encoders() -> None:
    """As every line was before language models came."""
    new = dict.fromkeys(("kind", "asked", "unknown_labels", "trivial"), ...)
    assert Entry.of_line(line(**new)) == entry(1)
    assert Entry.of_line(line(**dict.fromkeys(new, None))) == entry(1)
    assert entry(1).kind == "" and Entry.of_line(asked(1).line()) == asked(1) != entry(1)


def test_what_is_no_count_is_left_out() -> None:
    counts = {"invented": 1, "empty": -1, "a": 1.5, "b": True, "c": "2", "d": None, "e": [1]}
    found = Entry.of_line(line(unknown_labels=counts, trivial={"accuracy": 33.3, "f1": "x"}))
    assert (found.unknown_labels, found.trivial) == ({"invented": 1}, {"accuracy": 33.3})


@pytest.mark.parametrize(
    "broken",
    [
        b"{\n",
        b"[1]\n",
        b"null\n",
        b"\xff\n",
        b"[" * 100_000 + b"\n",
        line(id=...),
        line(task=None),
        line(scores=[1]),
        line(id=["a"]),
        line(model={"a": 1}),
        line(model="\ud800"),
        line(created=20261125),
        line(parameters="110"),
        line(examples=1.5),
        line(sample="no"),
        line(equal_to_gold=1),
        line(kind="an ensemble"),
        line(kind=["language model"]),
        line(kind=False),
        line(asked={"shots": 7}),
        line(asked="\udc00"),
        line(unknown_labels=[3]),
        line(unknown_labels=3),
        line(trivial=33.3),
        line(trivial="33"),
    ],
    ids=range(25),
)
def test_a_line_that_is_no_entry_is_left_out_with_a_word(
    broken: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    place = f"board {hash(broken)}"
    for _ in range(2):
        assert read_lines(entry(1).line() + broken + entry(2).line(), place) == [entry(1), entry(2)]
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"{place}:2: found no entry of the leaderboard")
