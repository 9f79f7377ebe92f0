"""STS: how alike two sentences are, a number from 0 to 5 learned as the mean of the ratings."""

from __future__ import annotations

from typing import Any

from klue_text.normal_forms import check_text

from .encoding.encoder import TextEncoder
from .heads import sequence_classification as head
from .task import Answers, BaselineTask, Columns, Record


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Sentence pairs as model inputs; the target is `real-label`, neither rounded nor scaled."""
    columns = encoder.sentences(batch["sentence1"], batch["sentence2"])
    if not labels:
        return columns
    return {**columns, "labels": [gold["real-label"] for gold in batch["labels"]]}


def decode(answers: Answers, decoding: str) -> list[Record]:
    """Records of the predicted numbers, not clipped to the scale."""
    return [
        {"guid": example["guid"], "score": answer}
        for example, answer in zip(answers.examples, answers.given, strict=True)
    ]


def perfect(row: Record, config: Any) -> float:
    """The gold number."""
    return row["labels"]


def row(sentence1: str, sentence2: str) -> Record:
    """Two sentences as an example.

    Raises:
        InputError: one of them is no text.
    """
    check_text("sentence1", sentence1)
    return {"guid": "", "sentence1": sentence1, "sentence2": check_text("sentence2", sentence2)}


BASELINE = BaselineTask(
    name="sts",
    build=head.build_regressor,
    load=head.load,
    encode=encode,
    predict=head.numbers,
    decode=decode,
    perfect=perfect,
    row=row,
    padding={"labels": 0.0},
    holdout_unit="sentence1",
)
