"""How fast the parts of `klue pretrain` are, on KLUE's train texts, repeated with variation.

    python -m speed.pretraining [--megabytes 100]

Cleaning: MB/s on all cores, with and without near duplicates, and the peak memory at two sizes of
input. Tokenizer: seconds to learn 32,000 tokens. Model: tokens per second that are no padding, of
rows packed full against a sentence a row, in batches as large, filled up to the longest.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from klue_baselines.training.machine import peak_memory
from klue_pretraining import presets
from klue_pretraining.benchmark_texts import benchmark_texts
from klue_pretraining.cleaning import Settings
from klue_pretraining.corpus import make_corpus
from klue_pretraining.corpus_file import corpus_texts
from klue_pretraining.masked_models import TRAINED, Padded
from klue_pretraining.masking import Masking
from klue_pretraining.packing import Encoder, pack
from klue_pretraining.tokenizer import bert_tokenizer, learn
from klue_text.morphemes import Morphemes, WholeWords

VARIED = 0.1  # of the words of a repeated text are replaced
TEXTS = 5  # of the benchmark in a document
SIZES = (1, 10)  # tenths of the whole, for memory
STEPS = 16
TOKENS = 32_000


def synthetic(megabytes: float, path: Path) -> None:
    """Write a corpus of a size: documents of train texts, a word in ten replaced by another's."""
    texts = list(benchmark_texts(["train"], sample=not os.environ.get("KLUE_DATA_DIR")))
    rng, written = random.Random(0), 0
    words = [word for text in texts for word in text.split()]
    with path.open("wb") as file:
        for at in itertools.count():
            if written >= megabytes * 1e6:
                break
            chosen = (texts[(at * TEXTS + n) % len(texts)] for n in range(TEXTS))
            varied = (
                " ".join(rng.choice(words) if rng.random() < VARIED else word for word in t.split())
                for t in chosen
            )
            line = json.dumps({"text": "\n".join(varied)}, ensure_ascii=False) + "\n"
            written += file.write(line.encode())


