"""Who else hears of a run's losses and scores while it goes on: transformers' own callbacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from accelerate import PartialState
from transformers import TrainerCallback
from transformers.integrations import (
    TensorBoardCallback,
    TrackioCallback,
    WandbCallback,
    is_tensorboard_available,
    is_trackio_available,
    is_wandb_available,
)

from klue_common.errors import InputError

if TYPE_CHECKING:
    from .settings import Run

# Of each, whether it is installed.
REPORTERS: dict[str, Callable[[], bool]] = {
    "tensorboard": is_tensorboard_available,
    "wandb": is_wandb_available,
    "trackio": is_trackio_available,
}


def check_reporter(name: str) -> None:
    """See that a reporter is installed.

    Raises:
        InputError: it is not.
    """
    if not REPORTERS[name]():
        raise InputError(f"report_to: found no {name} here, expected it: pip install {name}")


def reporters(run: Run) -> list[TrainerCallback]:
    """Return the callbacks that tell of a run, none where nobody is to hear."""
    if run.report_to is None or not PartialState().is_main_process:
        return []
    if run.report_to == "tensorboard":
        from torch.utils.tensorboard import SummaryWriter

        # By itself it would write beside the checkpoints, which go in the end.
        return [TensorBoardCallback(SummaryWriter(str(run.output / "tensorboard")))]
    return [WandbCallback() if run.report_to == "wandb" else TrackioCallback()]
