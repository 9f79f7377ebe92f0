"""A screen that is opened: texts in, the probability of each kind of harm out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, PreTrainedModel

from klue_common.errors import InputError
from klue_common.own_files import is_number
from klue_datasets.errors import show
from klue_text.normal_forms import normalise

from ..encoding.collator import Collator
from ..encoding.encoder import (
    TextEncoder,
    check_folder,
    open_config,
    open_tokenizer,
    open_weights,
    text_encoder,
)
from ..fine_tuned import open_model_for
from .classifier import CLASSIFIER, probabilities
from .labels import HEADS, KINDS, LABELS, NAME, NONE

# The one that ships with the package: a model folder, with its card.
SHIPPED = Path(__file__).parent.parent / "klue_tiny_screen"
BATCH = 32  # windows a forward pass
LONGEST = 128  # tokens of a window of a classifier of other origin
THRESHOLD = 0.5  # of one that names none
MULTI_LABEL = "multi_label_classification"


@dataclass(frozen=True)
class Screen:
    """A classifier and what its labels mean.

    kinds: by kind of harm, the places of the labels that mean it. thresholds: by kind, the
    probability from which a text is flagged.
    """

    model: PreTrainedModel
    encoder: TextEncoder
    kinds: Mapping[str, Sequence[int]]
    thresholds: Mapping[str, float]

    @torch.inference_mode()
    def __call__(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Return for each text the probability of each kind.

        A text that the encoder has no room for is read in windows, of which the worst counts.
        """
        if not texts:
            return []
        owners, rows = self._windows(texts)
        worst = np.zeros((len(texts), len(self.kinds)))
        order = sorted(range(len(rows)), key=lambda at: -len(rows[at]["input_ids"]))
        collate = Collator(self.encoder.tokenizer.pad_token_id, {})
        self.model.eval()
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            inputs = {
                name: tensor.to(self.model.device)
                for name, tensor in collate([rows[at] for at in batch]).items()
            }
            np.maximum.at(worst, owners[batch], self._harm(inputs))
        return [dict(zip(self.kinds, map(float, row), strict=True)) for row in worst]

    def _windows(self, texts: Sequence[str]) -> tuple[Any, list[dict[str, Any]]]:
        """Return the text that each window is of, and the windows as model inputs."""
        found = self.encoder(list(map(normalise, texts)), return_overflowing_tokens=True)
        owners = np.asarray(found["overflow_to_sample_mapping"])
        names = [name for name in ("input_ids", "token_type_ids") if name in found]
        rows = [{name: found[name][at] for name in names} for at in range(len(owners))]
        return owners, rows

    def _harm(self, inputs: Mapping[str, torch.Tensor]) -> Any:
        """Return the probabilities of a batch (windows, kinds)."""
        if self.model.config.problem_type == MULTI_LABEL:
            each = self.model(**inputs).logits.float().sigmoid().cpu().numpy()
            found = [each[:, list(places)].max(axis=1) for places in self.kinds.values()]
        else:
            softmax = self._softmax(inputs)
            found = [softmax[:, list(places)].sum(axis=1) for places in self.kinds.values()]
        return np.stack(found, axis=1)

    def _softmax(self, inputs: Mapping[str, torch.Tensor]) -> Any:
        if getattr(self.model.config, "klue_task", None) == NAME:
            return np.asarray(probabilities(self.model, inputs))
        return self.model(**inputs).logits.float().softmax(-1).cpu().numpy()


def open_screen(
    model: str, labels: Mapping[str, str] | None = None, threshold: float | None = None
) -> Screen:
    """Return a screen: one that `klue annotate train-screen` made, or any sequence classifier.

    Args:
        model: a folder or a Hub id.
        labels: which kind (a key of KINDS) each of its labels means, for one of other origin;
            labels that are not named mean no harm.
        threshold: of all kinds; None for the model's own, or THRESHOLD where it has none.

    Raises:
        InputError: there is no such model, or its labels or thresholds are not understood.
    """
    check_folder(model, weights=True)
    config = open_config(model, trust_remote_code=False)
    if getattr(config, "klue_task", None) == NAME:
        if labels:
            raise InputError(f"{model}: found a screen, expected no --label: its own are known")
        classifier, encoder = open_model_for(CLASSIFIER, model)
        return Screen(classifier, encoder, own_kinds(), own_thresholds(config, model, threshold))
    kinds = meant(config, model, labels or {})
    classifier = open_weights(AutoModelForSequenceClassification, model)
    tokenizer = open_tokenizer(model)
    encoder = text_encoder(classifier, tokenizer, min(LONGEST, tokenizer.model_max_length))
    limit = THRESHOLD if threshold is None else threshold
    return Screen(classifier, encoder, kinds, dict.fromkeys(kinds, limit))


def own_kinds() -> dict[str, list[int]]:
    """Return the places of the labels that mean each kind.

    >>> own_kinds()
    {'bias': [1, 2], 'toxicity': [4, 5]}
    """
    return {
        kind: [LABELS.index(f"{head}: {name}") for name in HEADS[head].names if name != NONE]
        for kind, head in KINDS.items()
    }


def own_thresholds(config: Any, model: str, threshold: float | None) -> dict[str, float]:
    """Return the thresholds that a screen was made with, or a given one for all kinds.

    Raises:
        InputError: the configuration has none that can be used.
    """
    if threshold is not None:
        return dict.fromkeys(KINDS, threshold)
    found = getattr(config, "klue_thresholds", None)
    if (
        not isinstance(found, dict)
        or set(found) != set(KINDS)
        or not all(map(is_number, found.values()))
    ):
        raise InputError(
            f"{model}: config.json: klue_thresholds: found {show(found)}, expected a number for "
            f"{' and '.join(KINDS)}"
        )
    return {kind: float(found[kind]) for kind in KINDS}


def meant(config: Any, model: str, labels: Mapping[str, str]) -> dict[str, list[int]]:
    """Return the places of the labels of a classifier that mean each kind.

    Raises:
        InputError: nobody says so, it has no such label, or there is no such kind.
    """
    names = [str(config.id2label[at]) for at in range(len(config.id2label))]
    if not labels:
        shown = ", ".join(names[:8])
        raise InputError(
            f"{model}: found a classifier of {shown}, expected what its labels mean: "
            f"--label LABEL={' or LABEL='.join(KINDS)}"
        )
    kinds: dict[str, list[int]] = {}
    for label, kind in labels.items():
        if label not in names:
            raise InputError(
                f"--label: found {show(label)}, expected one of {', '.join(names[:8])}"
            )
        if kind not in KINDS:
            raise InputError(f"--label: found {show(kind)}, expected {' or '.join(KINDS)}")
        kinds.setdefault(kind, []).append(names.index(label))
    return kinds
