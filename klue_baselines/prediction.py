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
from klue_common.own_files import is_whole
from klue_datasets.errors import show
from klue_metrics import METRICS

from .encoding.collator import Collator
from .encoding.encoder import TextEncoder, open_tokenizer, text_encoder
from .encoding.tokens import warn_unknown
from .library_internals import fingerprint
from .task import Answers, BaselineTask, Record, decoding_of, known_decoding
from .tasks import baseline_of
from .training.devices import meet

ENCODE_BATCH = 500
FORM = 4  # of the features; raised where the same rows become others, so that no old ones are read
Advance = Callable[[int], None]


def encode_rows(
    task: BaselineTask, rows: Dataset, encoder: TextEncoder, config: Any, labels: bool
) -> Dataset:
    """Return the features of a dataset's rows; column `example` is the row that a feature is of.

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
        new_fingerprint=Hasher.hash([fingerprint(rows), *settings]),
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
    """Return the columns that decoding may need: all but the tokens."""
    return [name for name in features.column_names if name not in ("input_ids", "token_type_ids")]


def given_decoding(
    task: BaselineTask, name: str | None = None, constrain: bool | None = None
) -> str | None:
    """Return the name of the decoding that is asked for, None where the model's own is wanted.

    Args:
        task: the task's record.
        name: of a decoding.
        constrain: True for the most constrained one, False for the least.

    Raises:
        InputError: the task has no decoding of the name, or it is asked for in both ways.
    """
    if name is not None and constrain is not None:
        raise InputError(f"decoding: found {name!r} and constrain, expected one of the two")
    if name is not None:
        return known_decoding(task, name)
    return None if constrain is None else [*task.decodings][-1 if constrain else 0]


def ceiling(
    task: BaselineTask, rows: Dataset, encoder: TextEncoder, config: Any
) -> dict[str, float]:
    """Return the scores of a model without mistakes: what its targets and its decoding can say.

    100 where nothing is lost between gold labels, tokens and records.
    """
    features = encode_rows(task, rows, encoder, config, labels=True)
    columns = features.select_columns(kept_columns(features)).to_list()
    given = [task.perfect(row, config) for row in columns]
    answers = Answers(rows.to_list(), columns, given, encoder, config)
    metric = METRICS[task.name]
    decode = next(iter(task.decodings.values()))
    scores = metric.score(metric.gold(rows), decode(answers))
    return {name: float(scores[name]) for name in metric.scores}


def open_fine_tuned(
    task: str,
    model: str,
    trust_remote_code: bool = False,
    use_safetensors: bool | None = None,
) -> tuple[PreTrainedModel, TextEncoder]:
    """Return a model that `klue train` made for a task, and its encoder.

    Args:
        task: the task's id.
        model: a folder or a Hub id.
        trust_remote_code: whether code that lies beside the model may run.
        use_safetensors: as transformers has it.

    Raises:
        InputError: there is no such task or model, or the model is of another task.
    """
    record = baseline_of(task)
    tokenizer = open_tokenizer(model, trust_remote_code=trust_remote_code)
    fine_tuned = record.load(
        model, trust_remote_code=trust_remote_code, use_safetensors=use_safetensors
    )
    length = checked_length(record, fine_tuned.config, model)
    length = tokenizer.model_max_length if length is None else length
    return fine_tuned, text_encoder(fine_tuned, tokenizer, length)


def checked_length(task: BaselineTask, config: Any, model: str) -> int | None:
    """Return how many tokens a model was trained with, None where its configuration is silent.

    Args:
        task: the task that the model is to be for.
        config: the model's configuration.
        model: what to call it.

    Raises:
        InputError: the model is of another task, or the length is no number of tokens.
    """
    made_for = getattr(config, "klue_task", None)
    if made_for != task.name:
        raise InputError(
            f"{model}: found a model for {made_for or 'no KLUE task'}, expected one for {task.name}"
        )
    check_labels(task, config, model)
    length = getattr(config, "klue_max_length", None)
    if length is None:
        return None
    if not is_whole(length) or length < 1:
        raise InputError(
            f"{model}: config.json: klue_max_length: found {show(length)}, expected a whole number "
            "from 1 on"
        )
    return int(length)


def check_labels(task: BaselineTask, config: Any, model: str) -> None:
    """Refuse a checkpoint whose labels are not the task's.

    The tags of a tagger are those of its first place, "B-PS@0".
    """
    if not task.labels:
        return
    names = [str(config.id2label.get(at)) for at in range(len(config.id2label))]
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
    decoding: str | None = None,
    device: str | None = None,
    progress: Callable[[int], contextlib.AbstractContextManager[Advance]] | None = None,
) -> list[Record]:
    """Return the records of a prediction file for the rows of a dataset.

    Each of several processes asks a part of the questions and gets all records.

    Args:
        task: the task's id.
        opened: what `open_fine_tuned` returns.
        rows: the examples.
        batch_size: examples a forward pass.
        decoding: the name of one of the task's, None for the model's own.
        device: None for the one that accelerate chooses.
        progress: (number of features) -> a context that gives the function to count them by.

    Raises:
        InputError: the task has no decoding of that name.
    """
    record = baseline_of(task)
    meet()
    fine_tuned, encoder = opened
    fine_tuned.to(device or PartialState().device)
    name = decoding_of(record, fine_tuned.config, decoding)
    questions = Questions.of(record, rows, encoder, fine_tuned.config, batch_size)
    warn_unknown(task, questions.features, encoder.tokenizer)
    with contextlib.ExitStack() as stack:
        advance = stack.enter_context(progress(len(questions.features))) if progress else None
        answers = ask(questions, fine_tuned, encoder, advance)
    return record.decodings[name](answers)
