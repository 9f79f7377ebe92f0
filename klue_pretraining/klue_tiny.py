"""klue-tiny, the encoder that ships with the package, from KLUE's train texts to its card.

    python -m klue_pretraining.klue_tiny [OUT] [--steps N] [--work FOLDER]
    python -m klue_pretraining.klue_tiny [OUT] --gains COMPARISON...

A run that stopped goes on: each part that is done is kept in the work folder. The second form
writes what `speed.encoders` measured on the card of a model that is there.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import ModelCard
from transformers import AutoModelForMaskedLM

from klue_common.errors import InputError
from klue_common.own_files import json_text, read_json
from klue_common.progress import meter, note, quiet_libraries
from klue_datasets.files import write_text, written, written_folder
from klue_text.morphemes import Morphemes

from .benchmark_texts import benchmark_texts
from .card import card
from .cleaning import Settings
from .corpus import make_corpus
from .corpus_file import corpus_texts
from .presets import PRESETS
from .tokenizer import bert_tokenizer, learn, open_tokenizer, save
from .training import FINISHED, Run, pretrain

NAME = "klue-tiny"
VOCABULARY = 8000  # tokens
LARGEST = 8_000_000  # bytes of the shipped folder
LICENCE = "cc-by-sa-4.0"
GAINS = "gains.json"
RECORD = "the record of a pretrained encoder"
ABOUT = (
    "klue-tiny is small enough to ship inside the package, so that examples, tests and the Space "
    "work without a network. It was trained on the train texts of KLUE (CC BY-SA 4.0) that were at "
    "hand, without any dev text and without sentences near to one; personal data in them was "
    "replaced. It is no substitute for KLUE's own encoders, which saw thousands of times more text."
)


def make(out: Path, work: Path, steps: int | None = None, sample: bool = False) -> dict[str, Any]:
    """Make corpus, tokenizer, model, half precision and card; return the record on the card.

    Raises:
        InputError: no KLUE texts, a work folder of other settings, or too large a result.
    """
    raw, clean, words, model = (work / name for name in ("raw.jsonl", "corpus.jsonl", "tok", "m"))
    if not clean.exists():
        write_raw(raw, sample)
        # All dev texts are kept out, also of the tasks whose train texts are not at hand.
        settings = Settings(benchmark=("validation",))
        report = make_corpus([str(raw)], clean, settings, sample=sample)
        note(f"corpus: {report.documents_out:,} texts, {report.characters_out:,} characters")
    if not words.exists():
        with meter("tokenizer", 0, "documents") as advance:
            size = vocabulary_size(sample)
            vocabulary = learn(corpus_texts(clean), size, Morphemes(), advance)
            save(bert_tokenizer(vocabulary), words)
    if not (model / FINISHED).exists():
        overrides = () if steps is None else (("steps", steps),)
        run = Run(
            clean,
            words,
            model,
            "tiny",
            overrides,
            save_every=500,
            precision="bf16",
            licence=LICENCE,
        )
        pretrain(run)
    record = read_json(model / FINISHED, RECORD)
    ship(model, out, record)
    return record


def vocabulary_size(sample: bool) -> int:
    """Return the vocabulary's size; the bundled sample supports no large one."""
    return 1000 if sample else VOCABULARY


def write_raw(path: Path, sample: bool) -> None:
    """Write KLUE's train texts as JSON Lines."""
    with written(path) as file:
        for text in benchmark_texts(["train"], sample=sample):
            file.write(json.dumps({"text": text}, ensure_ascii=False).encode() + b"\n")


def ship(model: Path, out: Path, record: dict[str, Any]) -> None:
    """Write the folder that ships: half precision, a fast tokenizer, the card."""
    weights = AutoModelForMaskedLM.from_pretrained(model).to(torch.float16)
    with written_folder(out) as folder:
        weights.save_pretrained(folder)
        open_tokenizer(model).save_pretrained(folder)
        shutil.copy(model / FINISHED, folder / FINISHED)
        card_of(folder).save(folder / "README.md")
        size = sum(path.stat().st_size for path in folder.iterdir())
        if size > LARGEST:
            raise InputError(f"{out}: found {size:,} bytes, expected at most {LARGEST:,}")
    note(f"{out}: {size:,} bytes")


def card_of(folder: Path) -> ModelCard:
    """Return the card of a shipped folder, from the records in it."""
    record = read_json(folder / FINISHED, RECORD)
    gains = folder / GAINS
    compared = json.loads(gains.read_text(encoding="utf-8")) if gains.exists() else []
    return card(NAME, record, LICENCE, ABOUT, compared)


def add_gains(folder: Path, files: Sequence[Path]) -> None:
    """Keep comparisons with other encoders in a shipped folder and show them on its card.

    Raises:
        InputError: a file or folder is not what it should be.
    """
    compared = []
    for path in files:
        content = read_json(path, "a comparison.json")
        if "tasks" not in content or content.get("sample"):
            raise InputError(f"{path}: found no comparison on real data, expected one")
        compared.append(content)
    if not (folder / FINISHED).exists():
        raise InputError(f"{folder}: found no {FINISHED}, expected a folder that this command made")
    write_text(folder / GAINS, json_text(compared))
    write_text(folder / "README.md", str(card_of(folder)))


def main() -> None:
    """Read the arguments and make it."""
    parser = argparse.ArgumentParser(description="Make klue-tiny from KLUE's train texts.")
    parser.add_argument("out", nargs="?", type=Path, default=Path("klue_baselines/klue_tiny"))
    parser.add_argument("--steps", type=int, help=f"default: {PRESETS['tiny'].steps:,}")
    parser.add_argument("--work", type=Path, default=Path("runs/klue-tiny"))
    parser.add_argument("--gains", nargs="+", type=Path, help="comparison.json of speed.encoders")
    given = parser.parse_args()
    quiet_libraries()
    try:
        if given.gains:
            add_gains(given.out, given.gains)
        else:
            make(given.out, given.work, given.steps)
    except InputError as error:
        parser.exit(2, f"klue-tiny: error: {error}\n")


if __name__ == "__main__":
    main()
