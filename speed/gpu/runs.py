"""The runs that are timed: KLUE at its full size, as the bench does it and plainly.

Rows are repeated to the official counts, so that seconds mean something and scores nothing; results
are collected nowhere and read for their seconds alone.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from transformers import (
    PrinterCallback,
    RobertaConfig,
    RobertaModel,
    Trainer,
    TrainingArguments,
    set_seed,
)

from klue_baselines.bench import bench
from klue_baselines.encoding.collator import Collator
from klue_baselines.encoding.encoder import TextEncoder, open_tokenizer
from klue_baselines.launching.apart import PRELOADED, START_METHOD
from klue_baselines.launching.side_by_side import Launch, one_by_one
from klue_baselines.prediction import encode_rows
from klue_baselines.recipe import NEVER, Recipe
from klue_baselines.task import PUBLISHED_HEAD
from klue_baselines.tasks import BASELINES
from klue_baselines.tiny import KLUE_TINY
from klue_baselines.training.arguments import arguments
from klue_baselines.training.held_out import divide
from klue_baselines.training.run import open_encoder
from klue_baselines.training.settings import Run
from klue_common.errors import RunError
from klue_common.progress import quiet_libraries
from klue_datasets import TASKS, load
from klue_datasets.sources import resolve

NO_MODEL = "seconds-only"  # what results call the encoder, should anybody find one
VOCABULARY = 32_000  # rows of the embedding, as KLUE's encoders have them


@dataclass(frozen=True)
class Filled:
    """A split whose rows are repeated to the official count.

    split: as `load` takes it. rows: what it has. source: the split that the rows are of.
    at_hand: how many different ones there are.
    """

    split: str
    rows: int
    source: str
    at_hand: int


@dataclass(frozen=True)
class Workload:
    """What the runs of a task learn and answer.

    examples: what the model learns from in an epoch, windows and turns for long texts. once:
    seconds that reading and encoding took, which the runs after it find done. settings: the
    recipe of the encoder's size.
    """

    task: str
    train: Filled
    dev: Filled
    examples: int
    once: float
    settings: Recipe


@dataclass(frozen=True)
class Seconds:
    """What a run took: training, predicting dev, and the rest (start, reading, writing)."""

    train: float
    predict: float
    rest: float

    def whole(self, times: float) -> float:
        """Return the seconds of a run that trains so many times as long."""
        return self.train * times + self.predict + self.rest


def base_encoder(folder: Path) -> Path:
    """Write an encoder of the size of RoBERTa-base, with random weights and klue-tiny's tokens."""
    torch.manual_seed(0)
    tokenizer = open_tokenizer(str(KLUE_TINY))
    config = RobertaConfig(
        vocab_size=VOCABULARY,
        max_position_embeddings=514,
        type_vocab_size=1,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.cls_token_id,
        eos_token_id=tokenizer.sep_token_id,
    )
    tokenizer.save_pretrained(folder)
    RobertaModel(config).save_pretrained(folder)
    return folder


def filled(task: str, split: str, sample: bool) -> Filled:
    """Return a split at its official size; dev stands in for a train file that is not at hand."""
    files = resolve(TASKS[task], sample=sample).files
    source = split if split in files else "validation"
    at_hand = len(load(task, source, sample=sample, full=True))
    wanted = at_hand if sample else TASKS[task].num_examples[split]
    return Filled(repeated(source, at_hand, wanted), wanted, source, at_hand)


def repeated(split: str, rows: int, wanted: int) -> str:
    """Return a split of so many rows, which are those of a smaller one again and again.

    >>> repeated("train", 40, 100), repeated("train", 40, 40), repeated("train", 40, 10)
    ('train+train+train[:20]', 'train', 'train[:10]')
    """
    whole, rest = divmod(wanted, rows)
    return "+".join([split] * whole + ([f"{split}[:{rest}]"] if rest else []))


def workload(task: str, run: Run) -> Workload:
    """Read and encode a task's data, which the runs find in the cache then."""
    began = time.monotonic()
    train, dev = (filled(task, split, run.sample) for split in ("train", "validation"))
    run = replace(run, task=task, train_split=train.split, eval_split=dev.split)
    model, encoder, settings = open_encoder(run, BASELINES[task])
    learned = len(features_of(run, model.config, encoder, gold=False)[0])
    return Workload(task, train, dev, learned, time.monotonic() - began, settings)


def features_of(run: Run, config: Any, encoder: TextEncoder, gold: bool) -> list[Dataset]:
    """Return what a run learns from, what is held out, and dev; the last two with gold labels?"""
    task = BASELINES[run.task]
    rows = load(run.task, run.train_split, sample=run.sample, full=True)
    dev = load(run.task, run.eval_split, sample=run.sample, full=True)
    training, held_out = divide(rows, task, run, dev)
    parts = ((training, True), (held_out, gold), (dev, gold))
    return [encode_rows(task, part, encoder, config, labels) for part, labels in parts]


