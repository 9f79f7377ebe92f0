"""A run that is interrupted, wherever and however often, is the run that was not."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import TrainerCallback

from klue_baselines.tasks import BASELINES
from klue_baselines.training import run as run_module
from klue_baselines.training.run import Run, train
from klue_baselines.training.trainer import KlueTrainer
from klue_results.results import Result

# Two checkpoints an epoch; the learning rate moves every weight at every step.
SETTINGS = {
    "epochs": 3,
    "learning_rate": 1e-3,
    "warmup": 0.0,
    "batch_size": 8,
    "evaluations": 2,
    "patience": 99,
    "max_length": 96,
}
EXAMPLES = 27

Steps = dict[int, list[list[tuple[int, ...]]]]


def digest(model: Any) -> str:
    """A digest of all weights."""
    found = hashlib.sha256()
    for tensor in model.parameters():
        found.update(tensor.detach().numpy().tobytes())
    return found.hexdigest()


class Watch(TrainerCallback):
    """Notes what a run does, and ends it with Ctrl-C after a step, or after all of them."""

    def __init__(self, end: float | None) -> None:
        self.end = end
        self.batches: Steps = {}
        self.weights: dict[int, str] = {}
        self.history: list[dict[str, float]] = []

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.weights[state.global_step] = digest(kwargs["model"])
        if state.global_step == self.end:
            raise KeyboardInterrupt

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        logged = ("loss", f"{args.metric_for_best_model}")
        self.history = [
            {name: entry[name] for name in ("step", *logged) if name in entry}
            for entry in state.log_history
            if any(name in entry for name in logged)
        ]
        if self.end == math.inf:
            raise KeyboardInterrupt


@dataclass
class Recorder:
    """Trains, and puts together what the parts of a run saw; of a step done twice, the second."""

    patch: pytest.MonkeyPatch
    batches: Steps = field(default_factory=dict)
    weights: dict[int, str] = field(default_factory=dict)
    history: list[dict[str, float]] = field(default_factory=list)

    def train(self, run: Run, end: float | None = None) -> Result | None:
        watch = Watch(end)
        learn = KlueTrainer.training_step

        def training_step(trainer: Any, model: Any, inputs: Any, *more: Any) -> Any:
            rows = [tuple(row) for row in inputs["input_ids"].tolist()]
            examples = inputs["example"].tolist()
            seen = [(at, *row) for at, row in zip(examples, rows, strict=True)]
            watch.batches.setdefault(trainer.state.global_step + 1, []).append(seen)
            return learn(trainer, model, inputs, *more)

        with self.patch.context() as patch:
            patch.setattr(run_module, "TrainingProgress", lambda label: watch)
            patch.setattr(KlueTrainer, "training_step", training_step)
            try:
                result = train(run)
            except KeyboardInterrupt:
                result = None
        self.batches |= watch.batches
        self.weights |= watch.weights
        self.history = watch.history
        return result

    @property
    def steps(self) -> int:
        return max(self.batches)

    def epochs(self) -> Iterator[list[tuple[int, ...]]]:
        """The features of each epoch, without their padding, in their order."""
        length = self.steps // 3
        for first in range(1, self.steps + 1, length):
            batches = [self.batches[step] for step in range(first, first + length)]
            yield [row for step in batches for batch in step for row in batch]


def resumable(task: str, encoder: Path, output: Path, **overrides: Any) -> Run:
    return Run(
        task=task,
        model=str(encoder),
        output=output,
        overrides={**SETTINGS, **overrides},
        sample=True,
        results=None,
        max_train_examples=EXAMPLES,
    )


def check_interruptions(run: Run, folder: Path, patch: pytest.MonkeyPatch) -> Recorder:
    """Interrupt a run in every epoch, at an epoch's end and after training; compare."""
    whole, parts = Recorder(patch), Recorder(patch)
    expected = whole.train(replace(run, output=folder / "whole"))
    assert expected is not None
    broken = replace(run, output=folder / "parts")
    epoch = whole.steps // 3
    # A checkpoint is written after the step's end: each interruption loses a step or more.
    for end in (epoch // 2 + 1, epoch + 1, 2 * epoch - 1, 2 * epoch + 1, math.inf):
        assert parts.train(broken, end) is None
    found = parts.train(broken)
    assert found is not None
    assert parts.batches == whole.batches
    assert parts.weights == whole.weights
    assert parts.history == whole.history
    assert found.scores == expected.scores
    one, other = (load_file(folder / name / "model.safetensors") for name in ("whole", "parts"))
    assert all(torch.equal(one[name], other[name]) for name in one)
    texts = [(folder / name / "predictions.jsonl").read_text() for name in ("whole", "parts")]
    assert texts[0] == texts[1]
    return whole


@pytest.mark.slow
@pytest.mark.parametrize("task", list(BASELINES))
def test_every_task_goes_on_where_it_was(
    task: str, tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_interruptions(resumable(task, tiny_encoder, tmp_path), tmp_path, monkeypatch)


@pytest.mark.parametrize("accumulation", [1, 2])
def test_each_epoch_sees_each_example_once(
    accumulation: int, tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Short passes: the batches are learned from in several.
    monkeypatch.setattr("klue_baselines.training.trainer.tokens_a_pass", lambda _: 64)
    run = resumable("ynat", tiny_encoder, tmp_path, batch_size=4, accumulation=accumulation)
    whole = check_interruptions(run, tmp_path, monkeypatch)
    epochs = [[row[0] for row in epoch] for epoch in whole.epochs()]
    assert len(epochs) == 3
    assert all(sorted(epoch) == list(range(EXAMPLES)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 3  # each in an order of its own


@pytest.mark.parametrize(
    "overrides",
    [
        {"patience": 1, "learning_rate": 1e-6},  # nothing gets better: training ends early
        {"epochs": 1.5},  # the last step is in the middle of an epoch
    ],
)
def test_training_that_was_over_is_not_taken_up(
    overrides: dict[str, Any], tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = resumable("ynat", tiny_encoder, tmp_path / "run", **overrides)
    recorder = Recorder(monkeypatch)
    assert recorder.train(run, math.inf) is None
    steps, history = recorder.steps, recorder.history
    moved = (tmp_path / "run").rename(tmp_path / "moved")
    assert recorder.train(replace(run, output=moved)) is not None
    assert (recorder.steps, recorder.history) == (steps, history)
    best = int(max(history, key=lambda entry: entry.get("eval_macro_f1", -1))["step"])
    kept = BASELINES["ynat"].load(str(moved))
    assert digest(kept) == recorder.weights[best] != recorder.weights[steps]
