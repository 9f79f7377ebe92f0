"""How the classifier learns comments and answers them: one encoder, two softmaxes of three."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from klue_datasets.schema import Schema, Value
from klue_results.model_call import ModelCall
from klue_text.normal_forms import check_text

from ..encoding.encoder import TextEncoder
from ..heads.losses import mean
from ..heads.sequence_classification import build_classifier, load
from ..recipe import BASE, LARGE, NEVER, Recipe
from ..task import PLAIN, Answers, BaselineTask, Columns, Record
from .labels import HEADS, LABELS, NAME, WIDTH


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Return texts as model inputs, each with the ids of its two labels."""
    columns = encoder.sentences(batch["text"])
    if not labels:
        return columns
    pairs = zip(*(batch[head] for head in HEADS), strict=True)
    return {**columns, "labels": list(map(list, pairs))}


def loss(outputs: Any, labels: torch.Tensor, num_items_in_batch: Any = None) -> torch.Tensor:
    """Return the mean cross-entropy over both heads."""
    logits = outputs["logits"].float().reshape(-1, WIDTH)
    return mean(cross_entropy, logits, labels.reshape(-1), num_items_in_batch)


def probabilities(model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]) -> list[list[float]]:
    """Return the two softmaxes of each text, one behind the other: six numbers."""
    logits = model(**inputs).logits.float()
    softmaxes: list[list[float]] = (
        logits.unflatten(-1, (len(HEADS), WIDTH)).softmax(-1).flatten(-2).tolist()
    )
    return softmaxes


def most_probable(answers: Answers) -> list[Record]:
    """Return records with the most probable label of each head."""
    records = []
    for example, given in zip(answers.examples, answers.given, strict=True):
        rows = np.reshape(given, (len(HEADS), WIDTH)).argmax(axis=1)
        best = {head: of.names[at] for (head, of), at in zip(HEADS.items(), rows, strict=True)}
        records.append({"guid": example["guid"], **best})
    return records


def certain(row: Record, config: Any) -> list[float]:
    """Return probabilities that leave no doubt about the gold labels."""
    return [float(at == label) for label in row["labels"] for at in range(WIDTH)]


def by_label(answers: Answers, records: Any, decoding: str) -> list[Record]:
    """Return for each text the probability of every label of each head."""
    return [dict(zip(LABELS, given, strict=True)) for given in answers.given]


def row(text: str) -> Record:
    """Return a text as an example.

    Raises:
        InputError: it is no text.
    """
    return {"guid": "", "text": check_text("text", text)}


RECIPE = Recipe("macro_f1", epochs=3, warmup=0.1, weight_decay=0.01, evaluations=2, patience=NEVER)

CLASSIFIER = BaselineTask(
    name=NAME,
    labels=LABELS,
    build=build_classifier,
    load=load,
    encode=encode,
    predict=probabilities,
    decodings={PLAIN: most_probable},
    perfect=certain,
    loss=loss,
    row=row,
    expected="a text",
    scores=by_label,
    fields=(("text",),),
    answer=Schema(dict.fromkeys(HEADS, Value("string"))),
    padding={"labels": -100},
    recipes={BASE: RECIPE, LARGE: RECIPE},
    card=ModelCall("AutoModelForSequenceClassification", '"서울 아파트값 3주째 올라"'),
)
