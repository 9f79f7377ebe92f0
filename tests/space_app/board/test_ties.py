"""Ties on the board: what `klue_metrics.ties` finds, pair by pair, kept by the ids."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from klue_common.errors import InputError
from klue_metrics import METRICS
from klue_metrics.ties import Outcome, ties
from space_app.board import ties as module
from space_app.board.entries import LANGUAGE_MODEL, Entry
from space_app.board.leaderboard import Board, record_lines
from space_app.board.local_store import LocalStore
from space_app.board.ties import FILE, LEVEL, TieKeeper, group_of
from space_app.scoring import Records, Scorer
from space_app.settings import Settings
from tests.space_app.made_entries import entry

LABELS = ("entailment", "contradiction", "neutral")


class Counted:
    """Tests pairs in this process, and counts them."""

    def __init__(self) -> None:
        self.scorer, self.count = Scorer(Settings(sample=True)), 0

    def __call__(self, task: str, a: Records, b: Records) -> Mapping[str, Outcome]:
        self.count += 1
        return self.scorer.tested(task, a, b)


@pytest.fixture
def tester() -> Counted:
    return Counted()


def submitted(board: Board, scorer: Scorer, number: int, wrong: float, **others: object) -> Entry:
    """A submission of which a part of the labels is wrong."""
    gold, digest = scorer.gold("nli")
    rng = random.Random(number)
    labels = [rng.choice(LABELS) if rng.random() < wrong else label for label in gold.references]
    records = [
        {"guid": guid, "label": label} for guid, label in zip(gold.guids, labels, strict=True)
    ]
    value = METRICS["nli"].score(gold, records)["accuracy"]
    made = replace(
        entry(number),
        data=digest,
        examples=len(gold),
        scores={"accuracy": value},
        equal_to_gold=False,
    )
    made = replace(made, **others)  # type: ignore[arg-type]
    board.store.append(made, b"".join(record_lines(records)))
    board.kept = None
    return made


def test_it_finds_what_all_systems_together_give(tmp_path: Path, tester: Counted) -> None:
    board = Board(LocalStore(tmp_path), sample=True)
    made = [submitted(board, tester.scorer, n, wrong) for n, wrong in enumerate((0.1, 0.1, 1.0))]
    keeper = TieKeeper(board, tester, None)
    assert keeper.of(made[0]) is None, "at once, and not yet known"
    keeper.find_out()
    found = keeper.of(made[0])
    assert found is not None
    gold, _ = tester.scorer.gold("nli")
    systems = {one.id: board.records(one) for one in made}
    expected = replace(ties(METRICS["nli"], gold, systems)["accuracy"], level=LEVEL)
    assert found.ties["accuracy"].as_dict() == expected.as_dict()
    for one, letters, ranks in zip(expected.systems, expected.letters, expected.ranks, strict=True):
        assert found.place(one, "accuracy") == (letters, ranks)
    assert found.tied_with(made[0].id, "accuracy") >= {made[0].id}
    assert found.place("nobody", "accuracy") is None and found.place(made[0].id, "x") is None
    assert found.tied_with("nobody", "accuracy") == frozenset()


def test_a_new_submission_costs_its_own_pairs(tmp_path: Path, tester: Counted) -> None:
    board = Board(LocalStore(tmp_path), sample=True)
    for number in range(3):
        submitted(board, tester.scorer, number, 0.3)
    keeper = TieKeeper(board, tester, tmp_path)
    keeper.find_out()
    keeper.find_out()
    assert tester.count == 3
    made = submitted(board, tester.scorer, 3, 0.3)
    keeper.find_out()
    found = keeper.of(made)
    assert tester.count == 6 and found is not None and len(found.ids) == 4
    again = TieKeeper(board, tester, tmp_path)
    again.find_out()
    assert tester.count == 6, "what a file keeps is not tested again"
    kept = again.of(made)
    assert kept is not None
    assert kept.ties["accuracy"].as_dict() == found.ties["accuracy"].as_dict()


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", '{"a b": {"accuracy": [1, 2]}}', '{"a": {}}', '{"a b": 1}', "[" * 100_000],
    ids=["empty", "list", "cut", "short", "one id", "number", "deep"],
)
def test_a_damaged_file_is_made_anew(content: str, tmp_path: Path, tester: Counted) -> None:
    board = Board(LocalStore(tmp_path), sample=True)
    made = [submitted(board, tester.scorer, number, 0.3) for number in range(2)]
    (tmp_path / FILE).write_text(content, encoding="utf-8")
    keeper = TieKeeper(board, tester, tmp_path)
    keeper.find_out()
    assert keeper.of(made[0]) is not None
    assert list(json.loads((tmp_path / FILE).read_text())) == [f"{made[0].id} {made[1].id}"]


def test_groups_are_apart_and_gold_is_in_none(tmp_path: Path, tester: Counted) -> None:
    board = Board(LocalStore(tmp_path), sample=True)
    made = [submitted(board, tester.scorer, number, 0.3) for number in range(2)]
    others = [
        submitted(board, tester.scorer, 2, 0.3, kind=LANGUAGE_MODEL),
        submitted(board, tester.scorer, 3, 0.3, data="other"),
        submitted(board, tester.scorer, 4, 0.0, equal_to_gold=True),
    ]
    keeper = TieKeeper(board, tester, None)
    keeper.find_out()
    assert tester.count == 1
    found = keeper.of(made[0])
    assert found is not None and set(found.ids) == {one.id for one in made}
    assert keeper.of(others[0]) is None and keeper.of(others[1]) is None
    assert keeper.of(others[2]) == found and found.place(others[2].id, "accuracy") is None


def test_of_many_the_best_are_tested(
    tmp_path: Path, tester: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    board = Board(LocalStore(tmp_path), sample=True)
    made = [submitted(board, tester.scorer, n, wrong) for n, wrong in enumerate((1.0, 0.1, 0.2))]
    keeper = TieKeeper(board, tester, None)
    keeper.find_out()
    best = sorted(made, key=lambda one: -one.scores["accuracy"])[:2]
    assert {*keeper.known[group_of(made[0])].ids} == {one.id for one in best}


def test_lost_predictions_leave_the_others(
    tmp_path: Path, tester: Counted, capsys: pytest.CaptureFixture[str]
) -> None:
    board = Board(LocalStore(tmp_path), sample=True)
    made = [submitted(board, tester.scorer, number, 0.3) for number in range(3)]
    (tmp_path / "predictions" / f"{made[1].id}.jsonl.gz").write_bytes(b"")
    keeper = TieKeeper(board, tester, None)
    keeper.find_out()
    found = keeper.of(made[0])
    assert found is not None and set(found.ids) == {made[0].id, made[2].id}
    assert "expected 36" in capsys.readouterr().err


def test_a_pair_that_cannot_be_tested_leaves_the_order_open(tmp_path: Path) -> None:
    def work(task: str, a: Records, b: Records) -> Mapping[str, Outcome]:
        raise InputError("found a file that takes too long")

    board, scorer = Board(LocalStore(tmp_path), sample=True), Scorer(Settings(sample=True))
    made = [submitted(board, scorer, number, 0.3) for number in range(2)]
    keeper = TieKeeper(board, work, tmp_path)
    keeper.find_out()
    found = keeper.of(made[0])
    assert found is not None and found.ties == {}
    assert not (tmp_path / FILE).exists()
