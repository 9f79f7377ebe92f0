"""The scored characters of a split: columns of tag lists as arrays of tag ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, compress, repeat
from operator import eq, ne
from typing import Any

import numpy as np

from .checks import check_nested_lengths, nested_lengths
from .entities import INVENTED, TAGS, UNKNOWN, tag_parts
from .errors import MetricError, shown


@dataclass(frozen=True)
class Characters:
    """The scored characters of a split, one after the other.

    Attributes:
        sentence: the sentence of each character, int32 [characters].
        n_sentences: how many sentences.
        predicted: tag ids, int8 [characters]; those from 13 on are unknown tags.
        gold: tag ids, int8 [characters].
    """

    sentence: np.ndarray
    n_sentences: int
    predicted: np.ndarray
    gold: np.ndarray


def characters(
    predictions: Sequence[Any],
    references: Sequence[Any],
    tokens: Sequence[Any] | None,
    unknown_label: str,
) -> Characters:
    """Return the scored characters: with `tokens`, those that are no space; without, all."""
    lengths = nested_lengths(references, "references")
    predicted_lengths = nested_lengths(predictions, "predictions")
    check_nested_lengths(predicted_lengths, lengths, "predictions", "tags", "references")
    sentence = np.repeat(np.arange(len(references), dtype=np.int32), lengths)
    try:
        predicted, gold = ids_of_names(predictions, references, lengths)
    except (KeyError, TypeError, ValueError):
        gold = ids_of_labels(references, "references", lengths, "error")
        predicted = ids_of_labels(predictions, "predictions", lengths, unknown_label)
    if tokens is not None:
        scored = ~spaces(tokens, lengths)
        sentence, predicted, gold = sentence[scored], predicted[scored], gold[scored]
    return Characters(sentence, len(references), predicted, gold)


def ids_of_names(
    predictions: Sequence[Any], references: Sequence[Any], lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return predicted and gold tag ids, int8 [characters], where all tags are known names.

    Most sentences are predicted right: lists are compared first, and only what differs is looked
    up a second time.

    Raises:
        KeyError, TypeError, ValueError: there is something else among the tags.
    """
    tag_id = TAGS.ids.__getitem__
    gold = np.frombuffer(bytes(map(tag_id, chain.from_iterable(references))), np.int8)
    differs = list(map(ne, predictions, references))
    wrong = bytes(map(tag_id, chain.from_iterable(compress(predictions, differs))))
    predicted = gold.copy()
    predicted[np.repeat(np.array(differs, bool), lengths)] = np.frombuffer(wrong, np.int8)
    return predicted, gold


def ids_of_labels(
    column: Sequence[Any], side: str, lengths: np.ndarray, unknown_label: str
) -> np.ndarray:
    """Return the tag ids of all sentences for names and ids alike, int8 [characters]."""

    def place(number: int) -> str:
        ends = np.cumsum(lengths)
        example = int(np.searchsorted(ends, number, side="right"))
        return f"{side}[{example}][{number - int(ends[example] - lengths[example])}]"

    every = list(chain.from_iterable(column))
    ids = TAGS.encode(every, side, unknown_label, place).astype(np.int8)
    for at in np.flatnonzero(ids == UNKNOWN):
        ids[at] = INVENTED.get(tag_parts(every[at])[0], UNKNOWN)
    return ids


def spaces(tokens: Sequence[Any], lengths: np.ndarray) -> np.ndarray:
    """Return which characters are spaces, bool [characters]."""
    # A sentence may also be given as one string: its characters are its tokens.
    found = nested_lengths(tokens, "tokens", texts=True)
    check_nested_lengths(found, lengths, "tokens", "tokens", "references")
    try:
        texts = list(map("".join, tokens))
    except TypeError:
        raise MetricError(token_problem(tokens)) from None
    if list(map(len, texts)) == lengths.tolist() and not any("" in one for one in tokens):
        # Each token is one character, as they should be, and all are compared at once.
        characters_ = "".join(texts).encode("utf-32-le", "surrogatepass")
        return np.frombuffer(characters_, "<u4") == ord(" ")
    is_space = map(eq, chain.from_iterable(tokens), repeat(" "))
    return np.frombuffer(bytes(is_space), bool)


def token_problem(tokens: Sequence[Any]) -> str:
    """Return what is wrong with the first token that is no text."""
    for number, sentence in enumerate(tokens):
        for at, token in enumerate(sentence):
            if not isinstance(token, str):
                return f"tokens[{number}][{at}]: found {shown(token)}, expected a character"
    raise AssertionError("all tokens are texts")
