"""Gains over seeds, and that the published comparison agrees with the results it was made from."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from speed.encoders import gain, put_beside

RESULTS = Path(__file__).parents[2] / "results"


def test_a_gain_is_paired_by_seed() -> None:
    made = gain([3.0, 5.0, 7.0], [2.0, 3.0, 4.0])
    assert made["means"] == [5.0, 3.0]
    assert made["gain"] == 2.0
    # Differences 1, 2, 3: standard error 1 / sqrt(3), Student's quantile 4.3027 for two degrees.
    assert made["interval"] == pytest.approx([2 - 2.4841, 2 + 2.4841], abs=1e-4)
    assert not made["positive"]


def test_one_seed_has_no_interval() -> None:
    assert gain([3.0], [2.0])["interval"] is None


def test_the_comparison_has_the_scores_of_the_results_beside_it() -> None:
    path = RESULTS / "klue-tiny" / "comparison.json"
    written = json.loads(path.read_text(encoding="utf-8"))
    again = copy.deepcopy(written)
    put_beside(again, RESULTS / written["beside"])
    assert again == written
    assert all(row["beside"] for row in written["tasks"].values())


def test_the_comparison_has_the_gains_of_its_own_scores() -> None:
    path = RESULTS / "klue-tiny" / "comparison.json"
    for row in json.loads(path.read_text(encoding="utf-8"))["tasks"].values():
        for name, value in gain(*row["scores"]).items():
            assert row[name] == pytest.approx(value)
