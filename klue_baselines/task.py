"""What a task is in this room: one record that says how a model learns it and answers it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from transformers import Pipeline, PreTrainedModel

from klue_common.errors import InputError
from klue_datasets.schema import Schema
from klue_results.model_call import ModelCall

from .encoding.encoder import TextEncoder
from .recipe import Recipe
from .serving.graph import Graph

Columns = dict[str, list[Any]]
Record = dict[str, Any]
PLAIN = "plain"
PUBLISHED_HEAD = "original"


@dataclass(frozen=True)
class Answers:
    """What a model said about examples.

    rows: the features that it saw, without their tokens; column `example` of each is the place of
    its example. given: what `BaselineTask.predict` gave for each row. beside: what stands beside
    that where `BaselineTask.scored` gave it, else nothing.
    """

    examples: Sequence[Record]
    rows: Sequence[Record]
    given: Sequence[Any]
    encoder: TextEncoder
    config: Any
    beside: Sequence[Any] = ()


Decoding = Callable[[Answers], list[Record]]
Scores = Callable[[Answers, Sequence[Record], str], list[Any]]
Spans = Callable[[Answers, Sequence[Record]], list[list[Record]]]
Scored = Callable[[PreTrainedModel, Mapping[str, torch.Tensor]], list[tuple[Any, Any]]]
Format = Callable[[Iterable[tuple[Record, Record]]], Iterable[str]]


def not_tuned(answers: Answers) -> dict[str, Any]:
    """Return nothing: a task whose decoding has nothing to be tuned."""
    return {}


def no_context(**_: Any) -> dict[str, Any]:
    """Return nothing: a task whose model is built from its labels alone."""
    return {}


def never_one(listed: Any) -> bool:
    """Return False: a task none of whose examples is a list."""
    return False


@dataclass(frozen=True, kw_only=True)
class AskedTask:
    """How a model of one task is asked, once it has learned.

    name: the task's id, the same in every room.
    encode: (columns of a batch of examples, encoder, model configuration, with gold labels?) ->
        columns of model inputs. One example may become several rows (windows, turns); the column
        `example` says which of the batch's examples a row is of, `length` its tokens.
    predict: (model, inputs) -> one small answer for each row of the batch.
    decodings: name -> a way from answers to records of the prediction file, in the examples' order;
        the least constrained first, the most constrained last.
    padding: the model inputs beside `input_ids` and what each is filled up with. Columns that are
        neither are kept for the decodings and never reach the model.
    row: the parts of what a person gives -> an example with the columns `encode` reads.
    expected: what a person gives for one example, for messages: "a headline".
    fields: the fields of the raw file that hold the parts, in the order of `row`'s arguments. Of
        several such lists the first counts whose fields are all there.
    is_one: (a list or tuple) -> whether it is one part, and neither several nor several examples.
    unmarked: a text in which its parts are marked -> the parts; None where nothing is marked.
    scores: (answers, their records, decoding) -> for each record how sure the model is, as data.
    scored: as `predict`, and beside each answer what `scores` needs and no record does; None where
        the answers hold it all.
    spans: (answers, their records) -> for each record the parts of the text that it names, by
        character offsets; None where records name none.
    cut: answers -> for each example the tokens that the encoder had no room for; None where texts
        are read whole.
    record_a_row: whether an example has a record for each of its rows, and not one.
    """

    name: str
    encode: Callable[..., Columns]
    predict: Callable[[PreTrainedModel, Mapping[str, torch.Tensor]], list[Any]]
    decodings: Mapping[str, Decoding]
    padding: Mapping[str, float]
    row: Callable[..., Record]
    expected: str
    fields: tuple[tuple[str, ...], ...]
    scores: Scores
    is_one: Callable[[Any], bool] = never_one
    unmarked: Callable[[str], tuple[Any, ...]] | None = None
    scored: Scored | None = None
    spans: Spans | None = None
    cut: Callable[[Answers], list[int]] | None = None
    record_a_row: bool = False


@dataclass(frozen=True, kw_only=True)
class BaselineTask(AskedTask):
    """How one task is learned, beside how it is asked.

    labels: the names of what is predicted, in the order of the model's outputs.
    heads: the kinds of head that `build` makes, the default first; "original" is the published one.
    build: (encoder folder or id, head=, labels=, tokenizer=, changes= to the encoder's
        configuration, and what `context` gives) -> a model to fine-tune.
    context: (data_dir=, sample=) -> what of the data `build` needs beside the labels, by the names
        of its arguments: an ontology.
    load: a fine-tuned model's folder or id, options of `from_pretrained` -> the model.
    answer: what a record holds beside its guid, with everything that people can ask for ("scores",
        "cut", "spans"): the columns of a file of answers.
    windows: whether `encode` makes overlapping rows of a text that is longer than the encoder
        takes, so that nothing is cut off.
    tune: answers about held-out examples with their gold labels -> fields of the model
        configuration that a decoding uses.
    perfect: (a row of `encode` with gold labels, model configuration) -> the answer of a model
        that has learned these targets completely.
    holdout_unit: the column whose equal values stay on one side when a part is held out of train,
        so that no sentence, premise or passage is on both.
    recipes: the published settings, for encoders of the sizes "base" and "large".
    loss: (outputs, labels, number of labels) -> loss, where the model's own does not serve.
    formats: name -> a way from examples, each with its record, to the parts of a text file, for
        people whose other tools read a format of the field.
    card: how a model's card loads and asks it.
    pipeline: transformers' pipeline for its models where none of the library's own gives their
        answers; `card.own_pipeline` is its name.
    graph: what of a model is exported to ONNX.
    """

    build: Callable[..., PreTrainedModel]
    load: Callable[..., PreTrainedModel]
    perfect: Callable[[Record, Any], Any]
    answer: Schema
    recipes: Mapping[str, Recipe]
    card: ModelCall
    labels: tuple[str, ...] = ()
    heads: tuple[str, ...] = (PUBLISHED_HEAD,)
    context: Callable[..., Mapping[str, Any]] = no_context
    tune: Callable[[Answers], Mapping[str, Any]] = not_tuned
    formats: Mapping[str, Format] = field(default_factory=dict)
    windows: bool = False
    holdout_unit: str = "guid"
    loss: Callable[..., torch.Tensor] | None = None
    pipeline: type[Pipeline] | None = None
    graph: Graph = field(default_factory=Graph)


def decoding_of(task: AskedTask, config: Any, given: str | None = None) -> str:
    """Return the name of the decoding to use: the one that is asked for, or the model's own.

    A model's own is the one that did best on the held-out part of its train split; of a model that
    names none it is the least constrained.

    Args:
        task: the task's record.
        config: the model's configuration.
        given: what `given_decoding` returns.

    Raises:
        InputError: the model names a decoding that the task does not have.
    """
    own = getattr(config, "klue_decoding", next(iter(task.decodings)))
    return known_decoding(task, given or str(own))


def known_decoding(task: AskedTask, name: str) -> str:
    """Return the name of a decoding, if the task has it.

    Raises:
        InputError: it does not; the message lists those that it has.
    """
    if name not in task.decodings:
        expected = " or ".join(map(repr, task.decodings))
        raise InputError(f"decoding: found {name!r}, expected {expected} for {task.name}")
    return name
