"""NER: a BIO tag for every character, spaces included.

The original copies a piece's tag to its first character and invents the rest, and loses track of
characters behind an [UNK]. Here a piece's state predicts one tag for each place in it, so that a
character's tag comes from the piece that covers it and its place there; which piece that is, the
character offsets say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import AutoModelForTokenClassification, PreTrainedModel

from klue_datasets import TASKS

from .encoder import TextEncoder, offsets, open_weights
from .pieces import split_unknown_words
from .task import BaselineTask, Columns, Record
from .text import normalise

PLACES = 8  # pieces with an entity's border behind their eighth character do not occur in KLUE
STRIDE = 64
IGNORED = -100


def build(model: str, labels: Sequence[str], **_: Any) -> PreTrainedModel:
    """An encoder with a linear layer to `PLACES` tags for each piece.

    Output `place * len(labels) + label` is named `label@place`.
    """
    names = [f"{label}@{place}" for place in range(PLACES) for label in labels]
    return open_weights(
        AutoModelForTokenClassification,
        model,
        num_labels=len(names),
        id2label=dict(enumerate(names)),
        label2id={name: index for index, name in enumerate(names)},
        ignore_mismatched_sizes=True,
    )


def load(model: str, **options: Any) -> PreTrainedModel:
    """A fine-tuned tagger."""
    return open_weights(AutoModelForTokenClassification, model, **options)


def tags(config: Any) -> list[str]:
    """The tag names of a tagger, in the order of its outputs."""
    return [
        config.id2label[index].removesuffix("@0") for index in range(config.num_labels // PLACES)
    ]


def tokenize(
    texts: list[str], encoder: TextEncoder
) -> tuple[list[list[int]], list[np.ndarray], list[int]]:
    """Pieces, their character offsets, and the text that each window is of.

    A word of which the vocabulary lacks a single character becomes one [UNK] as a whole; such a
    text is tokenised again with the characters of those words apart, so that only the characters
    that are really unknown are lost to the model.
    """
    windows: dict[str, Any] = {
        "stride": min(STRIDE, encoder.max_length // 4),
        "return_overflowing_tokens": True,
    }
    unknown = encoder.tokenizer.unk_token_id

    def windowed(encoding: Any, starts: list[list[int]] | None) -> Any:
        owners = list(encoding["overflow_to_sample_mapping"])
        spans = []
        for window, owner in enumerate(owners):
            span = offsets(encoding, window)
            if starts is not None:
                words = [-1 if word is None else word for word in encoding.word_ids(window)]
                span = (
                    span + np.where(np.array(words) < 0, 0, np.array(starts[owner])[words])[:, None]
                )
            spans.append(span)
        return list(encoding["input_ids"]), spans, owners

    ids, spans, owners = windowed(encoder(texts, **windows), None)
    lost = {
        owner
        for row, span, owner in zip(ids, spans, owners, strict=True)
        if any(
            piece == unknown and end - start > 1
            for piece, (start, end) in zip(row, span, strict=True)
        )
    }
    if not lost:
        return ids, spans, owners
    again = sorted(lost)
    parts = [split_unknown_words(texts[index], encoder.tokenizer) for index in again]
    encoding = encoder(
        [[text for _, text in part] for part in parts], is_split_into_words=True, **windows
    )
    ids2, spans2, owners2 = windowed(encoding, [[start for start, _ in part] for part in parts])
    kept = [index for index, owner in enumerate(owners) if owner not in lost]
    return (
        [ids[index] for index in kept] + ids2,
        [spans[index] for index in kept] + spans2,
        [owners[index] for index in kept] + [again[owner] for owner in owners2],
    )


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Sentences as windows of pieces; `labels` has shape (pieces, PLACES)."""
    texts = [normalise("".join(tokens)) for tokens in batch["tokens"]]
    ids, spans, owners = tokenize(texts, encoder)
    columns: Columns = {
        "input_ids": ids,
        "example": owners,
        "start": [span[:, 0].tolist() for span in spans],
        "end": [span[:, 1].tolist() for span in spans],
        "length": [len(row) for row in ids],
    }
    if encoder.token_types:
        columns["token_type_ids"] = [[0] * len(row) for row in ids]
    if labels:
        gold = [np.asarray(row) for row in batch["ner_tags"]]
        columns["labels"] = [
            place_labels(gold[owner], span).tolist()
            for owner, span in zip(owners, spans, strict=True)
        ]
    return columns


