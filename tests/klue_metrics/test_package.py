"""The package as a whole: names, imports, import time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import klue_metrics
from klue_metrics import METRICS

FOLDER = Path(klue_metrics.__file__).parent


def test_tasks_in_the_papers_order() -> None:
    assert list(METRICS) == ["ynat", "sts", "nli", "ner", "re", "dp", "mrc", "wos"]
    assert sum(len(metric.scores) for metric in METRICS.values()) == 16
    for name, metric in METRICS.items():
        assert metric.name == name
        assert metric.main_score in metric.scores


def test_no_module_hides_one_of_the_standard_library() -> None:
    """The folder becomes a program's own folder on the Hub."""
    names = {path.stem for path in FOLDER.glob("*.py")}
    assert not names & sys.stdlib_module_names
    assert not [path for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__"]


def test_import_is_light() -> None:
    """NumPy and nothing heavier: that is what keeps it quick."""
    code = "import sys, json, klue_metrics; print(json.dumps([*sys.modules]))"
    out = subprocess.check_output([sys.executable, "-c", code], cwd=FOLDER.parent, text=True)
    heavy = {"torch", "scipy", "sklearn", "seqeval", "rouge_score", "datasets", "evaluate", "rich"}
    assert not heavy & {name.partition(".")[0] for name in json.loads(out)}


def test_official_scores_need_numpy_and_scipy_alone() -> None:
    code = (
        "import sys; from klue_metrics import METRICS; "
        "METRICS['re'].compute(predictions=[0, 1], references=[0, 1], "
        "probabilities=[[0.1] * 30] * 2, confidence=0.9, n_resamples=10); "
        "print(*sys.modules)"
    )
    out = subprocess.check_output([sys.executable, "-c", code], cwd=FOLDER.parent, text=True)
    loaded = {name.partition(".")[0] for name in out.split()}
    assert not {"torch", "sklearn", "seqeval", "datasets", "evaluate", "pandas"} & loaded
