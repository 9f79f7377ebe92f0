"""What NER and MRC share: a linear layer over tokens whose outputs are for places in a token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from transformers import AutoModelForTokenClassification, PreTrainedModel

from ..encoding.encoder import NO_CHANGES, open_weights
from ..task import PUBLISHED_HEAD

# Of the tokens of KLUE's texts, none has a border of an entity or an answer further inside.
PLACES = 8


def places_of(head: str) -> int:
    """Return how many places of a token a head tells apart; the published one knows no places.

    >>> places_of("original"), places_of("characters")
    (1, 8)
    """
    return 1 if head == PUBLISHED_HEAD else PLACES


def build_named(
    model: str, names: Sequence[str], changes: Mapping[str, Any] = NO_CHANGES
) -> PreTrainedModel:
    """Return an encoder with a new output for each name and token."""
    return open_weights(
        AutoModelForTokenClassification,
        model,
        num_labels=len(names),
        id2label=dict(enumerate(names)),
        label2id={name: index for index, name in enumerate(names)},
        ignore_mismatched_sizes=True,
        **changes,
    )


def load(model: str, **options: Any) -> PreTrainedModel:
    """Return a fine-tuned model of this kind."""
    return open_weights(AutoModelForTokenClassification, model, **options)
