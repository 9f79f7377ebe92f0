"""What a page takes of this room: scores that need no run, at the price of no library."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from klue_datasets import read_rows
from klue_lm.results import without_a_model
from klue_lm.tasks import LMS
from klue_metrics import METRICS

ROOT = Path(__file__).parents[2]
LIBRARIES = ("torch", "transformers", "openai", "lm_eval", "inspect_ai", "datasets")


@pytest.mark.parametrize("task", LMS)
def test_an_answer_without_a_model_has_the_official_scores(task: str) -> None:
    metric = METRICS[task]
    rows = read_rows(task, "validation", sample=True, full=True)
    found = without_a_model(LMS[task], rows, metric.gold(rows))
    assert metric.main_score in found and set(found) <= set(metric.scores)
    assert list(found) == [name for name in metric.scores if name in found]
    assert 0.0 <= found[metric.main_score] < 100.0


def test_scoring_loads_no_library_of_models() -> None:
    code = (
        "import json, sys, klue_lm.results, klue_lm.tasks; "
        f"print(json.dumps([name for name in {LIBRARIES!r} if name in sys.modules]))"
    )
    out = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)
    assert json.loads(out) == []
