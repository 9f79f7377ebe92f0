"""Boards of runs whose answers are at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from klue_common.errors import InputError
from klue_metrics import METRICS, MetricError
from klue_metrics.gold import Gold
from klue_results.results import Result
from klue_results.stored_runs import boards, order_of, stored_runs
from tests.klue_metrics.test_comparison import gold_of, records
from tests.klue_results.test_card import result

NLI = METRICS["nli"]
GOLD = gold_of()


def first_half(split: str) -> Gold:
    """The examples that the runs below were scored on."""
    return GOLD if split == "validation" else GOLD.part(range(len(GOLD) // 2))


def store(folder: Path, share: float, **changes: Any) -> Result:
    """Write a run that answers a share of the examples right."""
    made = result("nli", **changes)
    made.write(folder / "result.json")
    answers = records(GOLD, share, seed=made.seed + len(made.model) * 1000)
    if made.split != "validation":
        answers = answers[: len(GOLD) // 2]
    NLI.write_predictions(folder / "predictions.jsonl", answers)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two models of two seeds, one with a seed more, and a third that was asked about a half."""
    for seed in (1, 2):
        store(tmp_path / f"good-{seed}", 0.9, model="good", seed=seed)
        store(tmp_path / f"bad-{seed}", 0.5, model="bad", seed=seed)
    store(tmp_path / "bad-3", 0.5, model="bad", seed=3)
    store(tmp_path / "part", 0.7, model="asked", split="validation[:50%]")
    return tmp_path


def test_models_stand_on_the_boards_of_what_they_answered(folder: Path) -> None:
    whole, part = boards(stored_runs(folder))
    assert (whole.split, {*whole.systems}, whole.seeds) == ("validation", {"good", "bad"}, 2)
    assert whole.left_out == 1
    assert [run.result.seed for run in whole.systems["bad"]] == [1, 2]
    assert (part.split, part.seeds) == ("validation[:50%]", 1)
    assert {*part.systems} == {"asked", "good", "bad"}


def test_all_seeds_of_a_system_are_scored_together(folder: Path) -> None:
    whole, part = boards(stored_runs(folder))
    (order,) = order_of(whole, first_half, n_resamples=200).values()
    assert order.systems == ("good", "bad")
    for name, value in zip(order.systems, order.values, strict=True):
        each = [
            NLI.score(GOLD, NLI.read_predictions(run.predictions, GOLD))["accuracy"]
            for run in whole.systems[name]
        ]
        assert value == pytest.approx(np.mean(each))
    assert order.letters == ["a", "b"]
    (order,) = order_of(part, first_half, n_resamples=200).values()
    assert order.systems == ("good", "asked", "bad")


def test_one_model_with_other_settings_is_another_system(tmp_path: Path) -> None:
    settings = {"learning_rate": 1e-5, "epochs": 4, "precision": "fp32"}
    store(tmp_path / "a", 0.9, model="one")
    store(tmp_path / "b", 0.9, model="one", settings=settings)
    (board,) = boards(stored_runs(tmp_path))
    assert {*board.systems} == {"one (learning_rate 5e-05)", "one (learning_rate 1e-05)"}


def test_replies_of_a_language_model_are_found_beside_their_result(tmp_path: Path) -> None:
    store(tmp_path / "a", 0.9, model="one")
    store(tmp_path / "b", 0.9, model="two")
    (tmp_path / "b" / "result.json").rename(tmp_path / "b" / "nli-0.result.json")
    (tmp_path / "b" / "predictions.jsonl").rename(tmp_path / "b" / "nli-0.jsonl")
    (board,) = boards(stored_runs(tmp_path))
    assert {*board.systems} == {"one", "two"}


def test_what_is_no_folder_of_runs_is_said(folder: Path) -> None:
    with pytest.raises(InputError, match="nowhere: no such folder of runs"):
        stored_runs(folder / "nowhere")
    (folder / "empty").mkdir()
    with pytest.raises(InputError, match=r"empty: found no result\.json beside its predictions"):
        stored_runs(folder / "empty")
    cut = folder / "good-2" / "predictions.jsonl"
    cut.write_bytes(cut.read_bytes()[:-9])
    board = next(boards(stored_runs(folder)))
    with pytest.raises(MetricError, match=r"good-2/predictions\.jsonl:\d+"):
        order_of(board, first_half)
    (folder / "good-1" / "result.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"good-1/result\.json"):
        stored_runs(folder)