def clean(path: str, near: str, workers: str) -> dict[str, float]:
    """Clean a file against KLUE's dev texts (in a process of its own, for the memory)."""
    settings = Settings(
        near_duplicates=near == "near", benchmark=("validation",), workers=int(workers)
    )
    sample = not os.environ.get("KLUE_DATA_DIR")
    began, before = time.monotonic(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        report = make_corpus([path], Path(folder) / "out.jsonl", settings, sample=sample)
    return {
        "seconds": time.monotonic() - began,
        "cpu": time.process_time() - before,
        "megabytes": report.bytes_in / 1e6,
        "documents": report.documents_in,
        "peak": peak_memory() / 1e6,
    }


def in_process(*arguments: object) -> dict[str, float]:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "speed.pretraining", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def print_cleaning(folder: Path, megabytes: float) -> None:
    """Speed, and the peak memory at a tenth and the whole."""
    workers = os.cpu_count()
    print(f"Cleaning, {workers} processes; seconds include reading the benchmark\n")
    print(f"{'MB':>8}{'near duplicates':>18}{'seconds':>10}{'MB/s':>8}{'peak MB':>10}")
    seconds = {}
    for near, tenths in itertools.product(("without", "near"), SIZES):
        path = folder / f"{tenths}.jsonl"
        if not path.exists():
            synthetic(megabytes * tenths / 10, path)
        row = in_process("clean", path, near, workers)
        speed = row["megabytes"] / row["seconds"]
        seconds[near, tenths] = row["seconds"]
        print(
            f"{row['megabytes']:8.1f}{near:>18}{row['seconds']:10.1f}{speed:8.2f}{row['peak']:10.0f}"
        )
    print("\nFrom the smaller to the larger, which both read the benchmark:")
    more = megabytes * (SIZES[1] - SIZES[0]) / 10
    for near in ("without", "near"):
        print(f"{near:>26}{more / (seconds[near, SIZES[1]] - seconds[near, SIZES[0]]):18.2f} MB/s")


def print_tokenizer(path: Path) -> Any:
    """Seconds to learn a vocabulary, with the analyser and without."""
    print("\nTokenizer: seconds to learn it\n")
    size = path.stat().st_size / 1e6
    vocabulary: list[str] = []
    for name, words in (("morphemes", Morphemes()), ("whole words", WholeWords())):
        began = time.monotonic()
        vocabulary = learn(corpus_texts(path), TOKENS if size > 20 else 2000, words)
        print(f"{size:8.1f} MB, {len(vocabulary):,} tokens, {name:12}"
              f"{time.monotonic() - began:8.1f}")  # fmt: skip
    return bert_tokenizer(vocabulary)


def batches(rows: list[Any], size: int, tokenizer: Any) -> Iterator[dict[str, torch.Tensor]]:
    """Rows at random, hidden and padded."""
    rng, masking = np.random.default_rng(0), Masking.of(tokenizer, 0.15)
    padded = Padded(tokenizer.pad_token_id)
    while True:
        chosen = rng.integers(0, len(rows), size)
        hidden = [masking(np.array(rows[at][0]), np.array(rows[at][1]), rng) for at in chosen]
        yield padded([{"input_ids": ids, "labels": labels} for ids, labels in hidden])


def speed(rows: list[Any], size: int, tokenizer: Any) -> float:
    """Tokens a second that are no padding, in training `tiny`, over all steps but the first."""
    preset = presets.PRESETS["tiny"]
    model: Any = TRAINED[preset.kind](presets.build(preset, tokenizer).config)
    optimizer = torch.optim.AdamW(model.parameters(), preset.learning_rate)
    tokens, seconds = [], []
    for batch in itertools.islice(batches(rows, size, tokenizer), STEPS):
        began = time.perf_counter()
        model(**batch)["loss"].backward()
        optimizer.step()
        optimizer.zero_grad()
        tokens.append(int(batch["attention_mask"].sum()))
        seconds.append(time.perf_counter() - began)
    return sum(tokens[1:]) / sum(seconds[1:])


def print_model(path: Path, tokenizer: Any) -> None:
    """Packing against padding."""
    preset = presets.PRESETS["tiny"]
    # Texts of all tasks: the file begins with headlines, all as long as each other.
    texts = random.Random(0).sample(list(corpus_texts(path)), 2000)
    encode = Encoder(tokenizer, WholeWords())
    packed = list(pack(texts, encode, tokenizer, preset.length))
    sentences = [sentence for text in texts for sentence in text.split("\n")]
    ends = tokenizer.cls_token_id, tokenizer.sep_token_id
    single = [
        ([ends[0], *ids[: preset.length - 2], ends[1]], [True, *begins[: preset.length - 2], True])
        for ids, begins in encode(sentences)
    ]
    size = preset.batch_size
    mean = sum(len(ids) for ids, _ in single) / len(single)
    # As many tokens a batch on both sides, so that neither has the larger matrices.
    rates = (
        speed(packed, size, tokenizer),
        speed(single, round(size * preset.length / mean), tokenizer),
    )
    print("\nModel, tiny: tokens a second that are no padding\n")
    print(f"packed {rates[0]:8.0f}\npadded {rates[1]:8.0f}\nratio  {rates[0] / rates[1]:8.2f}")


def main() -> None:
    """Run one measurement, or all of them."""
    if sys.argv[1:2] == ["clean"]:
        print(json.dumps(clean(*sys.argv[2:])))
        return
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=100)
    megabytes = parser.parse_args().megabytes
    with tempfile.TemporaryDirectory() as folder:
        print_cleaning(Path(folder), megabytes)
        whole = Path(folder) / f"{SIZES[-1]}.jsonl"
        print_model(whole, print_tokenizer(whole))


if __name__ == "__main__":
    main()