def part_of(settings: Recipe, examples: int, share: float) -> tuple[float, float]:
    """Return the epochs of a part of a run, and how many times as long the whole of it trains.

    A part ends at an evaluation of the held-out examples and the checkpoint that follows, so that
    it has as much of both as of training. It has one at least.

    >>> part_of(Recipe("accuracy", epochs=4, evaluations=4, batch_size=10), 1000, 1)
    (4, 1.0)
    >>> epochs, times = part_of(Recipe("accuracy", epochs=4, evaluations=4, batch_size=10), 990, .1)
    >>> math.ceil(epochs * 99), times  # two evaluations, 24 steps apart
    (48, 8.25)
    """
    batches = math.ceil(examples / settings.batch_size)
    every = max(batches // settings.evaluations, 1)
    evaluations = math.floor(settings.epochs * batches) // every
    steps = max(round(share * evaluations), 1) * every
    if steps + every > settings.epochs * batches:
        return settings.epochs, 1.0
    return (steps - 0.5) / batches, settings.epochs * batches / steps


def runs_of(
    work: Workload, base: Run, seeds: Sequence[int], share: float
) -> tuple[list[Run], float]:
    """Return a run a seed, of a share of the training, and how many times as long the whole is.

    None ends early, as one of random weights would.
    """
    epochs, times = part_of(work.settings, work.examples, share)
    shared = replace(
        base,
        task=work.task,
        overrides={"epochs": epochs, "patience": NEVER},
        train_split=work.train.split,
        eval_split=work.dev.split,
        name=NO_MODEL,
        results=None,
    )
    folder = base.output / work.task
    return [replace(shared, seed=one, output=folder / f"seed-{one}") for one in seeds], times


def timed(runs: Sequence[Run], launch: Launch = one_by_one) -> list[Seconds]:
    """Do runs by the bench, each in its own process; of one run alone the rest is known too.

    Raises:
        RunError: a run failed.
    """
    began = time.monotonic()
    outcomes = bench(runs, launch)
    wall = time.monotonic() - began
    found = []
    for one in outcomes:
        if one.result is None:
            raise RunError(f"{one.run.task} seed {one.run.seed}: {one.failure}")
        train, predict = one.result.seconds["train"], one.result.seconds["predict"]
        rest = wall - train - predict if len(runs) == 1 else 0.0
        found.append(Seconds(train, predict, rest))
    return found


def timed_plainly(run: Run) -> Seconds:
    """Do a run by transformers' Trainer alone, in a process of its own."""
    began = time.monotonic()
    reading, train, predict = apart(learn_plainly, run)
    return Seconds(train, predict, time.monotonic() - began - reading - train - predict)


def ready() -> None:
    """Start the server that all processes are forked from: no run is to pay for its imports."""
    apart(os.getpid)


def apart(do: Callable[..., Any], *given: Any) -> Any:
    """Call a function in a process of its own, forked from where the bench's runs are."""
    context: Any = multiprocessing.get_context(START_METHOD)
    if START_METHOD == "forkserver":
        context.set_forkserver_preload(PRELOADED)
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(do, *given).result()


def learn_plainly(run: Run) -> tuple[float, float, float]:
    """Learn and answer as transformers' Trainer does by itself.

    The settings, the evaluations and the checkpoints are those of the run. Batches come at random,
    padded to their longest row; the head is the published one, which is transformers' own but in
    DP and WoS. Answers are not decoded and not scored: the held-out part and dev are read for
    their loss, which takes less than the run has to do.

    Returns:
        The seconds of reading and encoding, of training, and of reading dev for its loss.
    """
    quiet_libraries()
    set_seed(run.seed)
    task = BASELINES[run.task]
    run = replace(run, head=PUBLISHED_HEAD if PUBLISHED_HEAD in task.heads else None)
    model, encoder, settings = open_encoder(run, task)
    began = time.monotonic()
    training, held_out, dev = features_of(run, model.config, encoder, gold=True)
    trainer = Trainer(
        model=model,
        args=plain_arguments(run, settings, len(training)),
        train_dataset=training,
        eval_dataset=held_out,
        data_collator=Collator(encoder.tokenizer.pad_token_id, task.padding),
        processing_class=encoder.tokenizer,
        compute_loss_func=task.loss,
    )
    trainer.remove_callback(PrinterCallback)  # stdout is for results
    trainer.can_return_loss = True  # whatever the heads call their labels
    read = time.monotonic()
    trainer.train()
    trained = time.monotonic()
    trainer.evaluate(dev)
    ended = time.monotonic()
    trainer.save_model(str(run.output))
    return read - began, trained - read, ended - trained


def plain_arguments(run: Run, settings: Recipe, examples: int) -> TrainingArguments:
    """Return a run's settings in the Trainer's words, but for batches that come at random."""
    args = arguments(run, settings, examples)
    vars(args).update(
        train_sampling_strategy="random",
        per_device_eval_batch_size=settings.eval_batch_size,
        metric_for_best_model="eval_loss",
        greater_is_better=False,
        prediction_loss_only=True,
        label_names=[],
    )
    return args
