"""YNAT: the topic of a headline, from the headline alone."""

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
from .recipe import BASE, LARGE, NEVER, Recipe
from .task import PLAIN, Answers, BaselineTask, Columns, Record


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Return headlines as model inputs."""
    columns = encoder.sentences(batch["title"])
    return {**columns, "labels": batch["label"]} if labels else columns


def cut(answers: Answers) -> list[int]:
    """Return how many tokens of each headline were cut off."""
    return tokens_cut(answers, (example["title"] for example in answers.examples))


def row(title: str) -> Record:
    """Return a headline as an example.

    Raises:
        InputError: it is no text.
    """
    return {"guid": "", "title": check_text("title", title)}


RECIPE = Recipe("macro_f1", warmup=0.1, patience=NEVER)

BASELINE = BaselineTask(
    name="ynat",
    labels=tuple(TASKS["ynat"].features["label"].names),
    build=build_classifier,
    load=load,
    encode=encode,
    predict=probabilities,
    decodings={PLAIN: best_labels},
    perfect=certain,
    row=row,
    expected="a headline",
    scores=label_scores,
    cut=cut,
    fields=(("title",),),
    answer=label_answer(tuple(TASKS["ynat"].features["label"].names)),
    padding={"labels": -100},
    recipes={BASE: RECIPE, LARGE: replace(RECIPE, warmup=0.2)},
    card=ModelCall(
        "AutoModelForSequenceClassification", '"서울 아파트값 3주째 올라"', "text-classification"
    ),
)
