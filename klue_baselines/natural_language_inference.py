"""NLI: whether a premise entails a hypothesis, contradicts it or does neither."""

from __future__ import annotations

from dataclasses import replace
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
    tokens_cut,
)
from .recipe import BASE, LARGE, Recipe
from .task import PLAIN, Answers, BaselineTask, Columns, Record


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Return pairs of premise and hypothesis as model inputs."""
    columns = encoder.sentences(batch["premise"], batch["hypothesis"])
    return {**columns, "labels": batch["label"]} if labels else columns


def cut(answers: Answers) -> list[int]:
    """Return how many tokens of each pair were cut off."""
    pairs = ([example[name] for example in answers.examples] for name in ("premise", "hypothesis"))
    return tokens_cut(answers, *pairs)


def row(premise: str, hypothesis: str) -> Record:
    """Return a premise and a hypothesis as an example.

    Raises:
        InputError: one of them is no text.
    """
    check_text("premise", premise)
    return {"guid": "", "premise": premise, "hypothesis": check_text("hypothesis", hypothesis)}


RECIPE = Recipe("accuracy", epochs=5, warmup=0.1)

BASELINE = BaselineTask(
    name="nli",
    labels=TASKS["nli"].schema.label_names("label"),
    build=build_classifier,
    load=load,
    encode=encode,
    predict=probabilities,
    decodings={PLAIN: best_labels},
    perfect=certain,
    row=row,
    expected="a premise and a hypothesis",
    scores=label_scores,
    cut=cut,
    fields=(("premise", "hypothesis"),),
    answer=label_answer(TASKS["nli"].schema.label_names("label")),
    padding={"labels": -100},
    holdout_unit=TASKS["nli"].holdout_unit,
    recipes={BASE: RECIPE, LARGE: replace(RECIPE, warmup=0.2)},
    card=ModelCall(
        "AutoModelForSequenceClassification",
        '"비가 온다.", "날이 맑다."',
        "text-classification",
        '{"text": "비가 온다.", "text_pair": "날이 맑다."}',
    ),
)
