"""Splits at their official size, parts of runs, and both ways of training on the sample."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_baselines.launching.apart import do
from klue_baselines.recipe import Recipe
from klue_baselines.tasks import BASELINES
from klue_baselines.tiny import make_encoder
from klue_baselines.training.settings import Run
from klue_datasets import TASKS, load
from speed.gpu.runs import (
    Workload,
    filled,
    learn_plainly,
    part_of,
    repeated,
    runs_of,
    timed,
    workload,
)

OTHERS = [name for name in BASELINES if name != "ynat"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("gpu")
    encoder = make_encoder(folder / "encoder")
    return Run("ynat", str(encoder), folder / "runs", sample=True)


@pytest.fixture(scope="module")
def work(base: Run) -> Workload:
    return workload("ynat", base)


@given(rows=st.integers(1, 50), wanted=st.integers(1, 400))
def test_a_repeated_split_has_the_rows_that_are_wanted(rows: int, wanted: int) -> None:
    sizes = {"train": rows}
    parts = repeated("train", rows, wanted).split("+")
    cut = [int(part[7:-1]) for part in parts if part not in sizes]
    assert len(cut) <= 1
    assert rows * (len(parts) - len(cut)) + sum(cut) == wanted


def test_a_repeated_split_is_one_that_can_be_loaded() -> None:
    once = load("ynat", "train", sample=True)
    again = load("ynat", repeated("train", len(once), 2 * len(once) + 3), sample=True)
    assert again["guid"] == [*once["guid"], *once["guid"], *once["guid"][:3]]


@pytest.mark.skipif("KLUE_DATA_DIR" not in os.environ, reason="KLUE_DATA_DIR: no official files")
def test_every_split_has_its_official_size() -> None:
    for task in ("dp", "ner"):
        for split in ("train", "validation"):
            found = filled(task, split, sample=False)
            assert found.rows == TASKS[task].num_examples[split]
            assert len(load(task, found.split, full=True)) == found.rows


@given(
    epochs=st.integers(1, 10), evaluations=st.integers(1, 5), examples=st.integers(1, 5000),
    share=st.floats(0.01, 1),
)  # fmt: skip
def test_a_part_of_a_run_ends_at_an_evaluation(
    epochs: int, evaluations: int, examples: int, share: float
) -> None:
    settings = Recipe("accuracy", epochs=epochs, evaluations=evaluations, batch_size=10)
    part, times = part_of(settings, examples, share)
    batches = math.ceil(examples / 10)
    steps = math.ceil(part * batches)
    assert 1 <= steps <= epochs * batches
    assert steps * times == pytest.approx(epochs * batches)
    if times > 1:
        assert steps % max(batches // evaluations, 1) == 0


def test_seconds_are_those_of_the_bench(work: Workload, base: Run) -> None:
    def here(runs):
        return {title: do(run)[0] for title, run in runs.items()}

    runs, times = runs_of(work, base, [1], 0.25)
    assert times > 1
    (found,) = timed(runs, here)
    assert found.train > 0 and found.predict > 0 and found.rest > 0
    assert (runs[0].output / "result.json").exists()
    assert not Path("results/seconds-only").exists()
    assert found.whole(2) == pytest.approx(2 * found.train + found.predict + found.rest)


@pytest.mark.parametrize(
    "task", ["ynat", *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)]
)
def test_the_plain_loop_learns_every_task(task: str, base: Run) -> None:
    runs, _ = runs_of(workload(task, base), base, [2], 0.01)
    reading, train, predict = learn_plainly(runs[0])
    assert reading > 0 and train > 0 and predict > 0
    assert (runs[0].output / "model.safetensors").exists()
