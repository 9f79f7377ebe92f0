"""The result is there before the card, and a card that fails does not lose it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from klue_baselines.training.run import train
from klue_datasets import DataError
from klue_results.results import Result, result_path
from tests.klue_baselines.training.test_run import quick_run


def test_a_card_that_cannot_be_written_loses_no_result(tiny_encoder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "results"
    run = replace(quick_run("ynat", tiny_encoder, tmp_path / "run"), results=kept)
    card = run.output / "README.md"
    (card / "in the way").mkdir(parents=True)
    with pytest.raises(DataError, match=r"README\.md: cannot be written"):
        train(run)
    result = Result.read(run.output / "result.json")
    assert Result.read(result_path(kept, result)) == result
    assert not (run.output / "checkpoints").exists()

    (card / "in the way").rmdir()
    card.rmdir()
    assert train(run) == result
    assert "ynat" in card.read_text(encoding="utf-8")
