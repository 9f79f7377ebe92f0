"""STS: how alike two sentences are, a number from 0 to 5 learned as the mean of the ratings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from klue_results.model_call import ModelCall
from klue_text.normal_forms import check_text

from .encoding.encoder import TextEncoder
from .heads.sequence_classification import build_regressor, load, numbers
from .recipe import BASE, LARGE, Recipe
from .task import PLAIN, Answers, BaselineTask, Columns, Record


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Return sentence pairs as model inputs; the target is `real-label` as it is."""
    columns = encoder.sentences(batch["sentence1"], batch["sentence2"])
    if not labels:
        return columns
    return {**columns, "labels": [gold["real-label"] for gold in batch["labels"]]}


def decode(answers: Answers) -> list[Record]:
    """Return records of the predicted numbers, not clipped to the scale."""
    return [
        {"guid": example["guid"], "score": answer}
        for example, answer in zip(answers.examples, answers.given, strict=True)
    ]


def perfect(row: Record, config: Any) -> float:
    """Return the gold number."""
    return row["labels"]


def row(sentence1: str, sentence2: str) -> Record:
    """Return two sentences as an example.

    Raises:
        InputError: one of them is no text.
    """
    check_text("sentence1", sentence1)
    return {"guid": "", "sentence1": sentence1, "sentence2": check_text("sentence2", sentence2)}


RECIPE = Recipe("pearsonr", warmup=0.1)

BASELINE = BaselineTask(
    name="sts",
    build=build_regressor,
    load=load,
    encode=encode,
    predict=numbers,
    decodings={PLAIN: decode},
    perfect=perfect,
    row=row,
    expected="two sentences",
    fields=(("sentence1", "sentence2"),),
    padding={"labels": 0.0},
    holdout_unit="sentence1",
    recipes={BASE: RECIPE, LARGE: replace(RECIPE, learning_rate=2e-5)},
    card=ModelCall(
        "AutoModelForSequenceClassification",
        '"방이 깨끗했어요.", "숙소가 청결했습니다."',
        "text-classification",
        '{"text": "방이 깨끗했어요.", "text_pair": "숙소가 청결했습니다."}',
    ),
)
