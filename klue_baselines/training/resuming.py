"""What makes a run that was interrupted and goes on end as if it had never stopped.

The library restores weights, optimiser, schedule and random numbers. It loses the order of the
examples, that training was over, where the best checkpoint is once its folder has moved, and the
losses since the last one that was logged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import Sampler
from transformers import TrainerCallback

from .library_internals import length_grouped


class ByLength(Sampler[int]):
    """Examples of like length one after another; their order follows from seed and epoch alone.

    The library's own sampler groups in the same way and draws from the process's random numbers,
    which a resumed run has used differently.

    lengths: tokens of each example. step: examples that are learned from together.

    >>> order = ByLength([5, 3, 9, 4, 7, 2, 8, 6], step=2, seed=0)
    >>> first = list(order)
    >>> order.set_epoch(1)
    >>> second = list(order)
    >>> order.set_epoch(0)
    >>> list(order) == first, second == first, sorted(second)
    (True, False, [0, 1, 2, 3, 4, 5, 6, 7])
    """

    def __init__(self, lengths: Sequence[int], step: int, seed: int) -> None:
        self.lengths, self.step, self.seed, self.epoch = lengths, step, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Tell which pass is next; PyTorch's and accelerate's name for it."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        seed = int(np.random.default_rng([self.seed, self.epoch]).integers(2**63))
        generator = torch.Generator().manual_seed(seed)
        return length_grouped(self.lengths, self.step, generator)


class LossAtCheckpoints(TrainerCallback):
    """Logs the loss at every checkpoint, which does not keep what was not logged yet."""

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Log where the library is about to save."""
        if control.should_save:
            control.should_log = True


class Bookmarks(TrainerCallback):
    """Tells a trainer where it is: its order the epoch, and its state the best checkpoint."""

    def __init__(self, order: ByLength) -> None:
        self.order = order

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Find the best checkpoint by its step: the path that is kept may be of another folder."""
        if state.best_global_step and (best := best_checkpoint(args, state)).is_dir():
            state.best_model_checkpoint = str(best)

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Set the epoch.

        accelerate does, but cannot reach the order where one of several processes skips batches.
        """
        self.order.set_epoch(int(state.epoch))


def best_checkpoint(args: Any, state: Any) -> Path:
    """Return the folder of the checkpoint that did best on the held-out part."""
    return Path(args.output_dir) / f"checkpoint-{state.best_global_step}"


def is_over(state: Any) -> bool:
    """Return whether a trainer's state is of a checkpoint at which training ended.

    It ended early or at its last step; the library would take further steps.
    """
    control = state.stateful_callbacks.get("TrainerControl", {"args": {}})
    return bool(control["args"].get("should_training_stop"))
