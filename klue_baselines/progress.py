"""What long work shows: a bar on a terminal, plain lines elsewhere, always on stderr."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from transformers import TrainerCallback
from transformers.trainer_callback import ExportableState

PLAIN_EVERY = 15.0  # seconds between two plain lines


def console() -> Console:
    """The console for everything that is not a result."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def first_process() -> bool:
    """Whether this process speaks for a run; under `accelerate launch` the first one does."""
    return os.environ.get("RANK", "0") == "0"


def note(text: str) -> None:
    """One line for people, on stderr."""
    if first_process():
        print(text, file=sys.stderr, flush=True)


class Meter:
    """Counts work and shows it.

    On a terminal a bar with examples per second and the time left; elsewhere a line every
    `PLAIN_EVERY` seconds. `unit` is what is counted; a `total` of 0 says that nobody knows it;
    `before` of it was done by an earlier process.
    """

    def __init__(self, label: str, total: int, unit: str = "examples", before: int = 0) -> None:
        self.label, self.total, self.unit, self.done = label, total, unit, before
        self.before = before
        self.began = self.shown = time.monotonic()
        self.extra = ""
        self.bar: Progress | None = None
        if sys.stderr.isatty() and first_process():
            self.bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[extra]}"),
                TimeRemainingColumn(),
                console=console(),
                transient=True,
            )
            self.bar.start()
            self.row = self.bar.add_task(label, total=total or None, extra="")

    @property
    def rate(self) -> float:
        """Examples a second since the start."""
        return (self.done - self.before) / max(time.monotonic() - self.began, 1e-9)

    def advance(self, examples: int) -> None:
        """Count further examples."""
        self.done += examples
        text = f"{self.rate:.1f} {self.unit}/s{self.extra}"
        now = time.monotonic()
        if self.bar is not None:
            done = min(self.done, self.total) if self.total else self.done
            self.bar.update(self.row, completed=done, extra=text)
        elif now - self.shown >= PLAIN_EVERY:
            self.shown = now
            if not self.total:
                note(f"{self.label}: {self.done} {self.unit}, {text}")
                return
            left = (self.total - self.done) / max(self.rate, 1e-9)
            note(f"{self.label}: {self.done}/{self.total} {self.unit}, {text}, {left:.0f} s left")

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.stop()


@contextlib.contextmanager
def meter(label: str, total: int, unit: str = "examples") -> Iterator[Callable[[int], None]]:
    """Show a loop's progress: yields the function that counts examples.

    >>> with meter("doctest", 2) as advance:
    ...     advance(2)
    """
    shown = Meter(label, total, unit)
    try:
        yield shown.advance
    finally:
        shown.close()


class TrainingProgress(TrainerCallback):
    """Shows a training run; in place of the callbacks of transformers, which write to stdout."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.meter: Meter | None = None
        self.loss = ""

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Open the bar."""
        if state.is_world_process_zero:
            self.per_step = (
                args.train_batch_size * args.gradient_accumulation_steps * args.world_size
            )
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
        """The watch of a Trainer; one that went on at a checkpoint has another than it was given.

        It has to restore the states of callbacks.
        """
        callbacks = trainer.callback_handler.callbacks
        watch: Stopwatch = next(found for found in callbacks if isinstance(found, cls))
        return watch

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {"args": {"before": self.seconds}, "attributes": {}}
