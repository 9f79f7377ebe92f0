"""The published table."""

from __future__ import annotations

import re
from pathlib import Path

from klue_metrics import METRICS
from klue_results.published import PUBLISHED, ROWS


def test_every_score_is_one_of_the_metric() -> None:
    for tasks in PUBLISHED.values():
        assert list(tasks) == list(METRICS)
        for task, scores in tasks.items():
            assert scores.keys() <= set(METRICS[task].scores)
            assert METRICS[task].main_score in scores or task == "dp"


def test_the_rows_are_those_of_the_specification(shared: Path) -> None:
    text = (shared / "klue_spec.md").read_text(encoding="utf-8")
    for model, row in ROWS.items():
        line = re.search(rf"^\| {re.escape(model)} \|(.*)\|$", text, re.MULTILINE)
        assert line, model
        assert tuple(float(cell) for cell in line[1].split("|")) == row
