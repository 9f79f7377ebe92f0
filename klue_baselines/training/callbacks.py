"""What the Trainer of transformers calls while a run goes on: its progress and its time."""

from __future__ import annotations

import time
from typing import Any

from transformers import TrainerCallback

from klue_common.progress import Meter, note

from .devices import step_size
from .library_internals import ExportableState


class TrainingProgress(TrainerCallback):
    """Shows a training run; in place of the callbacks of transformers, which write to stdout."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.meter: Meter | None = None
        self.loss = ""

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Open the bar."""
        if state.is_world_process_zero:
            self.per_step = step_size(args)
            before = state.global_step * self.per_step
            self.meter = Meter(self.label, state.max_steps * self.per_step, before=before)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Count a step."""
        if self.meter is not None:
            self.meter.extra = f", step {state.global_step}/{state.max_steps}{self.loss}"
            self.meter.advance(self.per_step)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float], **_: Any) -> None:
        """Remember the loss for the bar, and say a held-out score in a line of its own."""
        if self.meter is None:
            return
        if "loss" in logs:
            self.loss = f", loss {logs['loss']:.3f}"
        scores = {
            name.removeprefix("eval_"): value for name, value in logs.items() if name[:5] == "eval_"
        }
        if scores:
            shown = ", ".join(f"{name} {value:.2f}" for name, value in scores.items())
            note(f"{self.label}: step {state.global_step}/{state.max_steps}, held-out {shown}")

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Take the bar away."""
        if self.meter is not None:
            self.meter.close()


class Stopwatch(TrainerCallback, ExportableState):
    """The seconds that a run took, those before an interruption included.

    `before` is what the checkpoint says that the run went on at; what was lost after it is not
    counted, as it is not in the numbers of steps either.
    """

    def __init__(self, before: float = 0.0) -> None:
        self.before, self.began = before, time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds until now."""
        return self.before + time.monotonic() - self.began

    @classmethod
    def of(cls, trainer: Any) -> Stopwatch:
        """Return the watch of a Trainer; at a checkpoint another one replaces the one it was given.

        It has to restore the states of callbacks.
        """
        callbacks = trainer.callback_handler.callbacks
        watch: Stopwatch = next(found for found in callbacks if isinstance(found, cls))
        return watch

    def state(self) -> dict[str, Any]:
        """Return what a checkpoint keeps."""
        return {"args": {"before": self.seconds}, "attributes": {}}
