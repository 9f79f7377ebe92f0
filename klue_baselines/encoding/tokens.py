"""Tokens of texts in which only the characters that a vocabulary really lacks are unknown.

WordPiece makes one [UNK] of a whole word for the sake of a single character; its other characters
are lost to the model, and a name is no longer to be told from the particle behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow.compute as pc
from transformers import PreTrainedTokenizerBase

from klue_common.errors import InputError
from klue_common.progress import note

if TYPE_CHECKING:
    from datasets import Dataset

WORTH_SAYING = 0.02  # of the tokens are unknown
LOST = 0.5


class Tokens(NamedTuple):
    """A text's tokens, and the characters that each covers."""

    ids: list[int]
    offsets: list[tuple[int, int]]


def split_unknown_words(text: str, tokenizer: PreTrainedTokenizerBase) -> list[tuple[int, str]]:
    """Return a text's words with their starts; one that would become [UNK] as its characters."""
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


def tokens_of(texts: Sequence[str], tokenizer: PreTrainedTokenizerBase) -> list[Tokens]:
    """Return the tokens of each text, without special ones; one call where nothing is unknown."""
    if not texts:
        return []
    encoding = tokenizer(
        list(texts), add_special_tokens=False, return_offsets_mapping=True, verbose=False
    )
    found = []
    for text, ids, spans in zip(
        texts, encoding["input_ids"], encoding["offset_mapping"], strict=True
    ):
        lost = holds_lost_word(ids, spans, tokenizer.unk_token_id)
        found.append(_apart(text, tokenizer) if lost else Tokens(ids, spans))
    return found


def holds_lost_word(
    ids: Sequence[int], offsets: Iterable[Sequence[int]], unknown: int | None
) -> bool:
    """Return whether an unknown token stands for more than one character.

    >>> holds_lost_word([5, 1], [(0, 2), (3, 6)], 1), holds_lost_word([5, 1], [(0, 2), (3, 4)], 1)
    (True, False)
    """
    return unknown in ids and any(
        token == unknown and end - start > 1
        for token, (start, end) in zip(ids, offsets, strict=True)
    )


def _apart(text: str, tokenizer: PreTrainedTokenizerBase) -> Tokens:
    parts = split_unknown_words(text, tokenizer)
    encoding = tokenizer(
        [word for _, word in parts],
        is_split_into_words=True,
        add_special_tokens=False,
        return_offsets_mapping=True,
        verbose=False,
    )
    starts = [parts[word][0] for word in encoding.word_ids()]
    spans = zip(starts, encoding["offset_mapping"], strict=True)
    return Tokens(encoding["input_ids"], [(at + first, at + last) for at, (first, last) in spans])


def unknown_share(features: Dataset, tokenizer: PreTrainedTokenizerBase) -> float:
    """Return which part of the tokens of texts, special ones left out, is unknown; from 0 to 1.

    A tokenizer that has no token for the unknown alone (byte-level ones know everything) gives 0.
    """
    unknown, special = tokenizer.unk_token_id, set(tokenizer.all_special_ids)
    meanings = list(tokenizer.special_tokens_map.values())
    if unknown is None or meanings.count(tokenizer.unk_token) > 1:
        return 0.0
    ids = pc.list_flatten(features.with_format("arrow")["input_ids"][:])
    counts = np.bincount(ids.to_numpy(), minlength=len(tokenizer))
    of_texts = counts.sum() - counts[list(special - {unknown})].sum()
    return float(counts[unknown] / max(of_texts, 1))


def warn_unknown(
    task: str, features: Dataset, tokenizer: PreTrainedTokenizerBase, most: float = 1.0
) -> None:
    """Say how many tokens of a task's texts are unknown, where these are many.

    Raises:
        InputError: there are more than `most`, a share.
    """
    share = unknown_share(features, tokenizer)
    found = f"{100 * share:.1f} % unknown tokens ({tokenizer.unk_token})"
    if share > most:
        raise InputError(
            f"{tokenizer.name_or_path}: found {found} in the texts of {task}, expected at most "
            f"{100 * most:.0f} %: {why_lost(tokenizer)}"
        )
    if share > WORTH_SAYING:
        note(f"{task}: {found} in the texts")


def why_lost(tokenizer: PreTrainedTokenizerBase) -> str:
    """Return why a tokenizer knows no Korean, most likely."""
    normalizer = tokenizer.backend_tokenizer.normalizer
    if normalizer is not None and "한" not in normalizer.normalize_str("한"):
        return (
            "the tokenizer takes Hangul apart, as lower-casing does where tokenizer_config.json "
            'with "do_lower_case": false is missing'
        )
    return "most likely the vocabulary has no Korean"
