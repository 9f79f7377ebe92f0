"""Pieces of texts in which only the characters that a vocabulary really lacks are unknown.

WordPiece makes one [UNK] of a whole word for the sake of a single character; its other characters
are lost to the model, and a name is no longer to be told from the particle behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from transformers import PreTrainedTokenizerBase


class Pieces(NamedTuple):
    """A text's pieces, and the characters that each covers."""

    ids: list[int]
    offsets: list[tuple[int, int]]


def split_unknown_words(text: str, tokenizer: PreTrainedTokenizerBase) -> list[tuple[int, str]]:
    """The words of a text with their starts; a word that would become [UNK] as its characters."""
    parts: list[tuple[int, str]] = []
    start = 0
    for word in text.split(" "):
        ids = tokenizer(word, add_special_tokens=False)["input_ids"]
        if tokenizer.unk_token_id in ids:
            parts += [(start + place, character) for place, character in enumerate(word)]
        elif word:
            parts.append((start, word))
        start += len(word) + 1
    return parts


def pieces_of(texts: Sequence[str], tokenizer: PreTrainedTokenizerBase) -> list[Pieces]:
    """The pieces of each text, without special ones; one call for all that hold nothing unknown."""
    if not texts:
        return []
    encoding = tokenizer(list(texts), add_special_tokens=False, return_offsets_mapping=True)
    found = []
    for text, ids, spans in zip(
        texts, encoding["input_ids"], encoding["offset_mapping"], strict=True
    ):
        lost = tokenizer.unk_token_id in ids and any(
            piece == tokenizer.unk_token_id and end - start > 1
            for piece, (start, end) in zip(ids, spans, strict=True)
        )
        found.append(_apart(text, tokenizer) if lost else Pieces(ids, spans))
    return found


def _apart(text: str, tokenizer: PreTrainedTokenizerBase) -> Pieces:
    parts = split_unknown_words(text, tokenizer)
    encoding = tokenizer(
        [word for _, word in parts],
        is_split_into_words=True,
        add_special_tokens=False,
        return_offsets_mapping=True,
    )
    starts = [parts[word][0] for word in encoding.word_ids()]
    spans = zip(starts, encoding["offset_mapping"], strict=True)
    return Pieces(encoding["input_ids"], [(at + first, at + last) for at, (first, last) in spans])
