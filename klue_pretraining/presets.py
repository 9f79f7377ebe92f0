"""How the published encoders were pretrained, and a recipe for a small one.

Source: klue_spec.md section 9. What is only remembered and stands in no document at hand is named
in `unverified`, and the card says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from transformers import (
    BertConfig,
    BertForMaskedLM,
    ModernBertConfig,
    ModernBertForMaskedLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForMaskedLM,
)


@dataclass(frozen=True)
class Preset:
    """An architecture and how it is trained.

    kind: a key of ARCHITECTURES. layers, width, heads, inner: of the transformer. positions: rows
    of its position table. length: tokens of a training row. batch_size: rows a step on all devices
    together. learning_rate: peak of a linear schedule. warmup: fraction of all steps.
    masked: share of the words that are predicted. unverified: fields that no document confirms.
    """

    kind: str
    layers: int
    width: int
    heads: int
    inner: int
    steps: int
    batch_size: int
    learning_rate: float = 1e-4
    warmup: float = 0.01
    weight_decay: float = 0.01
    dropout: float = 0.1
    length: int = 512
    positions: int = 512
    masked: float = 0.15
    unverified: tuple[str, ...] = ()


# The published ones say nothing of warm-up, decay and dropout: RoBERTa's usual values.
_UNSAID = ("steps", "warmup", "weight_decay", "dropout")

PRESETS: dict[str, Preset] = {
    "bert-base": Preset("bert", 12, 768, 12, 3072, 1_000_000, 256, unverified=_UNSAID),
    "roberta-small": Preset("roberta", 6, 768, 12, 3072, 1_000_000, 2048, unverified=_UNSAID),
    "roberta-base": Preset("roberta", 12, 768, 12, 3072, 1_000_000, 2048, unverified=_UNSAID),
    "roberta-large": Preset("roberta", 24, 1024, 16, 4096, 500_000, 2048, unverified=_UNSAID),
    # Our own: less than 8 MB in fp16 with a vocabulary of 8,000 tokens, and what two cores can
    # train in two hours. A BERT of the same size spends the first third of the steps on learning
    # what a neighbour is, which rotary positions say. Rows of 256 cost no more than rows of 128 at
    # this width. Without dropout: it is too small to learn its corpus by heart.
    "tiny": Preset(
        "modernbert", 4, 192, 3, 512, 18_000, 8,
        learning_rate=1e-3, warmup=0.05, dropout=0.0, length=256,
    ),
}  # fmt: skip


def build(preset: Preset, tokenizer: PreTrainedTokenizerFast) -> PreTrainedModel:
    """Return a model with random weights."""
    architecture = ARCHITECTURES[preset.kind]
    config = architecture.config(
        vocab_size=len(tokenizer),
        hidden_size=preset.width,
        num_hidden_layers=preset.layers,
        num_attention_heads=preset.heads,
        intermediate_size=preset.inner,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.cls_token_id,
        eos_token_id=tokenizer.sep_token_id,
        **architecture.fields(preset, tokenizer),
    )
    return architecture.model(config)


def bert_fields(preset: Preset, tokenizer: PreTrainedTokenizerFast) -> dict[str, Any]:
    """Return what BERT's configuration has besides the common fields."""
    return {
        "hidden_dropout_prob": preset.dropout,
        "attention_probs_dropout_prob": preset.dropout,
        "max_position_embeddings": preset.positions,
        "type_vocab_size": 2,
    }


def roberta_fields(preset: Preset, tokenizer: PreTrainedTokenizerFast) -> dict[str, Any]:
    """Return what RoBERTa's configuration has: positions are counted from the padding id on."""
    return {
        **bert_fields(preset, tokenizer),
        "max_position_embeddings": preset.positions + tokenizer.pad_token_id + 1,
        "type_vocab_size": 1,
    }


def modernbert_fields(preset: Preset, tokenizer: PreTrainedTokenizerFast) -> dict[str, Any]:
    """Return what ModernBERT's configuration has: rotary positions, every layer sees the whole row.

    A text is the mean of its tokens, as nothing in the training teaches the first token to be one.
    """
    rope = {"rope_type": "default", "rope_theta": 10_000.0}
    return {
        "embedding_dropout": preset.dropout,
        "mlp_dropout": preset.dropout,
        "attention_dropout": preset.dropout,
        "max_position_embeddings": preset.positions,
        "layer_types": ["full_attention"] * preset.layers,
        "rope_parameters": {"full_attention": rope, "sliding_attention": dict(rope)},
        "classifier_pooling": "mean",
        "cls_token_id": tokenizer.cls_token_id,
        "sep_token_id": tokenizer.sep_token_id,
    }


@dataclass(frozen=True)
class Architecture:
    """A kind of encoder: its configuration, its masked language model, the fields it has alone."""

    name: str
    config: type
    model: type
    fields: Callable[[Preset, PreTrainedTokenizerFast], dict[str, Any]]


ARCHITECTURES = {
    "bert": Architecture("BERT", BertConfig, BertForMaskedLM, bert_fields),
    "roberta": Architecture("RoBERTa", RobertaConfig, RobertaForMaskedLM, roberta_fields),
    "modernbert": Architecture(
        "ModernBERT", ModernBertConfig, ModernBertForMaskedLM, modernbert_fields
    ),
}
