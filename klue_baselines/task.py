"""What a task is in this room: one record that says how a model learns it and answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import PreTrainedModel

from .encoding.encoder import TextEncoder

Columns = dict[str, list[Any]]
Record = dict[str, Any]
PLAIN = "plain"
PUBLISHED_HEAD = "original"


@dataclass(frozen=True)
class Answers:
    """What a model said about examples.

    rows: the features that it saw, without their pieces; column `example` of each is the place of
    its example. given: what `BaselineTask.predict` gave for each row.
    """

    examples: Sequence[Record]
    rows: Sequence[Record]
    given: Sequence[Any]
    encoder: TextEncoder
    config: Any


def not_tuned(answers: Answers) -> dict[str, Any]:
    """Nothing: a task whose decoding has nothing to be tuned."""
    return {}


def no_explanation(answers: Answers, decoding: str) -> list[Record]:
    """Nothing for any example: a task whose record says all that there is."""
    return [{} for _ in answers.examples]


@dataclass(frozen=True)
class BaselineTask:
    """How one task is learned.

    name: the task's id, the same in every room.
    labels: the names of what is predicted, in the order of the model's outputs.
    heads: the kinds of head that `build` makes, the default first; "original" is the published one.
    build: (encoder folder or id, head=, labels=, tokenizer=, ontology=, changes= to the
        encoder's configuration) -> a model to fine-tune.
    load: a fine-tuned model's folder or id, options of `from_pretrained` -> the model.
    encode: (columns of a batch of examples, encoder, model configuration, with gold labels?) ->
        columns of model inputs. One example may become several rows (windows, turns); the column
        `example` says which of the batch's examples a row is of, `length` its pieces.
    row: what a person gives (see `KluePipeline`) -> an example with the columns `encode` reads.
    padding: the model inputs beside `input_ids` and what each is filled up with. Columns that are
        neither are kept for `decode` and never reach the model.
    predict: (model, inputs) -> one small answer for each row of the batch.
    decodings: the ways from answers to records, the least constrained first.
    decode: (answers, decoding) -> records of the prediction file, in the examples' order.
    tune: answers about held-out examples with their gold labels -> fields of the model
        configuration that a decoding uses.
    perfect: (a row of `encode` with gold labels, model configuration) -> the answer of a model
        that has learned these targets completely.
    holdout_unit: the column whose equal values stay on one side when a part is held out of train,
        so that no sentence, premise or passage is on both.
    loss: (outputs, labels, number of labels) -> loss, where the model's own does not serve.
    explain: (answers, decoding) -> for each example what stands behind its record, as data.
    """

    name: str
    build: Callable[..., PreTrainedModel]
    load: Callable[..., PreTrainedModel]
    encode: Callable[..., Columns]
    predict: Callable[[PreTrainedModel, Mapping[str, torch.Tensor]], list[Any]]
    decode: Callable[[Answers, str], list[Record]]
    perfect: Callable[[Record, Any], Any]
    padding: Mapping[str, float]
    row: Callable[..., Record]
    labels: tuple[str, ...] = ()
    heads: tuple[str, ...] = (PUBLISHED_HEAD,)
    decodings: tuple[str, ...] = (PLAIN,)
    tune: Callable[[Answers], Mapping[str, Any]] = not_tuned
    holdout_unit: str = "guid"
    loss: Callable[..., torch.Tensor] | None = None
    needs_ontology: bool = False
    explain: Callable[[Answers, str], list[Record]] = no_explanation
