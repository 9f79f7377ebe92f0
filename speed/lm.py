"""Language models: ranking in process beside a full pass a label, prompts and replies a second.

    python -m speed.lm [MODEL]

MODEL: a folder or Hub id of a causal model; without it one with random weights (eight layers of
width 512, a byte-level tokenizer learned on the sample) ranks. Headlines with seven shots, in this
process and in turn: a full forward pass for each label, in which logits are computed for the
label's tokens alone, and `CausalModel.rank`. Without KLUE_DATA_DIR rows are the bundled sample's.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from klue_baselines.causal.model import CausalModel
from klue_baselines.causal.prefixes import common
from klue_common.progress import quiet_libraries
from klue_datasets import read_rows
from klue_datasets.sources import VARIABLE
from klue_lm.prompts import prompts_for
from klue_lm.reading import cleaned
from klue_lm.tasks import LMS, lm_task

IS_SAMPLE = not os.environ.get(VARIABLE)
ROWS, REPEATS = 1000, 5
SHOTS, WARM, RANKED = 7, 3, 5  # the first prompts find out what all share
LEAST_RATIO, LEAST_RATE = 5, 20_000


def main() -> None:
    quiet_libraries()
    console = Console(width=120)
    console.print(ranking(sys.argv[1] if len(sys.argv) > 1 else None))
    console.print(rates())


def ranking(model: str | None) -> Table:
    """Seconds a headline by full passes and by `rank`, and how far their numbers are apart."""
    with tempfile.TemporaryDirectory() as folder:
        causal = CausalModel.open(model or random_model(Path(folder)))
    prompts = prompts_for(lm_task("ynat"), shots=SHOTS, sample=IS_SAMPLE)
    rows = read_rows("ynat", "validation", sample=IS_SAMPLE, full=True)
    labels = [f" {text}" for text in prompts.wording.labels.values()]
    asked = [
        prompts.prompt(prompts.task.questions(rows[at], "ko")[0]) for at in range(WARM + RANKED)
    ]
    for prompt in asked[:WARM]:
        causal.rank(prompt, labels)
    took = {"full passes": 0.0, "rank": 0.0}
    apart = 0.0
    for prompt in asked[WARM:]:
        began = time.perf_counter()
        plain = full_passes(causal, prompt, labels)
        between = time.perf_counter()
        ours = causal.rank(prompt, labels).logprobs
        took["rank"] += time.perf_counter() - between
        took["full passes"] += between - began
        apart = max(apart, float(np.abs(ours - plain).max()))
    table = heads("model", "tokens", "full passes, s", "rank, s", "times", "logprobs apart")
    ratio = took["full passes"] / took["rank"]
    table.add_row(
        model or "random, 8 layers of 512",
        str(len(causal.tokens(asked[-1]))),
        *(f"{seconds / RANKED:.3f}" for seconds in took.values()),
        f"{ratio:.1f} (≥ {LEAST_RATIO})",
        f"{apart:.1e}",
    )
    return table


@torch.inference_mode()
def full_passes(causal: CausalModel, prompt: str, labels: Sequence[str]) -> np.ndarray:
    """Return the log-probabilities of labels, each read behind the whole prompt."""
    texts = [causal.tokens(prompt + label) for label in labels]
    shared = common(texts)
    sums = []
    for ids in texts:
        given = torch.tensor([ids], device=causal.network.device)
        keep = len(ids) - shared + 1
        output = causal.network.model(input_ids=given, use_cache=False, logits_to_keep=keep)
        values = output.logits[0, :-1].float().log_softmax(-1)
        sums.append(float(values.gather(1, given[0, shared:, None]).sum()))
    return np.array(sums)


def random_model(folder: Path) -> str:
    """Write a model with random weights whose layers are of a small model's size."""
    from transformers import AutoModelForCausalLM, LlamaConfig

    from tests.klue_baselines.causal.tiny_models import tiny_tokenizer

    torch.manual_seed(0)
    tokenizer = tiny_tokenizer()
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=512,
        intermediate_size=1408,
        num_hidden_layers=8,
        num_attention_heads=8,
        max_position_embeddings=4096,
    )
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def rates() -> Table:
    """Prompts made of rows, and replies read, a second of this process's time."""
    least = f"≥ {LEAST_RATE:,}; ! marks less"
    table = heads("task", "questions", "prompts/s", "replies/s", least)
    for name, task in LMS.items():
        prompts = prompts_for(task, shots=SHOTS, sample=IS_SAMPLE)
        rows = list(read_rows(name, "validation", sample=IS_SAMPLE, full=True))[:ROWS]
        questions = [one for row in rows for one in task.questions(row, "ko")]
        replies = [task.lead + text for row in rows for text in task.answers(row, "ko")]
        pairs = list(zip(questions, replies, strict=True))

        def build(rows: Any = rows, task: Any = task, prompts: Any = prompts) -> None:
            for row in rows:
                for question in task.questions(row, "ko"):
                    prompts.prompt(question)

        def read(pairs: Any = pairs, task: Any = task) -> None:
            for question, reply in pairs:
                task.read(question, cleaned(reply))

        counts = (best_rate(build, len(questions)), best_rate(read, len(pairs)))
        shown = (f"{rate:,.0f}{' !' if rate < LEAST_RATE else ''}" for rate in counts)
        table.add_row(name, f"{len(questions):,}", *shown)
    return table


def best_rate(work: Callable[[], None], count: int) -> float:
    """How many a second of this process's own time, in the best of some repeats."""
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return count / min(times)


def heads(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for at, name in enumerate(names):
        table.add_column(name, justify="right" if at else "left", no_wrap=True)
    return table


if __name__ == "__main__":
    main()
