"""From examples to records of a prediction file, batch by batch, on one process or on many."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from accelerate import PartialState
from accelerate.utils import gather_object
from datasets import Dataset
from datasets.fingerprint import Hasher
from transformers import PreTrainedModel

from .collator import Collator
from .encoder import TextEncoder, open_tokenizer, text_encoder
from .errors import InputError
from .registry import BASELINES
from .task import BaselineTask, Record

ENCODE_BATCH = 500
Advance = Callable[[int], None]


def encode_rows(
    task: BaselineTask, rows: Dataset, encoder: TextEncoder, config: Any, labels: bool
) -> Dataset:
    """The features of a dataset's rows; column `example` is the row that a feature is of.

    The result is cached beside the rows, under a fingerprint of the rows, the task's settings and
    the tokenizer.
    """

    def encode(batch: dict[str, list[Any]], indices: list[int]) -> dict[str, list[Any]]:
        columns = task.encode(batch, encoder, config, labels)
        local = columns.get("example", range(len(columns["input_ids"])))
        return {**columns, "example": [indices[at] for at in local]}

    settings = [task.name, encoder.digest, labels, config.to_json_string(use_diff=False)]
    return rows.map(
        encode,
        batched=True,
        batch_size=ENCODE_BATCH,
        with_indices=True,
        remove_columns=rows.column_names,
        new_fingerprint=Hasher.hash([rows._fingerprint, *settings]),
        desc=None,
    )


@dataclass(frozen=True)
class Questions:
    """What a model is asked: examples, their features without gold labels, and the batches."""

    task: BaselineTask
    examples: Sequence[Record]
    features: Dataset
    batches: Sequence[Sequence[int]]

    @classmethod
    def of(
        cls, task: BaselineTask, rows: Dataset, encoder: TextEncoder, config: Any, batch_size: int
    ) -> Questions:
        """Encode rows, batch them by length, the longest first: a lack of memory shows at once."""
        features = encode_rows(task, rows, encoder, config, labels=False)
        lengths = features["length"][:]
        order = sorted(range(len(features)), key=lambda at: (-lengths[at], at))
        batches = [order[at : at + batch_size] for at in range(0, len(order), batch_size)]
        return cls(task, rows.to_list(), features, batches)


@torch.inference_mode()
def answer(
    questions: Questions,
    model: PreTrainedModel,
    encoder: TextEncoder,
    advance: Advance | None = None,
    autocast: Callable[[], contextlib.AbstractContextManager[Any]] = contextlib.nullcontext,
) -> list[Record]:
    """Predict every example once; each process takes every n-th batch and gets all records."""
    state = PartialState()
    task = questions.task
    collate = Collator(encoder.tokenizer.pad_token_id, task.padding)
    model.eval()
    mine: list[tuple[int, Any]] = []
    for batch in questions.batches[state.process_index :: state.num_processes]:
        rows = questions.features.select(batch).to_list()
        inputs = {name: tensor.to(model.device) for name, tensor in collate(rows).items()}
        with autocast():
            mine += zip(batch, task.predict(model, inputs), strict=True)
        if advance is not None:
            advance(len(batch) * state.num_processes)
    everything = mine if state.num_processes == 1 else gather_object(mine)
    answers = [given for _, given in sorted(everything, key=lambda pair: pair[0])]
    meta = [
        name
        for name in questions.features.column_names
        if name not in ("input_ids", "token_type_ids")
    ]
    rows = questions.features.select_columns(meta).to_list()
    return task.decode(questions.examples, rows, answers, encoder, model.config)


def open_fine_tuned(
    task: str,
    model: str,
    trust_remote_code: bool | None = None,
    use_safetensors: bool | None = None,
) -> tuple[PreTrainedModel, TextEncoder]:
    """A model that `klue train` made for this task, and its encoder; options of transformers."""
    tokenizer = open_tokenizer(model, trust_remote_code=trust_remote_code)
    fine_tuned = BASELINES[task].load(
        model, trust_remote_code=trust_remote_code, use_safetensors=use_safetensors
    )
    made_for = getattr(fine_tuned.config, "klue_task", None)
    if made_for != task:
        raise InputError(
            f"{model}: found a model for {made_for or 'no KLUE task'}, expected one for {task}"
        )
    length = getattr(fine_tuned.config, "klue_max_length", tokenizer.model_max_length)
    return fine_tuned, text_encoder(fine_tuned, tokenizer, length)


def predict(
    task: str,
    model: str,
    rows: Dataset,
    batch_size: int,
    device: str | None = None,
    progress: Callable[[int], contextlib.AbstractContextManager[Advance]] | None = None,
) -> list[Record]:
    """The records of a prediction file for the rows of a dataset."""
    fine_tuned, encoder = open_fine_tuned(task, model)
    fine_tuned.to(device or PartialState().device)
    questions = Questions.of(BASELINES[task], rows, encoder, fine_tuned.config, batch_size)
    with contextlib.ExitStack() as stack:
        advance = stack.enter_context(progress(len(questions.features))) if progress else None
        return answer(questions, fine_tuned, encoder, advance)
