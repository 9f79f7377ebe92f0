"""How fast a list of texts is answered, beside transformers' own pipeline with batches of 64.

transformers 5 has no pipeline that answers questions: beside mrc stands what its documentation has
instead, windows of the tokenizer in batches of 64 and the best beginning and end of each.

The same model (a new head on an encoder: what it has learned costs no time), the same texts in the
same order, in the same process and in turn, each measurement the best of its rounds. Real texts
where KLUE_DATA_DIR is set, else the bundled sample's; the encoder is --model, else
KLUE_SHARED/models/me5-small-ko, else klue-tiny.

    python -m speed.pipelines
    python -m speed.pipelines --tasks ner --texts 500 --model runs/encoder --cpu
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from transformers import pipeline

from klue_baselines.encoding.encoder import open_tokenizer, text_encoder
from klue_baselines.pipeline import KluePipeline
from klue_baselines.reading_comprehension import STRIDE
from klue_baselines.tasks import BASELINES
from klue_baselines.tiny import KLUE_TINY
from klue_common.progress import quiet_libraries
from klue_datasets import load

Clock = Callable[[], float]
BATCH = 64
ROUNDS = 3
SINGLE = 50  # texts that are asked one by one
STOCK = {"ynat": "text-classification", "ner": "token-classification"}
TASKS = (*STOCK, "mrc")
ASKED: dict[str, Callable[[Any], Any]] = {
    "ynat": lambda row: row["title"],
    "ner": lambda row: "".join(row["tokens"]),
    "mrc": lambda row: (row["question"], row["context"]),
}
SHARE = {"mrc": 1 / 16}  # of the texts: passages are long
Texts = list[Any]


def default_encoder() -> str:
    shared = Path(os.environ.get("KLUE_SHARED", "")) / "models" / "me5-small-ko"
    return str(shared if shared.is_dir() else KLUE_TINY)


def pipelines(task: str, model: str) -> tuple[KluePipeline, Callable[[Texts], Any]]:
    """Return our pipeline and transformers' on one and the same model."""
    record, tokenizer = BASELINES[task], open_tokenizer(model)
    torch.manual_seed(0)
    made = record.build(model, head=record.heads[0], labels=record.labels, tokenizer=tokenizer)
    encoder = text_encoder(made, tokenizer, record.recipes["base"].max_length)
    ours = KluePipeline(record, made, encoder)
    if task not in STOCK:
        return ours, partial(read, made, tokenizer, encoder.max_length)
    stock = pipeline(STOCK[task], model=made, tokenizer=tokenizer, device="cpu")
    cut = {"truncation": True} if task == "ynat" else {}
    return ours, lambda texts: stock(texts, batch_size=BATCH, **cut)


@torch.inference_mode()
def read(model: Any, tokenizer: Any, length: int, texts: Texts) -> list[str]:
    """Answer questions as transformers' documentation shows it: the best window's best span."""
    features = tokenizer(
        [question for question, _ in texts],
        [passage for _, passage in texts],
        truncation="only_second",
        max_length=length,
        stride=STRIDE,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
    )
    owners = features.pop("overflow_to_sample_mapping")
    offsets = features.pop("offset_mapping")
    best = [(float("-inf"), "")] * len(texts)
    for at in range(0, len(owners), BATCH):
        rows = {name: values[at : at + BATCH] for name, values in features.items()}
        logits = model(**tokenizer.pad(rows, return_tensors="pt")).logits
        starts, ends = logits[..., 0].max(-1), logits[..., logits.shape[-1] // 2].max(-1)
        places = zip(starts.indices.tolist(), ends.indices.tolist(), strict=True)
        scores = (starts.values + ends.values).tolist()
        for owner, spans, (start, end), score in zip(
            owners[at : at + BATCH], offsets[at : at + BATCH], places, scores, strict=True
        ):
            text = texts[owner][1][spans[start][0] : spans[min(end, len(spans) - 1)][1]]
            best[owner] = max(best[owner], (score, text))
    return [text for _, text in best]


def texts_of(task: str, count: int) -> Texts:
    rows = load(task, "validation", sample=not os.environ.get("KLUE_DATA_DIR"), full=True)
    count = max(1, int(count * SHARE.get(task, 1)))
    rows = rows.shuffle(seed=0).select(range(min(count, len(rows))))
    return [ASKED[task](row) for row in rows]


def seconds(ask: Callable[[], Any], clock: Clock) -> float:
    began = clock()
    ask()
    return clock() - began


def measure(task: str, model: str, count: int, clock: Clock) -> str:
    """Return the line of a task."""
    ours, stock = pipelines(task, model)
    texts = texts_of(task, count)
    ways = {"ours": lambda: ours(texts), "transformers": lambda: stock(texts)}
    ours(texts[:BATCH]), stock(texts[:BATCH])  # warm
    rounds = [{name: seconds(ask, clock) for name, ask in ways.items()} for _ in range(ROUNDS)]
    best = {name: min(one[name] for one in rounds) for name in ways}
    single = [seconds(partial(ours, text), clock) for text in texts[:SINGLE]]
    rates = {name: len(texts) / taken for name, taken in best.items()}
    return (
        f"{task:5} {len(texts)} texts: transformers {rates['transformers']:7.1f} texts/s, "
        f"KluePipeline {rates['ours']:7.1f} texts/s: {rates['ours'] / rates['transformers']:.2f} "
        f"times; one text alone {1000 * statistics.median(single):.1f} ms (median)"
    )


def main() -> None:
    """Measure the tasks one after another."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--model", default=default_encoder())
    parser.add_argument("--cpu", action="store_true", help="processor time, on a busy machine")
    given = parser.parse_args()
    clock = time.process_time if given.cpu else time.perf_counter
    quiet_libraries()
    print(f"encoder {Path(given.model).name}, {torch.get_num_threads()} threads")
    for task in given.tasks.split(","):
        print(measure(task, given.model, given.texts, clock), flush=True)


if __name__ == "__main__":
    main()
