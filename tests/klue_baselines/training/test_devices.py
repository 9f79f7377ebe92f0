"""Several GPUs and no launcher: one is used, and the batch is the one that was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate import PartialState
from transformers import Trainer

from klue_baselines.recipe import recipe_of
from klue_baselines.tasks import BASELINES
from klue_baselines.training import arguments as arguments_module
from klue_baselines.training.arguments import arguments
from klue_baselines.training.run import Run, train
from klue_pretraining import training as pretraining
from klue_results.results import machine

GPUS = 4


class OnGpu(PartialState):
    """What accelerate would say on a machine with a GPU."""

    @property
    def device(self) -> torch.device:
        return torch.device("cuda")

    @device.setter
    def device(self, device: torch.device) -> None:
        """The library's choice, which is the CPU here."""


@pytest.fixture(autouse=True)
def several_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four GPUs to count; what is computed is computed on the CPU."""
    monkeypatch.setattr(torch.cuda, "device_count", lambda: GPUS)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda at: "a GPU")
    for module in (arguments_module, pretraining):
        monkeypatch.setattr(module, "PartialState", OnGpu)


def trained_model(args: Any) -> Any:
    """What the library would train: the model, or something around it."""
    args.eval_strategy = "no"
    return Trainer(model=torch.nn.Linear(2, 2), args=args)._wrap_model(torch.nn.Linear(2, 2))


def test_a_run_learns_on_one_device(tmp_path: Path) -> None:
    settings = recipe_of(BASELINES["ynat"].recipes, 768)
    args = arguments(Run("ynat", "m", tmp_path), settings, 100)
    assert (args.n_gpu, args.train_batch_size) == (1, settings.batch_size)
    assert isinstance(trained_model(args), torch.nn.Linear)


def test_pretraining_learns_on_one_device(tmp_path: Path) -> None:
    run = pretraining.Run(tmp_path, tmp_path, tmp_path, "tiny")
    args = pretraining.arguments(run, run.settings)
    assert (args.n_gpu, args.train_batch_size) == (1, run.settings.batch_size)
    assert isinstance(trained_model(args), torch.nn.Linear)


def test_the_result_says_what_was_used(tiny_encoder: Path, tmp_path: Path) -> None:
    overrides = {"epochs": 1, "batch_size": 8, "evaluations": 1, "max_length": 64}
    result = train(
        Run(
            "ynat", str(tiny_encoder), tmp_path, overrides=overrides, sample=True, results=None,
            max_train_examples=24,
        )
    )  # fmt: skip
    assert result.settings["batch_size"] == 8
    assert result.speed * result.seconds["train"] == pytest.approx(24, rel=0.05)  # three steps
    assert result.hardware["devices"] == 1
    assert result.hardware["gpus"] == ["a GPU"] * GPUS
    assert machine(result.hardware) == "a GPU"
    assert "Hardware: a GPU." in (tmp_path / "README.md").read_text(encoding="utf-8")
