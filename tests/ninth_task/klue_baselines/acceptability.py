"""Acceptability: from the sentence alone."""

from __future__ import annotations

from typing import Any

from klue_datasets import TASKS
from klue_results.model_call import ModelCall
from klue_text.normal_forms import check_text

from .encoding.encoder import TextEncoder
from .heads.sequence_classification import (
    best_labels,
    build_classifier,
    certain,
    label_answer,
    label_scores,
    load,
    probabilities,
)
from .recipe import BASE, LARGE, Recipe
from .task import PLAIN, BaselineTask, Columns, Record


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Return sentences as model inputs."""
    columns = encoder.sentences(batch["sentence"])
    return {**columns, "labels": batch["label"]} if labels else columns


def row(sentence: str) -> Record:
    """Return a sentence as an example."""
    return {"guid": "", "sentence": check_text("sentence", sentence)}


LABELS = tuple(TASKS["acceptability"].features["label"].names)
RECIPE = Recipe("accuracy", learning_rate=1e-3, epochs=8, batch_size=4, evaluations=1)

BASELINE = BaselineTask(
    name="acceptability",
    labels=LABELS,
    build=build_classifier,
    load=load,
    encode=encode,
    predict=probabilities,
    decodings={PLAIN: best_labels},
    perfect=certain,
    row=row,
    expected="a sentence",
    scores=label_scores,
    fields=(("sentence",),),
    answer=label_answer(LABELS),
    padding={"labels": -100},
    recipes={BASE: RECIPE, LARGE: RECIPE},
    card=ModelCall("AutoModelForSequenceClassification", '"비가 온다."', "text-classification"),
)
