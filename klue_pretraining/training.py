"""Masked language modelling: a corpus and a tokenizer to an encoder, through transformers' Trainer.

Only the hidden pieces meet the output layer. It is as wide as the vocabulary, and 85 % of what it
would compute is thrown away; in a small model that is half of all work.
"""

from __future__ import annotations

import json
import shutil
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from accelerate import PartialState
from accelerate.utils import broadcast_object_list
from datasets import Dataset
from torch.nn.utils.rnn import pad_sequence
from transformers import (
    BertForMaskedLM,
    ModernBertForMaskedLM,
    PrinterCallback,
    ProgressCallback,
    RobertaForMaskedLM,
    Trainer,
    TrainerCallback,
    TrainingArguments,
    set_seed,
)

from klue_baselines.encoding.encoder import input_names
from klue_baselines.training.callbacks import Stopwatch, TrainingProgress
from klue_baselines.training.devices import meet, on_one_device
from klue_baselines.training.resuming import LossAtCheckpoints
from klue_baselines.training.run_folder import alone
from klue_common.errors import InputError
from klue_common.progress import meter, note
from klue_datasets.files import writable, write_text
from klue_results import results
from klue_text.morphemes import Morphemes, WholeWords, analyser_installed

from . import presets
from .card import card
from .corpus_file import corpus_texts, file_digest
from .masking import IGNORED, Masking, Visits
from .packing import Encoder, pack, write_rows
from .presets import PRESETS, Preset
from .tokenizer import open_tokenizer

FINISHED = "pretraining.json"
MARKER = Path("checkpoints", "run.json")
PACKED = Path("checkpoints", "rows.arrow")
MADE = Path("checkpoints", "model")


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


