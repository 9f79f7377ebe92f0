"""Asking a model about any number of examples: so many read ahead, the like lengths together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from ..encoding.encoder import TextEncoder
from ..task import AskedTask, Columns, Record

PART = 64  # examples that are encoded at once
TOKENS = 1 << 17  # read ahead at most, or a part: memory does not follow the texts' length

Encode = Callable[[Sequence[Record]], list[Record]]
Thing = TypeVar("Thing")


def features_of(
    task: AskedTask, examples: Sequence[Record], encoder: TextEncoder, config: Any
) -> list[Record]:
    """Return the features of examples, in their order; `example` is the place of each one's."""
    if not examples:
        return []
    columns: Columns = {name: [row[name] for row in examples] for name in examples[0]}
    encoded = task.encode(columns, encoder, config, False)
    count = len(encoded["input_ids"])
    encoded.setdefault("example", list(range(count)))
    return [{name: values[at] for name, values in encoded.items()} for at in range(count)]


def read_ahead(
    examples: Iterable[Record], encode: Encode, most: int
) -> Iterator[tuple[list[Record], list[Record]]]:
    """Yield examples in windows, with the features of each.

    Args:
        examples: any number of them; they are taken as they are needed.
        encode: examples -> their features, whose `example` is the place among these examples.
        most: examples in a window. Of long ones there are fewer: `TOKENS` together.
    """
    window: list[Record] = []
    features: list[Record] = []
    tokens = 0
    for part in parts_of(examples, min(PART, most)):
        found = encode(part)
        features += [{**one, "example": one["example"] + len(window)} for one in found]
        tokens += sum(one["length"] for one in found)
        window += part
        if len(window) >= most or tokens >= TOKENS:
            yield window, features
            window, features, tokens = [], [], 0
    if window:
        yield window, features


def parts_of(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    """Yield things in lists of `size`, the last of which may be shorter.

    >>> list(parts_of("가나다", 2))
    [['가', '나'], ['다']]
    """
    left = iter(things)
    while part := list(islice(left, size)):
        yield part


def ask_by_length(
    features: Sequence[Record], ask: Callable[[list[Record]], list[Any]], batch_size: int
) -> list[Any]:
    """Return what a model says of each feature, in the order of the features.

    Args:
        features: model inputs with their `length`.
        ask: a batch of features -> one answer for each.
        batch_size: features a batch; the longest ones come first.
    """
    order = sorted(range(len(features)), key=lambda at: -features[at]["length"])
    given: list[Any] = [None] * len(features)
    for places in parts_of(order, batch_size):
        answers = ask([features[at] for at in places])
        for at, answer in zip(places, answers, strict=True):
            given[at] = answer
    return given
