"""How fast the parts of `klue pretrain` are, on KLUE's train texts, repeated with variation.

    python -m speed.pretraining [--megabytes 100] [--before FOLDER] [--corpus-alone]

Cleaning: MB/s on all cores, with and without near duplicates, seconds of all processors together,
and the peak memory of the first process and of the largest worker, at two sizes of input; with
--before also those of an earlier code (`git archive 68a1ae1 | tar x -C FOLDER` is the last that
cleaned in one pool of processes), and whether the corpus is the same. Tokenizer: seconds to learn
32,000 tokens. Model: tokens per second that are no padding, of rows packed full against a sentence
a row, in batches as large, filled up to the longest.
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

from klue_pretraining import presets
from klue_pretraining.benchmark_texts import benchmark_texts
from klue_pretraining.corpus_file import corpus_texts
from klue_pretraining.masked_models import TRAINED, Padded
from klue_pretraining.masking import Masking
from klue_pretraining.packing import Encoder, pack
from klue_pretraining.tokenizer import bert_tokenizer, learn
from klue_text.morphemes import Morphemes, WholeWords

VARIED = 0.1  # of the words of a repeated text are replaced
TEXTS = 5  # of the benchmark in a document
SIZES = (1, 10)  # tenths of the whole, for memory
WIDTHS = (8, 17, 8, 9, 7, 13, 14)
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


def cleaned(code: Path, raw: Path, near: str) -> dict[str, Any]:
    """Clean a file against KLUE's dev texts, in a process of its own, by the code in a folder."""
    program = Path(__file__).with_name("corpus_once.py").read_text(encoding="utf-8")
    command = [sys.executable, "-c", program, str(raw), near, str(os.cpu_count())]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=code,
        env={**os.environ, "PYTHONPATH": str(code)},
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command[3:]))} failed:\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def print_cleaning(folder: Path, megabytes: float, before: Path | None) -> None:
    """Speed and memory at a tenth and the whole, beside those of an earlier code, if given."""
    print(f"Cleaning, {os.cpu_count()} workers; seconds include reading the benchmark\n")
    headings = ("MB", "near duplicates", "code", "seconds", "MB/s", "processor s", "peak MB")
    print("".join(f"{name:>{width}}" for name, width in zip(headings, WIDTHS, strict=True)))
    codes = {"this": Path(__file__).parent.parent} | ({} if before is None else {"before": before})
    rows: dict[tuple[str, str, int], dict[str, Any]] = {}
    for near, tenths, code in itertools.product(("without", "near"), SIZES, codes):
        path = folder / f"{tenths}.jsonl"
        if not path.exists():
            synthetic(megabytes * tenths / 10, path)
        row = rows[code, near, tenths] = cleaned(codes[code], path, near)
        peaks = f"{row['first']:.0f} + {row['worker']:.0f}"
        rate = row["megabytes"] / row["seconds"]
        cells = (
            f"{row['megabytes']:.1f}", near, code, f"{row['seconds']:.1f}", f"{rate:.2f}",
            f"{row['processor']:.1f}", peaks,
        )  # fmt: skip
        print("".join(f"{cell:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True)))
    print("\nFrom the smaller to the larger, which both read the benchmark:")
    for near, code in itertools.product(("without", "near"), codes):
        small, large = (rows[code, near, tenths] for tenths in SIZES)
        more = {name: large[name] - small[name] for name in ("megabytes", "seconds", "processor")}
        print(
            f"{near:>24}{code:>8}{more['megabytes'] / more['seconds']:8.2f} MB/s"
            f"{more['processor'] / more['megabytes']:8.2f} processor seconds a MB"
        )
    if before is not None:
        for near, tenths in itertools.product(("without", "near"), SIZES):
            same = {rows[code, near, tenths]["digest"] for code in codes}
            said = "the same corpus" if len(same) == 1 else "ANOTHER corpus"
            print(f"{near:>24}{tenths:>4} tenths: {said}")


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
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--before", type=Path, help="A folder with an earlier code to compare.")
    parser.add_argument("--corpus-alone", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print_cleaning(Path(folder), given.megabytes, given.before)
        if given.corpus_alone:
            return
        whole = Path(folder) / f"{SIZES[-1]}.jsonl"
        print_model(whole, print_tokenizer(whole))


if __name__ == "__main__":
    main()
