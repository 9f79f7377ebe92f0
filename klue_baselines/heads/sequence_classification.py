"""What the four sentence tasks share: one label or one number for a text or a pair of texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from transformers import AutoModelForSequenceClassification, PreTrainedModel

from klue_datasets.schema import Schema, Value
from klue_text.normal_forms import normalise

from ..encoding.encoder import NO_CHANGES, open_weights
from ..task import Answers, Record


def build_classifier(
    model: str, labels: Sequence[str], changes: Mapping[str, Any] = NO_CHANGES, **_: Any
) -> PreTrainedModel:
    """Return an encoder with a new classification head over `labels`."""
    return open_weights(
        AutoModelForSequenceClassification,
        model,
        num_labels=len(labels),
        id2label=dict(enumerate(labels)),
        label2id={label: index for index, label in enumerate(labels)},
        problem_type="single_label_classification",
        ignore_mismatched_sizes=True,
        **changes,
    )


def build_regressor(
    model: str, changes: Mapping[str, Any] = NO_CHANGES, **_: Any
) -> PreTrainedModel:
    """Return an encoder with a new head of one number."""
    return open_weights(
        AutoModelForSequenceClassification,
        model,
        num_labels=1,
        problem_type="regression",
        ignore_mismatched_sizes=True,
        **changes,
    )


def load(model: str, **options: Any) -> PreTrainedModel:
    """Return a fine-tuned classifier or regressor."""
    return open_weights(AutoModelForSequenceClassification, model, **options)


def probabilities(model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]) -> list[list[float]]:
    """Return the softmax over labels for each text of the batch."""
    return model(**inputs).logits.float().softmax(-1).tolist()


def numbers(model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]) -> list[float]:
    """Return the one number for each pair of the batch."""
    return model(**inputs).logits.float().squeeze(-1).tolist()


def best_labels(answers: Answers) -> list[Record]:
    """Return records of the most probable label."""
    names = answers.config.id2label
    return [
        {"guid": example["guid"], "label": names[max(range(len(row)), key=row.__getitem__)]}
        for example, row in zip(answers.examples, answers.given, strict=True)
    ]


def label_answer(labels: Sequence[str]) -> Schema:
    """Return what records of classifiers that cut long texts hold beside their guid.

    Example:
        >>> list(label_answer(["a", "b"]))
        ['label', 'scores', 'cut']
    """
    number = Value("float64")
    scores = dict.fromkeys(labels, number)
    return Schema({"label": Value("string"), "scores": scores, "cut": Value("int64")})


def label_scores(answers: Answers, records: Sequence[Record], decoding: str) -> list[Record]:
    """Return for each text the probability of every label."""
    names = answers.config.id2label
    return [{names[at]: share for at, share in enumerate(row)} for row in answers.given]


def tokens_cut(
    answers: Answers, texts: Iterable[str], pairs: Iterable[str] | None = None
) -> list[int]:
    """Return how many tokens of each example were cut off, since the encoder takes no more.

    Args:
        answers: about examples that have one row each.
        texts: the examples' texts.
        pairs: their second texts.
    """
    encoder = answers.encoder
    cut = []
    for row, *both in zip(answers.rows, texts, *([] if pairs is None else [pairs]), strict=True):
        whole = row["length"]
        if whole >= encoder.max_length:
            ids = encoder.tokenizer(*map(normalise, both), verbose=False)["input_ids"]
            whole = max(len(ids), whole)
        cut.append(whole - row["length"])
    return cut


def certain(row: Record, config: Any) -> list[float]:
    """Return probabilities that leave no doubt about the gold label."""
    return [float(label == row["labels"]) for label in range(config.num_labels)]
