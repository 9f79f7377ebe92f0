"""What training uses of transformers and accelerate beyond what they promise.

`tests/klue_baselines/training/test_library_internals.py` says which of it a release has moved.
"""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from accelerate import PartialState
from torch.utils.data import Sampler
from transformers import PreTrainedModel, Trainer, TrainingArguments
from transformers.trainer_callback import ExportableState
from transformers.trainer_pt_utils import get_length_grouped_indices

__all__ = [
    "ExportableState",
    "OwnLoop",
    "compute_layers_twice",
    "join_again",
    "length_grouped",
    "use_devices",
]


def join_again() -> None:
    """Let accelerate look for the other processes once more, on the CPU.

    accelerate keeps what it found at first, and has no public way to forget it.
    """
    PartialState._reset_state()
    PartialState(cpu=True)


def use_devices(args: TrainingArguments, count: int) -> None:
    """Tell the Trainer how many of the devices that it sees one process may use.

    The setting has a public name for reading alone.
    """
    args._n_gpu = count


def length_grouped(
    lengths: Sequence[int], batch_size: int, generator: torch.Generator
) -> Iterator[int]:
    """Return the places of examples, those of like length one after another.

    The library's public sampler makes the same order, but cannot be given a generator an epoch.
    """
    return iter(get_length_grouped_indices(lengths, batch_size, generator=generator))


def compute_layers_twice(model: PreTrainedModel) -> None:
    """Let a model that is trained keep little of its layers and compute them again.

    Releases after 5.20 have another name for it and warn of this one.
    """
    old = model.gradient_checkpointing_enable
    getattr(model, "activation_checkpointing_enable", old)()


class OwnLoop(Trainer, ABC):
    """transformers' Trainer, with an order of its own and a say in what its loop does.

    The library has no callback for any of it: which order, whether an epoch is begun at all where a
    run goes on at its last checkpoint, and what becomes of a checkpoint that cannot be written.
    """

    @abstractmethod
    def order_of_examples(self) -> Sampler[int]:
        """Return the order in which the training examples are learned from."""

    @abstractmethod
    def is_over(self) -> bool:
        """Return whether training had ended at the checkpoint that this run goes on at."""

    @abstractmethod
    def watch_saving(self) -> contextlib.AbstractContextManager[None]:
        """Return what is entered while a checkpoint is written."""

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        return self.order_of_examples()

    def _run_epoch(self, *given: Any, **named: Any) -> None:
        if self.is_over():
            self.control.should_training_stop = True
        else:
            super()._run_epoch(*given, **named)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        with self.watch_saving():
            super()._save_checkpoint(model, trial)
