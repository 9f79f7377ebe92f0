"""A task that a room lacks is named before anything is read or trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from klue_baselines.bench import plan
from klue_baselines.fine_tuned import open_fine_tuned
from klue_baselines.tasks import BASELINES, baseline_of
from klue_baselines.training.run import Run, train
from klue_common.errors import InputError
from klue_datasets import TASKS
from klue_metrics import METRICS


@pytest.mark.parametrize(
    ("tables", "lacking"),
    [
        ([TASKS, BASELINES], "klue_metrics"),
        ([TASKS, METRICS], "klue_baselines"),
        ([BASELINES], "klue_datasets and klue_metrics"),
    ],
)
def test_the_room_that_lacks_a_task_is_named(
    tables: list[dict[str, Any]],
    lacking: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for table in tables:
        monkeypatch.setitem(table, "ninth", table["sts"])
    message = f"task: found 'ninth', which {lacking} lacks, expected one of ynat, sts, nli"
    run = Run("ninth", "nowhere", tmp_path / "run", sample=True)
    with pytest.raises(InputError, match=message):
        train(run)
    with pytest.raises(InputError, match=message):
        plan(run, ["ninth"], [1], {})
    with pytest.raises(InputError, match=message):
        open_fine_tuned("ninth", "nowhere")
    assert not (tmp_path / "run").exists()


def test_a_task_that_nobody_has() -> None:
    with pytest.raises(InputError, match="task: found 'foo', expected one of ynat, sts"):
        baseline_of("foo")
