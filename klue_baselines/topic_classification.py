"""YNAT: the topic of a headline, from the headline alone."""

from __future__ import annotations

from typing import Any

from klue_datasets import TASKS
from klue_text.normal_forms import check_text

from .encoding.encoder import TextEncoder
from .heads import sequence_classification as head
from .task import BaselineTask, Columns, Record


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Headlines as model inputs."""
    columns = encoder.sentences(batch["title"])
    return {**columns, "labels": batch["label"]} if labels else columns


def row(title: str) -> Record:
    """A headline as an example.

    Raises:
        InputError: it is no text.
    """
    return {"guid": "", "title": check_text("title", title)}


BASELINE = BaselineTask(
    name="ynat",
    labels=tuple(TASKS["ynat"].features["label"].names),
    build=head.build_classifier,
    load=head.load,
    encode=encode,
    predict=head.probabilities,
    decode=head.best_labels,
    perfect=head.certain,
    row=row,
    padding={"labels": -100},
)
