"""How the published encoders were pretrained, and a recipe for a small one.

Source: klue_spec.md section 9. What is only remembered and stands in no document at hand is named
in `unverified`, and the card says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from transformers import (
    BertConfig,
    BertForMaskedLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForMaskedLM,
)


@dataclass(frozen=True)
class Preset:
    """An architecture and how it is trained.

    kind: a key of ARCHITECTURES. layers, width, heads, inner: of the transformer. positions: rows
    of its position table. length: pieces of a training row. batch_size: rows a step on all devices
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
    # Our own: less than 8 MB in fp16 with a vocabulary of 8,000 pieces, and what two cores can
    # train in two hours. Rows of 256 cost no more than rows of 128 at this width and teach twice
    # the positions. Without dropout: it is too small to learn its corpus by heart.
    "tiny": Preset(
        "bert", 4, 192, 3, 768, 12_000, 16,
        learning_rate=1e-3, warmup=0.05, dropout=0.0, length=256,
    ),
}  # fmt: skip


def build(preset: Preset, tokenizer: PreTrainedTokenizerFast) -> PreTrainedModel:
    """A model with random weights.

    RoBERTa counts its positions from the padding id on: its table has that many rows more.
    """
    config_class, model_class = ARCHITECTURES[preset.kind]
    pad = tokenizer.pad_token_id
    roberta = preset.kind == "roberta"
    config = config_class(
        vocab_size=len(tokenizer),
        hidden_size=preset.width,
        num_hidden_layers=preset.layers,
        num_attention_heads=preset.heads,
        intermediate_size=preset.inner,
        hidden_dropout_prob=preset.dropout,
        attention_probs_dropout_prob=preset.dropout,
        max_position_embeddings=preset.positions + (pad + 1 if roberta else 0),
        type_vocab_size=1 if roberta else 2,
        pad_token_id=pad,
        bos_token_id=tokenizer.cls_token_id,
        eos_token_id=tokenizer.sep_token_id,
    )
    return model_class(config)


ARCHITECTURES: dict[str, tuple[type, type]] = {
    "bert": (BertConfig, BertForMaskedLM),
    "roberta": (RobertaConfig, RobertaForMaskedLM),
}
