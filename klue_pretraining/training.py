"""Masked language modelling with transformers' Trainer: a corpus and a tokenizer to an encoder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from datasets import Dataset
from transformers import (
    PrinterCallback,
    ProgressCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
    set_seed,
)

from klue_baselines.encoding.layout import input_names
from klue_baselines.run_folder import CHECKPOINTS, RunFolder, State, alone
from klue_baselines.training.callbacks import Stopwatch, TrainingProgress
from klue_baselines.training.devices import meet, on_one_device
from klue_baselines.training.machine import hardware
from klue_baselines.training.resuming import LossAtCheckpoints
from klue_common.errors import InputError
from klue_common.own_files import json_text
from klue_common.progress import meter, note
from klue_datasets.files import writable, write_text, written_folder
from klue_results import results
from klue_text.morphemes import Morphemes, WholeWords, analyser_installed

from . import presets
from .card import card
from .corpus_file import corpus_texts, file_digest
from .masked_models import TRAINED, Padded
from .masking import Masking, Visits
from .packing import Encoder, pack, write_rows
from .presets import PRESETS, Preset
from .tokenizer import open_tokenizer

FINISHED = "pretraining.json"
MARKER = f"{CHECKPOINTS}/run.json"
PACKED = f"{CHECKPOINTS}/rows.arrow"


@dataclass(frozen=True)
class Run:
    """Everything that decides a run.

    corpus: a file of `klue pretrain corpus`. tokenizer: a folder. preset: a key of PRESETS, with
    `overrides` for its fields. save_every: steps between two checkpoints. precision: "fp32" or
    "bf16". licence: of the weights, for the card.
    """

    corpus: Path
    tokenizer: Path
    output: Path
    preset: str
    overrides: tuple[tuple[str, Any], ...] = ()
    seed: int = 0
    save_every: int = 1000
    precision: str = "fp32"
    licence: str | None = None

    @property
    def settings(self) -> Preset:
        """The preset with its overrides."""
        return replace(PRESETS[self.preset], **dict(self.overrides))

    @property
    def folder(self) -> RunFolder:
        """The folder of the run."""
        return RunFolder(self.output, finished=FINISHED, markers=(FINISHED, MARKER))


def pretrain(run: Run, callbacks: Sequence[TrainerCallback] = ()) -> dict[str, Any]:
    """Train, or go on at the last checkpoint; write model, tokenizer, card and FINISHED.

    Returns:
        What FINISHED holds: settings, corpus, losses, speed.

    Raises:
        InputError: the folder holds another run or one is at work there, an input is wrong, or it
            cannot be written.
    """
    meet()
    tokenizer, known_by = open_tokenizer(run.tokenizer), identity(run)
    with alone(run.output):
        claim = run.folder.claim(known_by, refusal)
        if claim.state is State.FINISHED:
            return finished_before(run.folder, claim.content)
        if claim.state is State.NEW and PartialState().is_main_process:
            # Rows that a kill left unmarked may be of other input.
            with writable(run.output):
                (run.output / PACKED).unlink(missing_ok=True)
        return learn(run, known_by, tokenizer, callbacks)


def learn(
    run: Run, known_by: dict[str, Any], tokenizer: Any, callbacks: Sequence[TrainerCallback]
) -> dict[str, Any]:
    """Train in a folder that is this run's own."""
    settings = run.settings
    rows, words = packed(run, settings, tokenizer)
    # Only now: an input that turned out wrong on the way could be mended.
    run.folder.mark(known_by)
    set_seed(run.seed)
    built = presets.build(settings, tokenizer)
    model = TRAINED[settings.kind](built.config)
    visits = settings.steps * settings.batch_size
    trainer = Trainer(
        model=model,
        args=arguments(run, settings),
        train_dataset=Visits(rows, Masking.of(tokenizer, settings.masked), visits, run.seed),
        data_collator=Padded(tokenizer.pad_token_id),
        callbacks=[TrainingProgress(run.preset), Stopwatch(), LossAtCheckpoints(), *callbacks],
    )
    for callback in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(callback)
    with writable(run.output):
        trainer.train(resume_from_checkpoint=run.folder.last_checkpoint())
    seconds = Stopwatch.of(trainer).seconds
    built.load_state_dict(trainer.accelerator.unwrap_model(trainer.model).state_dict())
    built.tie_weights()
    tokens = sum(map(len, rows["input_ids"][: min(len(rows), 10_000)])) / min(len(rows), 10_000)
    record = {
        **known_by,
        "words": words,
        "parameters": built.num_parameters(),
        "rows": len(rows),
        "pieces_per_row": round(tokens, 2),
        "passes": round(visits / len(rows), 2),
        "losses": losses(trainer),
        "seconds": round(seconds, 1),
        "versions": results.versions(),
        "hardware": hardware(trainer.args.world_size),
        "created": results.now(),
    }
    if PartialState().is_main_process:
        keep(run, built, tokenizer, record)
    return record


