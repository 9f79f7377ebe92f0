"""The metric card: its examples run, its tables are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import klue_metrics
from klue_metrics import METRICS

FOLDER = Path(klue_metrics.__file__).parent
CARD = (FOLDER / "README.md").read_text("utf-8")


def test_front_matter() -> None:
    head = yaml.safe_load(CARD.split("---")[1])
    assert head["sdk"] == "gradio"
    assert (FOLDER / head["app_file"]).is_file()
    assert {"evaluate", "metric"} <= set(head["tags"])


def test_examples_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER.parent)
    blocks = re.findall(r"```python\n(.*?)```", CARD, flags=re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(block, {})


@pytest.mark.parametrize("task", METRICS)
def test_every_score_is_in_the_tables(task: str) -> None:
    for score in METRICS[task].scores:
        assert f"| `{score}` |" in CARD
    documented = METRICS[task].textbook.__doc__ or ""
    for score in re.findall(r"^    (\w+):", documented, flags=re.MULTILINE):
        assert f"`{score}`" in CARD
