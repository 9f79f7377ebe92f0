"""NLI: whether a premise entails a hypothesis, contradicts it or does neither."""

from __future__ import annotations

from typing import Any

from klue_datasets import TASKS
from klue_text.normal_forms import check_text

from .encoding.encoder import TextEncoder
from .heads import sequence_classification as head
from .task import BaselineTask, Columns, Record


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Pairs of premise and hypothesis as model inputs."""
    columns = encoder.sentences(batch["premise"], batch["hypothesis"])
    return {**columns, "labels": batch["label"]} if labels else columns


def row(premise: str, hypothesis: str) -> Record:
    """A premise and a hypothesis as an example.

    Raises:
        InputError: one of them is no text.
    """
    check_text("premise", premise)
    return {"guid": "", "premise": premise, "hypothesis": check_text("hypothesis", hypothesis)}


BASELINE = BaselineTask(
    name="nli",
    labels=tuple(TASKS["nli"].features["label"].names),
    build=head.build_classifier,
    load=head.load,
    encode=encode,
    predict=head.probabilities,
    decode=head.best_labels,
    perfect=head.certain,
    row=row,
    padding={"labels": -100},
    holdout_unit="premise",
)
