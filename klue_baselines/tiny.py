"""Encoders that are always at hand: klue-tiny, which ships, and a random one made on the spot.

The random one has a few hundred thousand weights and has learned nothing; what comes out of it
shows that the parts work and says nothing about KLUE.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import torch
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from klue_datasets import TASKS, load

KLUE_TINY = Path(__file__).with_name("klue_tiny")  # a model folder, with its card
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def sample_texts() -> Iterator[str]:
    """Yield every text of the bundled sample's training part."""
    for task in TASKS:
        for row in load(task, "train", sample=True):
            yield from texts_in(row)


def texts_in(value: object) -> Iterator[str]:
    """Return the strings in a cell.

    >>> list(texts_in([{"text": "가"}, "나"]))
    ['가', '나']
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts_in(list(value.values()))
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part)


def wordpiece_tokenizer(texts: Iterable[str], vocab_size: int) -> PreTrainedTokenizerFast:
    """Learn a WordPiece tokenizer from texts, as KLUE's models have it."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocab_size, special_tokens=list(SPECIAL), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    ids = {token: place for place, token in enumerate(SPECIAL)}
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", ids["[SEP]"]), ("[CLS]", ids["[CLS]"])
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=512,
    )


def make_encoder(folder: Path, seed: int = 0, vocab_size: int = 2000) -> Path:
    """Write a random BERT (2 layers, width 64) over the sample's vocabulary to a folder."""
    torch.manual_seed(seed)
    tokenizer = wordpiece_tokenizer(sample_texts(), vocab_size)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=128,
        max_position_embeddings=512,
        pad_token_id=tokenizer.pad_token_id,
    )
    tokenizer.save_pretrained(folder)
    BertModel(config).save_pretrained(folder)
    return folder
