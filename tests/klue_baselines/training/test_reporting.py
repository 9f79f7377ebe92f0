"""What a run tells others as it goes on, and the memory it may save: no number depends on it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers.integrations import is_wandb_available

from klue_baselines.tasks import BASELINES
from klue_baselines.training.run import Run, open_encoder, train
from klue_baselines.training.settings import check
from klue_common.errors import InputError

QUICK = {"epochs": 2, "learning_rate": 1e-3, "batch_size": 16, "evaluations": 1, "max_length": 96}


def quick_run(encoder: Path, output: Path) -> Run:
    return Run("dp", str(encoder), output, sample=True, results=None, overrides=QUICK)


@pytest.mark.slow
def test_no_number_depends_on_reports_or_on_layers_computed_twice(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    events = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    plain = train(quick_run(tiny_encoder, tmp_path / "plain"))
    run = replace(quick_run(tiny_encoder, tmp_path / "told"), report_to="tensorboard")
    told = train(replace(run, gradient_checkpointing=True))
    assert (told.history, told.scores) == (plain.history, plain.scores)
    weights = [tmp_path / name / "model.safetensors" for name in ("plain", "told")]
    assert weights[0].read_bytes() == weights[1].read_bytes()

    board = events.EventAccumulator(str(tmp_path / "told" / "tensorboard"))
    board.Reload()
    seen = [(one.step, one.value) for one in board.Scalars("eval/las_macro_f1")]
    held_out = [row for row in plain.history if "las_macro_f1" in row]
    assert seen == [(row["step"], pytest.approx(row["las_macro_f1"])) for row in held_out]

    # Another way to the same numbers is the same run.
    assert train(quick_run(tiny_encoder, tmp_path / "told")) == told


def test_what_a_run_cannot_have_is_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    run = quick_run(tiny_encoder, tmp_path)
    with pytest.raises(InputError, match=r"^report_to: found .mlflow., expected tensorboard"):
        check(replace(run, report_to="mlflow"))
    with pytest.raises(InputError, match=r"^peft: found 'ia3', expected lora"):
        check(replace(run, peft="ia3"))
    if not is_wandb_available():
        with pytest.raises(InputError, match=r"^report_to: found no wandb here, expected it: pip"):
            check(replace(run, report_to="wandb"))


@pytest.mark.parametrize("task", ["ynat", "dp", "wos"])
def test_the_encoders_layers_are_computed_twice(
    task: str, tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = replace(quick_run(tiny_encoder, tmp_path), task=task, gradient_checkpointing=True)
    model, *_ = open_encoder(run, BASELINES[task])
    query = model.base_model.get_submodule("encoder.layer.0.attention.self.query")
    seen: list[object] = []
    query.register_forward_hook(lambda *_: seen.append(None))
    ids = torch.ones(1, 3, dtype=torch.long)
    model.train().base_model(input_ids=ids)[0].sum().backward()
    assert len(seen) == 2
    monkeypatch.setattr(type(model.base_model), "supports_gradient_checkpointing", False)
    with pytest.raises(InputError, match=r"^gradient_checkpointing: found .*, a BertModel, expect"):
        open_encoder(run, BASELINES[task])


@pytest.mark.slow
def test_half_precision_needs_a_gpu(tiny_encoder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^precision: found fp16 without a GPU, expected fp32 or"):
        train(replace(quick_run(tiny_encoder, tmp_path), precision="fp16"))