def identity(run: Run) -> dict[str, Any]:
    """Return what a run is known by, as JSON has it."""
    known_by = {
        "preset": run.preset,
        "settings": asdict(run.settings),
        "corpus": {"file": run.corpus.name, "sha256": corpus_digest(run.corpus)},
        "tokenizer": file_digest(run.tokenizer / "tokenizer.json"),
        "seed": run.seed,
        "precision": run.precision,
    }
    known: dict[str, Any] = json.loads(json.dumps(known_by))
    return known


def refusal(state: State, differing: list[str]) -> str:
    """Return why a folder that holds another run is refused."""
    what = "a finished model" if state is State.FINISHED else "checkpoints"
    names = ", ".join(differing)
    return (
        f"holds {what} of another configuration ({names} differ), expected the same or a new folder"
    )


def finished_before(folder: RunFolder, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a run that is finished, and drop what it needs no more."""
    note(f"{folder.path}: finished before")
    if PartialState().is_main_process:
        folder.drop_checkpoints()
    return {**record, "losses": {int(step): loss for step, loss in record["losses"].items()}}


def corpus_digest(path: Path) -> str:
    """Return SHA-256 of the corpus file."""
    if not path.is_file():
        raise InputError(f"{path}: no such file, expected a corpus")
    return file_digest(path)


def packed(run: Run, settings: Preset, tokenizer: Any) -> tuple[Dataset, str]:
    """Return the rows, from the run's folder where they are made already; and what a word is."""
    analysed = analyser_installed()
    words = "morphemes" if analysed else "eojeol, as no analyser is installed"
    path = run.output / PACKED
    if settings.length > settings.positions:
        raise InputError(
            f"length: found {settings.length}, expected at most {settings.positions} positions"
        )
    with PartialState().local_main_process_first():
        if path.exists():
            return Dataset.from_file(str(path)), words
        note(f"packing: words are {words}")
        encode = Encoder(tokenizer, Morphemes() if analysed else WholeWords())
        with meter("packing", 0, "documents") as advance:
            documents = corpus_texts(run.corpus)
            rows = pack(documents, encode, tokenizer, settings.length, advance)
            return write_rows(rows, path), words


def arguments(run: Run, settings: Preset) -> TrainingArguments:
    """Return the settings in the Trainer's words."""
    world = PartialState().num_processes
    if settings.batch_size % world:
        raise InputError(
            f"batch_size: found {settings.batch_size}, expected a multiple of {world} processes"
        )
    args = TrainingArguments(
        output_dir=str(run.output / CHECKPOINTS),
        max_steps=settings.steps,
        per_device_train_batch_size=settings.batch_size // world,
        learning_rate=settings.learning_rate,
        warmup_steps=settings.warmup,
        weight_decay=settings.weight_decay,
        train_sampling_strategy="sequential",  # the visits are in order already
        save_strategy="steps",
        save_steps=run.save_every,
        save_total_limit=1,
        restore_callback_states_from_checkpoint=True,
        logging_steps=max(min(run.save_every, settings.steps // 100), 1),
        seed=run.seed,
        bf16=run.precision == "bf16",
        use_cpu=PartialState().device.type == "cpu",
        dataloader_pin_memory=torch.cuda.is_available(),
        remove_unused_columns=False,
        label_names=["labels"],
        disable_tqdm=True,
        report_to="none",
    )
    return on_one_device(args)


def losses(trainer: Trainer) -> dict[int, float]:
    """Return the mean loss of the steps up to each that was logged."""
    return {entry["step"]: entry["loss"] for entry in trainer.state.log_history if "loss" in entry}


def keep(run: Run, model: Any, tokenizer: Any, record: dict[str, Any]) -> None:
    """Write the model, move it into its folder when it is complete, and drop the checkpoints.

    FINISHED is written last: it says that the run is done.

    Raises:
        DataError: it cannot be written.
    """
    tokenizer.model_input_names = input_names(model.config)
    with written_folder(run.output, last="config.json") as folder:
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        card(run.output.name, record, run.licence).save(folder / "README.md")
    write_text(run.output / FINISHED, json_text(record))
    run.folder.drop_checkpoints()