class HiddenOnly(ABC):
    """A masked language model whose output layer sees the hidden pieces only."""

    @abstractmethod
    def scores(self, hidden: torch.Tensor) -> torch.Tensor:
        """The output layer: states (pieces, width) to scores (pieces, vocabulary)."""

    def forward(
        self, input_ids: torch.Tensor, labels: torch.Tensor, attention_mask: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """The mean loss over the hidden pieces; ids, labels and mask are (rows, pieces)."""
        model: Any = self
        hidden = model.base_model(input_ids=input_ids, attention_mask=attention_mask)[0]
        places = labels != IGNORED
        scores = self.scores(hidden[places])
        return {"loss": F.cross_entropy(scores.float(), labels[places])}


class TrainedBert(HiddenOnly, BertForMaskedLM):
    """BERT, its output layer for the hidden pieces only."""

    def scores(self, hidden: torch.Tensor) -> torch.Tensor:
        """A transformation, and the table of pieces."""
        return self.cls(hidden)


class TrainedRoberta(HiddenOnly, RobertaForMaskedLM):
    """RoBERTa, its output layer for the hidden pieces only."""

    def scores(self, hidden: torch.Tensor) -> torch.Tensor:
        """A transformation, and the table of pieces."""
        return self.lm_head(hidden)


class TrainedModernBert(HiddenOnly, ModernBertForMaskedLM):
    """ModernBERT, its output layer for the hidden pieces only."""

    def scores(self, hidden: torch.Tensor) -> torch.Tensor:
        """A transformation, and the table of pieces."""
        return self.decoder(self.head(hidden))


TRAINED: dict[str, type] = {
    "bert": TrainedBert,
    "roberta": TrainedRoberta,
    "modernbert": TrainedModernBert,
}


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
        record = claim(run, known_by)
        return record or learn(run, known_by, tokenizer, callbacks)


def learn(
    run: Run, known_by: dict[str, Any], tokenizer: Any, callbacks: Sequence[TrainerCallback]
) -> dict[str, Any]:
    """Train in a folder that is this run's own."""
    settings = run.settings
    rows, words = packed(run, settings, tokenizer)
    mark(run, known_by)
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
        trainer.train(resume_from_checkpoint=bool(checkpoints(run.output)))
    seconds = Stopwatch.of(trainer).seconds
    built.load_state_dict(trainer.accelerator.unwrap_model(trainer.model).state_dict())
    built.tie_weights()
    pieces = sum(map(len, rows["input_ids"][: min(len(rows), 10_000)])) / min(len(rows), 10_000)
    record = {
        **known_by,
        "words": words,
        "parameters": built.num_parameters(),
        "rows": len(rows),
        "pieces_per_row": round(pieces, 2),
        "passes": round(visits / len(rows), 2),
        "losses": losses(trainer),
        "seconds": round(seconds, 1),
        "versions": results.versions(),
        "hardware": results.hardware(trainer.args.world_size),
        "created": results.now(),
    }
    if PartialState().is_main_process:
        keep(run, built, tokenizer, record)
    return record


def identity(run: Run) -> dict[str, Any]:
    """What a run is known by, as JSON has it."""
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


def claim(run: Run, wanted: Mapping[str, Any]) -> dict[str, Any] | None:
    """See that the output folder is this run's or nobody's; the record, if it is finished there.

    It is marked only when its rows are packed, so that an input that turns out wrong on the way can
    be mended; rows that a kill left unmarked may be of other input and are removed.

    Raises:
        InputError: it holds a run with other settings.
    """
    found = [claim_first(run, wanted) if PartialState().is_main_process else None]
    broadcast_object_list(found)
    return found[0]


def claim_first(run: Run, wanted: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the first process does of `claim`."""
    finished, marker = run.output / FINISHED, run.output / MARKER
    holder = next((path for path in (finished, marker) if path.exists()), None)
    held = {} if holder is None else json.loads(holder.read_text(encoding="utf-8"))
    differing = [name for name in wanted if wanted[name] != held.get(name)]
    if holder is not None and differing:
        what = "a finished model" if holder == finished else "checkpoints"
        raise InputError(
            f"{run.output}: holds {what} of another configuration "
            f"({', '.join(differing)} differ), expected the same or a new folder"
        )
    if holder == finished:
        note(f"{run.output}: finished before")
        shutil.rmtree(run.output / "checkpoints", ignore_errors=True)
        return {**held, "losses": {int(step): loss for step, loss in held["losses"].items()}}
    if holder is None:
        with writable(run.output):
            (run.output / PACKED).unlink(missing_ok=True)
    return None


def mark(run: Run, known_by: Mapping[str, Any]) -> None:
    """Make the output folder, with its rows, this run's own."""
    if PartialState().is_main_process:
        with writable(run.output):
            text = json.dumps(known_by, ensure_ascii=False, indent=2) + "\n"
            write_text(run.output / MARKER, text)


def corpus_digest(path: Path) -> str:
    """SHA-256 of the corpus file."""
    if not path.is_file():
        raise InputError(f"{path}: no such file, expected a corpus")
    return file_digest(path)


def packed(run: Run, settings: Preset, tokenizer: Any) -> tuple[Dataset, str]:
    """The rows, from the run's folder where they are made already; and what a word is."""
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


@dataclass(frozen=True)
class Padded:
    """Puts rows together, filled up to the longest."""

    pad: int

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Tensors of (rows, pieces)."""
        ids = [torch.from_numpy(row["input_ids"]) for row in rows]
        labels = [torch.from_numpy(row["labels"]) for row in rows]
        real = [torch.ones_like(row) for row in ids]
        return {
            "input_ids": pad_sequence(ids, batch_first=True, padding_value=self.pad),
            "labels": pad_sequence(labels, batch_first=True, padding_value=IGNORED),
            "attention_mask": pad_sequence(real, batch_first=True),
        }


def arguments(run: Run, settings: Preset) -> TrainingArguments:
    """The settings in the Trainer's words."""
    world = PartialState().num_processes
    if settings.batch_size % world:
        raise InputError(
            f"batch_size: found {settings.batch_size}, expected a multiple of {world} processes"
        )
    args = TrainingArguments(
        output_dir=str(run.output / "checkpoints"),
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


def checkpoints(output: Path) -> list[Path]:
    """The checkpoints that a run left."""
    return sorted((output / "checkpoints").glob("checkpoint-*/trainer_state.json"))


def losses(trainer: Trainer) -> dict[int, float]:
    """The mean loss of the steps up to each that was logged."""
    return {entry["step"]: entry["loss"] for entry in trainer.state.log_history if "loss" in entry}


def keep(run: Run, model: Any, tokenizer: Any, record: dict[str, Any]) -> None:
    """Write the model beside the checkpoints, move it into its folder, and drop the checkpoints.

    FINISHED is moved last: it says that the run is done.
    """
    tokenizer.model_input_names = input_names(model.config)
    folder = run.output / MADE
    with writable(run.output):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        card(run.output.name, record, run.licence).save(folder / "README.md")
        text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
        (folder / FINISHED).write_text(text, encoding="utf-8")
        for path in sorted(folder.iterdir(), key=lambda path: path.name == FINISHED):
            path.replace(run.output / path.name)
    shutil.rmtree(run.output / "checkpoints", ignore_errors=True)
