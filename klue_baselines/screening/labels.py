"""What BEEP! labels a comment by, and what of it a screen flags."""

from __future__ import annotations

from klue_metrics.labels import LabelSet

NAME = "screen"  # what the configuration of a model says that it is for
NONE = "none"
HEADS = {
    "bias": LabelSet((NONE, "gender", "others")),
    "hate": LabelSet((NONE, "offensive", "hate")),
}
WIDTH = 3  # labels of each head, so that six logits are two rows of three
LABELS = tuple(f"{head}: {label}" for head, labels in HEADS.items() for label in labels.names)
# What is flagged, and the head whose labels other than "none" say so.
KINDS = {"bias": "bias", "toxicity": "hate"}
MEANINGS = {
    "bias": "social bias: of gender, or of another group",
    "toxicity": "insults, hate",
}
