"""What a tokenizer writes and what an encoder reads: their vocabularies, layouts and lengths."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from klue_common.errors import InputError


def check_rows(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
    """Refuse a vocabulary that is larger than the encoder's."""
    rows = model.get_input_embeddings().num_embeddings
    if len(tokenizer) > rows:
        raise InputError(
            f"{tokenizer.name_or_path}: found a vocabulary of {len(tokenizer)} tokens and an "
            f"embedding of {rows} rows, expected at least as many rows as tokens"
        )


def input_names(config: Any) -> list[str]:
    """Return the model inputs that a tokenizer is to give, token types only where there are two.

    Told more, RoBERTa fails on pairs and ModernBERT on everything; told less, BERT takes a pair for
    one text.

    >>> from transformers import AutoConfig
    >>> input_names(AutoConfig.for_model("bert"))
    ['input_ids', 'token_type_ids', 'attention_mask']
    >>> input_names(AutoConfig.for_model("modernbert"))
    ['input_ids', 'attention_mask']
    """
    return [
        "input_ids",
        *(["token_type_ids"] if token_type_rows(config) > 1 else []),
        "attention_mask",
    ]


def token_type_rows(config: Any) -> int:
    """Return how many token types an encoder tells apart, 0 where it knows of none."""
    return getattr(config, "type_vocab_size", 0) or 0


def special_ids(tokenizer: PreTrainedTokenizerBase) -> tuple[int, int]:
    """Return the ids that open and close a text: [CLS] and [SEP], or what there is instead."""
    tok = tokenizer
    first = tok.cls_token_id if tok.cls_token_id is not None else tok.bos_token_id
    last = tok.sep_token_id if tok.sep_token_id is not None else tok.eos_token_id
    return first, last


def check_layout(tokenizer: PreTrainedTokenizerBase, config: Any) -> None:
    """Refuse a tokenizer whose special tokens the encoder, or a head on it, reads as others.

    The heads read a text's meaning, a sentence's root and "no answer" off the first token, and
    batches are filled up at the end.

    Raises:
        InputError: names the tokenizer's layout of a pair, and the one that was expected.
    """
    tok, place = tokenizer, tokenizer.name_or_path
    if tok.pad_token_id is None:
        raise InputError(f"{place}: found no token to fill up with (pad_token), expected one")
    summary = getattr(config, "summary_type", "first")  # XLNet's: "last"
    if summary != "first":
        raise InputError(
            f"{place}: found an encoder that sums a text up in another token than the first "
            f"(summary_type {summary!r} in config.json), expected the first"
        )
    pair = tok("가", "나", return_token_type_ids=True)
    for ids in (tok("가")["input_ids"], pair["input_ids"]):
        if not ids or (ids[0], ids[-1]) != special_ids(tok):
            first = tok.cls_token or tok.bos_token or "[CLS]"
            last = tok.sep_token or tok.eos_token or "[SEP]"
            raise InputError(
                f"{place}: found a tokenizer of the layout {layout(tok, pair)!r}, expected "
                f"'{first} A {last} B {last}': the heads read the first token"
            )
    types, rows = max(pair["token_type_ids"]), token_type_rows(config)
    if types >= rows > 1:
        raise InputError(
            f"{place}: found a tokenizer of token types up to {types} and an embedding of {rows} "
            "rows, expected at least as many rows as types"
        )


def layout(tokenizer: PreTrainedTokenizerBase, pair: Any) -> str:
    """Return the order of a pair's special tokens and texts, "[CLS] A [SEP] B [SEP]"."""
    tokens = zip(
        tokenizer.convert_ids_to_tokens(pair["input_ids"]), pair.sequence_ids(0), strict=True
    )
    parts = [token if text is None else "AB"[text] for token, text in tokens]
    return " ".join(part for part, _ in groupby(parts))


def positions(model: PreTrainedModel) -> int:
    """Return how many tokens an encoder has positions for.

    RoBERTa counts its positions from the padding id on, so 512 rows with padding id 1 serve 510
    tokens. Encoders without a table of positions name their limit in the configuration.
    """
    config = getattr(model.config, "encoder", model.config)
    limits = [getattr(config, "max_position_embeddings", None) or 1 << 30]
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, nn.Embedding):
            offset = 0 if module.padding_idx is None else module.padding_idx + 1
            limits.append(module.num_embeddings - offset)
    return min(limits)
