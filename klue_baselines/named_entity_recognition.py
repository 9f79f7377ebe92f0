"""NER: a BIO tag for every character, spaces included.

The original copies a token's tag to its first character and invents the rest, and loses track of
characters behind an [UNK]. Here a token's state predicts one tag for each place in it, so that a
character's tag comes from the token that covers it and its place there; which token that is, the
character offsets say.

The entries of the column `tokens` are called units here: a unit is what has a tag, in KLUE a
character.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from klue_datasets import TASKS
from klue_datasets.schema import List, Schema, Value
from klue_results.model_call import ModelCall
from klue_text.normal_forms import Normalised, check_text, check_texts

from .encoding.encoder import NO_CHANGES, TextEncoder
from .encoding.windows import sentence_windows_of, windows_of
from .heads.losses import IGNORED, mean
from .heads.tag_sequences import (
    IMPOSSIBLE,
    continue_tags,
    fill_gaps,
    most_probable,
    valid_sequences,
)
from .heads.tagged_units import entity_scores, one_to_one, tag_scores, tagged_units, tags
from .heads.token_classification import build_named, load, places_of
from .pipelines.kinds import TokenClassification
from .recipe import BASE, LARGE, Recipe
from .task import PLAIN, PUBLISHED_HEAD, Answers, BaselineTask, Columns, Record

VALID = "valid"
Choose = Callable[[Sequence[np.ndarray], Sequence[str]], list[np.ndarray]]


def build(
    model: str,
    head: str,
    labels: Sequence[str],
    changes: Mapping[str, Any] = NO_CHANGES,
    **_: Any,
) -> PreTrainedModel:
    """Return an encoder with a linear layer to the tags of each place in a token.

    Output `place * len(labels) + label` is named `label@place`. The published head has one place:
    a token's tag is that of its first character.
    """
    names = [f"{label}@{place}" for place in range(places_of(head)) for label in labels]
    return build_named(model, names, changes)


def places(config: Any) -> int:
    """Return how many characters of a token have a tag of their own."""
    return len(config.id2label) // len(tags(config))


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Return sentences as windows of tokens; `labels` has shape (tokens, places).

    `start` and `end` are each token's character offsets in the normalised sentence.
    """
    sentences = [Normalised.of("".join(units)) for units in batch["tokens"]]
    # A text of several windows is not learned from as what is asked about: sentences stay whole.
    windows = windows_of if labels else sentence_windows_of
    ids, spans, owners = windows([sentence.text for sentence in sentences], encoder)
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
        names, size = tags(config), places(config)
        owning = map(owning_units, batch["tokens"], sentences)
        gold = [
            continue_tags(np.asarray(row)[unit], unit, names)
            for row, unit in zip(batch["ner_tags"], owning, strict=True)
        ]
        columns["labels"] = [
            place_labels(gold[owner], span, size).tolist()
            for owner, span in zip(owners, spans, strict=True)
        ]
    return columns


def owning_units(units: Sequence[str], sentence: Normalised) -> np.ndarray:
    """Return, for each character of a normalised sentence, the unit that it begins in."""
    if one_to_one(units, sentence):
        return np.arange(len(units))
    owner = np.repeat(np.arange(len(units)), [len(unit) for unit in units])
    return owner[sentence.origins()]


def place_labels(gold: np.ndarray, span: np.ndarray, places: int) -> np.ndarray:
    """Return the tag of each place of each token, `IGNORED` where it has no such character."""
    characters = span[:, :1] + np.arange(places)
    inside = characters < span[:, 1:]
    return np.where(inside, gold[np.minimum(characters, len(gold) - 1)], IGNORED)


def loss(outputs: Any, labels: torch.Tensor, num_items_in_batch: Any = None) -> torch.Tensor:
    """Return the mean cross-entropy over the characters that have a tag of their own.

    Behind the last token there are no labels: they pad what the batch's longest text needs.
    """
    labels = labels[:, : outputs.logits.shape[1]]
    logits = outputs.logits.reshape(-1, outputs.logits.shape[-1] // labels.shape[-1])
    flat = labels.reshape(-1)
    return mean(cross_entropy, logits, flat, num_items_in_batch)


def predict(model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]) -> list[np.ndarray]:
    """Return the log-probability of each tag at each place of a token, (tokens, places, tags)."""
    size = places(model.config)
    logits = model(**inputs).logits.float().unflatten(-1, (size, -1))
    scores = logits.log_softmax(-1).cpu().numpy().astype(np.float16)
    lengths = inputs["attention_mask"].sum(-1).tolist()
    return [row[:length] for row, length in zip(scores, lengths, strict=True)]


def perfect(row: Record, config: Any) -> np.ndarray:
    """Return log-probabilities that leave no doubt about the gold tags."""
    labels = np.asarray(row["labels"])
    return np.where(labels[..., None] == np.arange(len(tags(config))), 0.0, IMPOSSIBLE)


def plain(answers: Answers) -> list[Record]:
    """Return records of the most probable tag of each character by itself."""
    return decode(answers, most_probable)


def valid(answers: Answers) -> list[Record]:
    """Return records of the most probable tags in which I-X follows B-X or I-X alone."""
    return decode(answers, valid_sequences)


def decode(answers: Answers, choose: Choose) -> list[Record]:
    """Return records with one tag a unit; `choose` takes characters' tags from their scores."""
    names, sentences = tags(answers.config), tagged_units(answers)
    sequences = choose([one.scores[one.known] for one in sentences], names)
    records = []
    for example, one, sequence in zip(answers.examples, sentences, sequences, strict=True):
        ids = np.full(len(one.known), -1)
        ids[one.known] = sequence
        filled = np.array(fill_gaps(ids, names, names.index("O")), dtype=np.int64)
        chosen = continue_tags(filled, one.source, names).tolist()
        records.append({"guid": example["guid"], "tags": [names[tag] for tag in chosen]})
    return records


def row(sentence: str | Sequence[str]) -> Record:
    """Return a sentence as an example: a unit is a character, or what a list of units has.

    Raises:
        InputError: it is no text.
    """
    if isinstance(sentence, list):
        return {"guid": "", "tokens": check_texts("tokens", sentence)}
    return {"guid": "", "tokens": list(check_text("sentence", sentence))}


ENTITY = {
    **dict.fromkeys(("text", "type"), Value("string")),
    **dict.fromkeys(("start", "end"), Value("int64")),
    "score": Value("float64"),
}
ANSWER = Schema(
    {"tags": List(Value("string")), "scores": List(Value("float64")), "spans": List(ENTITY)}
)
RECIPE = Recipe("character_macro_f1", epochs=3, max_length=510)

BASELINE = BaselineTask(
    name="ner",
    labels=tuple(TASKS["ner"].features["ner_tags"].feature.names),
    build=build,
    load=load,
    encode=encode,
    predict=predict,
    perfect=perfect,
    heads=("characters", PUBLISHED_HEAD),
    decodings={PLAIN: plain, VALID: valid},
    row=row,
    expected="a sentence",
    scores=tag_scores,
    spans=entity_scores,
    fields=(("tokens",), ("sentence",)),
    answer=ANSWER,
    padding={"labels": IGNORED},
    windows=True,
    loss=loss,
    recipes={BASE: RECIPE, LARGE: replace(RECIPE, learning_rate=1e-5, batch_size=8)},
    # transformers' own token-classification takes a token's eight outputs for one tag each.
    pipeline=TokenClassification,
    card=ModelCall(
        "AutoModelForTokenClassification",
        '"세종대왕은 1397년에 태어났다."',
        own_pipeline="token-classification",
    ),
)
