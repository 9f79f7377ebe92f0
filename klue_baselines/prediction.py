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

from klue_common.errors import InputError
from klue_metrics import METRICS

from .encoding.collator import Collator
from .encoding.encoder import TextEncoder, open_tokenizer, text_encoder
from .encoding.pieces import warn_unknown
from .task import Answers, BaselineTask, Record
from .tasks import BASELINES
from .training.devices import meet

ENCODE_BATCH = 500
FORM = 2  # of the features; raised where the same rows become others, so that no old ones are read
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

    settings = [task.name, FORM, encoder.digest, labels, config.to_json_string(use_diff=False)]
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
def ask(
    questions: Questions,
    model: PreTrainedModel,
    encoder: TextEncoder,
    advance: Advance | None = None,
    autocast: Callable[[], contextlib.AbstractContextManager[Any]] = contextlib.nullcontext,
) -> Answers:
    """Ask every question once; each process takes every n-th batch and gets all answers."""
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
    given = [answer for _, answer in sorted(everything, key=lambda pair: pair[0])]
    rows = questions.features.select_columns(kept_columns(questions.features)).to_list()
    return Answers(questions.examples, rows, given, encoder, model.config)


def kept_columns(features: Dataset) -> list[str]:
    """The columns that decoding may need: all but the pieces."""
    return [name for name in features.column_names if name not in ("input_ids", "token_type_ids")]


def decoding_of(task: BaselineTask, config: Any, constrain: bool | None = None) -> str:
    """The decoding to use: the model's own, or the least or the most constrained one.

    A model's own is the one that did best on the held-out part of its train split.
    """
    if constrain is not None:
        return task.decodings[-1 if constrain else 0]
    return getattr(config, "klue_decoding", task.decodings[0])


def ceiling(
    task: BaselineTask, rows: Dataset, encoder: TextEncoder, config: Any
) -> dict[str, float]:
    """The scores of a model that makes no mistake: what its targets and its decoding can say.

    100 where nothing is lost between gold labels, pieces and records.
    """
    features = encode_rows(task, rows, encoder, config, labels=True)
    columns = features.select_columns(kept_columns(features)).to_list()
    given = [task.perfect(row, config) for row in columns]
    answers = Answers(rows.to_list(), columns, given, encoder, config)
    metric = METRICS[task.name]
    scores = metric.score(metric.gold(rows), task.decode(answers, task.decodings[0]))
    return {name: float(scores[name]) for name in metric.scores}


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
    check_labels(BASELINES[task], fine_tuned.config, model)
    length = getattr(fine_tuned.config, "klue_max_length", tokenizer.model_max_length)
    return fine_tuned, text_encoder(fine_tuned, tokenizer, length)


def check_labels(task: BaselineTask, config: Any, model: str) -> None:
    """Refuse a checkpoint whose labels are not the task's.

    The tags of a tagger are those of its first place, "B-PS@0".
    """
    if not task.labels:
        return
    names = [config.id2label[at] for at in range(len(config.id2label))]
    found = [name.partition("@")[0] for name in names[: len(task.labels)]]
    if len(names) % len(task.labels) or tuple(found) != task.labels:
        odd = sorted(set(task.labels).symmetric_difference(found))
        shown = f" ({', '.join(odd[:3])})" if odd else ", in another order or number"
        raise InputError(
            f"{model}: config.json: found a label set that is not {task.name}'s{shown}, "
            f"expected its {len(task.labels)} labels in their order"
        )


def predict(
    task: str,
    opened: tuple[PreTrainedModel, TextEncoder],
    rows: Dataset,
    batch_size: int,
    constrain: bool | None = None,
    device: str | None = None,
    progress: Callable[[int], contextlib.AbstractContextManager[Advance]] | None = None,
) -> list[Record]:
    """The records of a prediction file for the rows of a dataset, by what `open_fine_tuned` gave.

    Each of several processes asks a part of the questions and gets all records.
    """
    meet()
    fine_tuned, encoder = opened
    fine_tuned.to(device or PartialState().device)
    questions = Questions.of(BASELINES[task], rows, encoder, fine_tuned.config, batch_size)
    warn_unknown(task, questions.features, encoder.tokenizer)
    with contextlib.ExitStack() as stack:
        advance = stack.enter_context(progress(len(questions.features))) if progress else None
        answers = ask(questions, fine_tuned, encoder, advance)
    decoding = decoding_of(BASELINES[task], fine_tuned.config, constrain)
    return BASELINES[task].decode(answers, decoding)
