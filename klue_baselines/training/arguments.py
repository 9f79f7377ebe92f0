"""A run's settings in the words of transformers' Trainer."""

from __future__ import annotations

import math

import torch
from accelerate import PartialState
from transformers import TrainingArguments

from klue_common.errors import InputError
from klue_results.naming import model_name

from ..recipe import Recipe
from ..run_folder import CHECKPOINTS
from .devices import on_one_device
from .settings import Run


def arguments(run: Run, settings: Recipe, examples: int) -> TrainingArguments:
    """Return the settings in the Trainer's words.

    Args:
        run: the run.
        settings: its recipe, with the run's overrides.
        examples: how many are trained on, which decides how often is evaluated.

    Raises:
        InputError: the processes cannot share a batch, or the device cannot have the precision.
    """
    world = PartialState().num_processes
    if settings.batch_size % world:
        raise InputError(
            f"batch_size: found {settings.batch_size} for {world} processes, "
            "expected a number that they can share"
        )
    if run.precision == "fp16" and PartialState().device.type == "cpu":
        raise InputError("precision: found fp16 without a GPU, expected fp32 or bf16")
    batches = math.ceil(examples / settings.batch_size)
    per_epoch = max(batches // settings.accumulation, 1)
    every = max(per_epoch // settings.evaluations, 1)
    args = TrainingArguments(
        output_dir=str(run.output / CHECKPOINTS),
        learning_rate=settings.learning_rate,
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size // world,
        gradient_accumulation_steps=settings.accumulation,
        warmup_steps=settings.warmup,
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.max_grad_norm,
        train_sampling_strategy="group_by_length",
        eval_strategy="steps",
        save_strategy="steps",
        eval_steps=every,
        save_steps=every,
        save_total_limit=2,
        # Else early stopping would begin to count anew, and a run end later for its interruption.
        restore_callback_states_from_checkpoint=True,
        load_best_model_at_end=True,
        metric_for_best_model=f"eval_{settings.select_by}",
        greater_is_better=True,
        logging_steps=max(min(every, 10), 1),
        seed=run.seed,
        bf16=run.precision == "bf16",
        fp16=run.precision == "fp16",
        use_cpu=PartialState().device.type == "cpu",  # else it refuses bf16 there
        dataloader_pin_memory=torch.cuda.is_available(),
        torch_compile=run.compile,
        remove_unused_columns=False,
        disable_tqdm=True,
        report_to="none",  # `reporting.reporters` are told apart
        run_name=f"{model_name(run.model, run.name)} {run.task} seed {run.seed}",
    )
    return on_one_device(args)
