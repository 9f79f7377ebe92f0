"""STS: how alike two sentences are, a number from 0 to 5 learned as the mean of the ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from klue_datasets import TASKS
from klue_datasets.schema import Schema, Value
from klue_results.model_call import ModelCall
from klue_text.normal_forms import check_text

from .encoding.encoder import TextEncoder
from .heads.sequence_classification import build_regressor, load, numbers, tokens_cut
from .recipe import BASE, LARGE, Recipe
from .task import PLAIN, Answers, BaselineTask, Columns, Record

LOWEST, HIGHEST, ALIKE_FROM = 0.0, 5.0, 3.0  # the scale; from where on a pair counts as alike
LABELS = TASKS["sts"].schema.label_names("labels", "binary-label")


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


def scores(answers: Answers, records: Sequence[Record], decoding: str) -> list[Record]:
    """Return for each pair its number on the scale, and the label that KLUE has for it.

    Example:
        >>> scores(None, [{"score": 5.2}], PLAIN)
        [{'number': 5.0, 'label': 'positive'}]
    """
    numbers = [min(max(record["score"], LOWEST), HIGHEST) for record in records]
    return [{"number": number, "label": LABELS[int(number >= ALIKE_FROM)]} for number in numbers]


def cut(answers: Answers) -> list[int]:
    """Return how many tokens of each pair were cut off."""
    pairs = ([example[name] for example in answers.examples] for name in ("sentence1", "sentence2"))
    return tokens_cut(answers, *pairs)


def row(sentence1: str, sentence2: str) -> Record:
    """Return two sentences as an example.

    Raises:
        InputError: one of them is no text.
    """
    check_text("sentence1", sentence1)
    return {"guid": "", "sentence1": sentence1, "sentence2": check_text("sentence2", sentence2)}


ANSWER = Schema(
    {
        "score": Value("float64"),
        "scores": {"number": Value("float64"), "label": Value("string")},
        "cut": Value("int64"),
    }
)
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
    scores=scores,
    cut=cut,
    fields=(("sentence1", "sentence2"),),
    answer=ANSWER,
    padding={"labels": 0.0},
    holdout_unit=TASKS["sts"].holdout_unit,
    recipes={BASE: RECIPE, LARGE: replace(RECIPE, learning_rate=2e-5)},
    card=ModelCall(
        "AutoModelForSequenceClassification",
        '"방이 깨끗했어요.", "숙소가 청결했습니다."',
        "text-classification",
        '{"text": "방이 깨끗했어요.", "text_pair": "숙소가 청결했습니다."}',
    ),
)
