"""On how many devices a run is: one a process, and as many processes as a launcher started."""

from __future__ import annotations

import os

from accelerate import PartialState
from transformers import TrainingArguments

from .library_internals import join_again, use_devices


def meet() -> None:
    """Join the other processes that a launcher started for this run, before anything else.

    accelerate joins them by itself where there are GPUs; on CPUs it does when it is told to.
    """
    state = PartialState()
    started = int(os.environ.get("WORLD_SIZE", "1"))
    if started > 1 and state.num_processes == 1 and state.device.type == "cpu":
        join_again()


def on_one_device(args: TrainingArguments) -> TrainingArguments:
    """Let a process use one device, whatever it sees.

    From one process the library would take all GPUs (DataParallel), each with a batch of its own,
    and so multiply the batch that was asked for. `accelerate launch` uses several: a process each.
    """
    use_devices(args, min(args.n_gpu, 1))
    return args


def step_size(args: TrainingArguments) -> int:
    """Return the training examples a step, on all devices together."""
    return args.train_batch_size * args.world_size * args.gradient_accumulation_steps