def place_labels(gold: np.ndarray, span: np.ndarray) -> np.ndarray:
    """The tag of each place of each piece, `IGNORED` where the piece has no such character."""
    characters = span[:, :1] + np.arange(PLACES)
    inside = characters < span[:, 1:]
    return np.where(inside, gold[np.minimum(characters, len(gold) - 1)], IGNORED)


def loss(outputs: Any, labels: torch.Tensor, num_items_in_batch: Any = None) -> torch.Tensor:
    """Mean cross-entropy over the characters."""
    logits = outputs.logits.reshape(-1, outputs.logits.shape[-1] // PLACES)
    flat = labels.reshape(-1)
    if num_items_in_batch is None:
        return cross_entropy(logits, flat, ignore_index=IGNORED)
    return cross_entropy(logits, flat, ignore_index=IGNORED, reduction="sum") / num_items_in_batch


def predict(model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]) -> list[list[list[int]]]:
    """The best tag of each place of each piece, shape (pieces, PLACES)."""
    logits = model(**inputs).logits
    rows, pieces, outputs = logits.shape
    best = logits.view(rows, pieces, PLACES, outputs // PLACES).argmax(-1)
    lengths = inputs["attention_mask"].sum(-1).tolist()
    return [row[:length] for row, length in zip(best.tolist(), lengths, strict=True)]


def decode(
    examples: Sequence[Record],
    rows: Sequence[Record],
    answers: Sequence[Any],
    encoder: Any,
    config: Any,
) -> list[Record]:
    """Records with one tag a character."""
    names = tags(config)
    outside = names.index("O")
    found = [np.full(len(example["tokens"]), -1) for example in examples]
    margins = [np.full(len(example["tokens"]), -1) for example in examples]
    for row, answer in zip(rows, answers, strict=True):
        spread(np.asarray(answer), row, found[row["example"]], margins[row["example"]])
    return [
        {"guid": example["guid"], "tags": [names[tag] for tag in fill_gaps(ids, names, outside)]}
        for example, ids in zip(examples, found, strict=True)
    ]


def spread(best: np.ndarray, row: Record, found: np.ndarray, margin: np.ndarray) -> None:
    """Give each character the tag of its place in its piece, in place.

    Where windows overlap, the one in which the character stands further from a border wins.
    """
    start, end = np.asarray(row["start"]), np.asarray(row["end"])
    pieces = np.repeat(np.arange(len(start)), end - start)
    if not len(pieces):
        return
    places = np.arange(len(pieces)) - np.repeat(np.cumsum(end - start) - (end - start), end - start)
    characters = start[pieces] + places
    depth = np.minimum(pieces, len(start) - 1 - pieces)
    better = depth > margin[characters]
    found[characters[better]] = best[pieces, np.minimum(places, PLACES - 1)][better]
    margin[characters[better]] = depth[better]


def fill_gaps(ids: np.ndarray, names: Sequence[str], outside: int) -> list[int]:
    """Tag the characters that no piece covers: spaces, and what the tokenizer deletes.

    Such a character is inside an entity exactly if the entity goes on behind it.
    """
    filled = ids.tolist()
    following = outside
    for at in range(len(filled) - 1, -1, -1):
        if filled[at] < 0:
            filled[at] = following if names[following].startswith("I-") else outside
        following = filled[at]
    return filled


def row(sentence: str) -> Record:
    """A sentence as an example: a token is a character."""
    return {"guid": "", "tokens": list(sentence)}


BASELINE = BaselineTask(
    name="ner",
    labels=tuple(TASKS["ner"].features["ner_tags"].feature.names),
    build=build,
    load=load,
    encode=encode,
    predict=predict,
    decode=decode,
    row=row,
    padding={"labels": IGNORED},
    loss=loss,
)
