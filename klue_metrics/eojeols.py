"""The scored eojeols of a split: columns of dependency trees as arrays of heads and relations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .checks import check_nested_lengths, flat, nested_lengths
from .errors import MetricError, shown
from .labels import LabelSet, is_null

# fmt: off
RELATIONS = LabelSet((
    "NP", "NP_AJT", "VP", "NP_SBJ", "VP_MOD", "NP_OBJ", "AP", "NP_CNJ", "NP_MOD", "VNP", "DP",
    "VP_AJT", "VNP_MOD", "NP_CMP", "VP_SBJ", "VP_CMP", "VP_OBJ", "VNP_CMP", "AP_MOD", "X_AJT",
    "VP_CNJ", "VNP_AJT", "IP", "X", "X_SBJ", "VNP_OBJ", "VNP_SBJ", "X_OBJ", "AP_AJT", "L",
    "X_MOD", "X_CNJ", "VNP_CNJ", "X_CMP", "AP_CMP", "AP_SBJ", "R", "NP_SVJ",
))
# fmt: on


PADDING_HEAD, NO_HEAD = -1, -2


@dataclass(frozen=True)
class Eojeols:
    """The scored eojeols of a split, one after the other: int64 [eojeols] each.

    `predicted_deprel` is 38 where the predicted relation is unknown, `predicted_head` -2 where
    there is none.
    """

    sentence: np.ndarray
    n_sentences: int
    predicted_head: np.ndarray
    gold_head: np.ndarray
    predicted_deprel: np.ndarray
    gold_deprel: np.ndarray


def eojeols(
    predictions: Sequence[Any], references: Sequence[Any], unknown_label: str = "error"
) -> Eojeols:
    """Return the scored eojeols: those whose gold head is not -1."""
    gold_heads = _parts(references, "references", "head")
    lengths = nested_lengths(gold_heads, "references")
    heads = _heads(gold_heads, "references", lengths, "error")
    scored = heads != PADDING_HEAD
    columns = [heads]
    for side, column, key in (
        ("predictions", predictions, "head"),
        ("predictions", predictions, "deprel"),
        ("references", references, "deprel"),
    ):
        parts = _parts(column, side, key)
        found = nested_lengths(parts, side)
        check_nested_lengths(found, lengths, side, f"values of {key}", "references")
        allowed = unknown_label if side == "predictions" else "error"
        if key == "head":
            columns.append(_heads(parts, side, lengths, allowed))
        else:
            columns.append(_deprels(parts, side, lengths, scored, allowed))
    sentence = np.repeat(np.arange(len(references)), lengths)
    gold_head, predicted_head, predicted_deprel, gold_deprel = (c[scored] for c in columns)
    return Eojeols(
        sentence[scored],
        len(references),
        predicted_head,
        gold_head,
        predicted_deprel,
        gold_deprel,
    )


def _parts(column: Sequence[Any], side: str, key: str) -> list[Any]:
    try:
        return [sentence[key] for sentence in column]
    except (KeyError, TypeError, IndexError):
        expected = '{"head": [...], "deprel": [...]}'
        for number, sentence in enumerate(column):
            if not isinstance(sentence, Mapping) or key not in sentence:
                message = f"{side}[{number}]: found {shown(sentence)}, expected {expected}"
                raise MetricError(message) from None
        raise


def _place(side: str, key: str, number: int, lengths: np.ndarray) -> str:
    ends = np.cumsum(lengths)
    sentence = int(np.searchsorted(ends, number, side="right"))
    return f"{side}[{sentence}][{key!r}][{number - int(ends[sentence] - lengths[sentence])}]"


def is_position(head: Any) -> bool:
    """Return whether a head is a whole number of 32 bits (-1 marks padding)."""
    number = isinstance(head, int | np.integer) and not isinstance(head, bool)
    return number and -1 <= int(head) < 2**31


def _heads(parts: list[Any], side: str, lengths: np.ndarray, unknown_label: str) -> np.ndarray:
    every = flat(parts)
    for number, head in enumerate(every):
        if unknown_label == "wrong" and is_null(head):
            every[number] = NO_HEAD
        elif not is_position(head):
            place = _place(side, "head", number, lengths)
            expected = "a position: 0 for the root, 1 for the first eojeol"
            raise MetricError(f"{place}: found {shown(head)}, expected {expected}")
    return np.array(every, np.int64)


def _deprels(
    parts: list[Any], side: str, lengths: np.ndarray, scored: np.ndarray, unknown_label: str
) -> np.ndarray:
    every = flat(parts)
    if not scored.all():  # What stands at padding is no label.
        every = [
            label if keep else RELATIONS.names[0]
            for label, keep in zip(every, scored.tolist(), strict=True)
        ]

    def place(number: int) -> str:
        return _place(side, "deprel", number, lengths)

    return RELATIONS.encode(every, side, unknown_label, place)
