"""How fast an exported model answers, beside the same model in torch: ONNX in float32 and in int8.

The same texts through the same pipeline, in the same process and in turn, on as many threads; many
texts at once, each measurement the best of its rounds, and single ones, warm. The encoder and the
texts are those of speed.pipelines.

    python -m speed.onnx
    python -m speed.onnx --tasks ner --texts 500 --model runs/encoder --cpu
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

import torch

from klue_baselines.encoding.encoder import open_tokenizer
from klue_baselines.pipeline import KluePipeline
from klue_baselines.serving.writing import export
from klue_baselines.tasks import BASELINES
from klue_common.progress import quiet_libraries

from .pipelines import BATCH, ROUNDS, SINGLE, Clock, default_encoder, seconds, texts_of

TASKS = ("ynat", "ner")
TIMES = 2.0  # as fast as torch, that int8 is to be


def pipelines(task: str, encoder: str, folder: Path) -> dict[str, KluePipeline]:
    """Return a model with a new head, in torch and exported."""
    record, tokenizer = BASELINES[task], open_tokenizer(encoder)
    torch.manual_seed(0)
    made = record.build(encoder, head=record.heads[0], labels=record.labels, tokenizer=tokenizer)
    length = record.recipes["base"].max_length
    made.config.update({"klue_task": task, "klue_max_length": length})
    trained, exported = str(folder / "trained"), str(folder / "exported")
    made.save_pretrained(trained)
    tokenizer.save_pretrained(trained)
    export(task, trained, Path(exported))
    opened = partial(KluePipeline.from_pretrained, task, exported, runtime="onnx")
    return {
        "torch": KluePipeline.from_pretrained(task, trained),
        "onnx": opened(),
        "onnx int8": opened(dtype="int8"),
    }


def measure(task: str, encoder: str, count: int, clock: Clock) -> str:
    """Return the lines of a task."""
    with tempfile.TemporaryDirectory() as folder:
        ways = pipelines(task, encoder, Path(folder))
    texts = texts_of(task, count)
    for ask in ways.values():
        ask(texts[:BATCH])  # warm
    rounds = [
        {name: seconds(partial(ask, texts), clock) for name, ask in ways.items()}
        for _ in range(ROUNDS)
    ]
    rates = {name: len(texts) / min(one[name] for one in rounds) for name in ways}
    alone: dict[str, list[float]] = {name: [] for name in ways}
    for text in texts[:SINGLE]:
        for name, ask in ways.items():
            alone[name].append(1000 * seconds(partial(ask, text), clock))
    medians = {name: statistics.median(times) for name, times in alone.items()}
    return "\n".join(
        f"{task:5} {name:9} {rates[name]:7.1f} texts/s ({rates[name] / rates['torch']:.2f} times), "
        f"one text alone {medians[name]:6.1f} ms ({medians['torch'] / medians[name]:.2f} times)"
        for name in ways
    )


def main() -> None:
    """Measure the tasks one after another."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--texts", type=int, default=500)
    parser.add_argument("--model", default=default_encoder())
    parser.add_argument("--cpu", action="store_true", help="processor time, on a busy machine")
    given = parser.parse_args()
    clock = time.process_time if given.cpu else time.perf_counter
    quiet_libraries()
    threads = torch.get_num_threads()
    print(f"encoder {Path(given.model).name}, {threads} threads; int8 is to be {TIMES} times torch")
    for task in given.tasks.split(","):
        print(measure(task, given.model, given.texts, clock), flush=True)


if __name__ == "__main__":
    main()
