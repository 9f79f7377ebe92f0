"""What a causal model has read already: its key-value cache, kept for the texts that go on there.

A cache is never cut back: a layer with a sliding window, or a recurrent one, has let go of what a
shorter text would need. What is kept is a beginning that others share, and each text gets a fork.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

LEAST_GAIN = 16  # tokens: less is not worth a cache of its own
MOST_KEPT = 2  # what all prompts share, and what the latest share beyond that


class Prefix(NamedTuple):
    """The beginning of a text, with the cache of a model that has read it."""

    ids: tuple[int, ...]
    cache: Any


@dataclass
class KeptPrefixes:
    """The beginnings that the latest texts shared, each longer than the one before.

    Attributes:
        empty: makes a cache that has read nothing.
        read: (ids, cache) reads on.
    """

    empty: Callable[[], Any]
    read: Callable[[Sequence[int], Any], None]
    kept: list[Prefix] = field(default_factory=list)
    last: tuple[int, ...] = ()

    def start(self, texts: Sequence[Sequence[int]]) -> Prefix:
        """Return the longest beginning of all these texts that was read, or is worth reading now.

        It leaves at least a token of each. Its cache is to be forked, not written to.
        """
        known = [self.last, *texts] if self.last else [*texts, *texts[:1]]
        most = min(map(len, texts)) - 1
        shared = min(common(known), most) if len(texts) > 1 or self.last else 0
        while self.kept and not begin_with(texts, self.kept[-1].ids, most):
            self.kept.pop()
        prefix = self.kept[-1] if self.kept else Prefix((), self.empty())
        if shared >= len(prefix.ids) + LEAST_GAIN:
            prefix = self.read_on(prefix, tuple(texts[0][:shared]))
        self.last = tuple(texts[-1])
        return prefix

    def read_on(self, prefix: Prefix, ids: tuple[int, ...]) -> Prefix:
        """Read a longer beginning, and keep it."""
        cache = fork(prefix.cache, [0])
        self.read(ids[len(prefix.ids) :], cache)
        self.kept = [*self.kept[: MOST_KEPT - 1], Prefix(ids, cache)]
        return self.kept[-1]


def common(texts: Sequence[Sequence[int]]) -> int:
    """Return how many tokens all of some texts begin with.

    >>> common([(1, 2, 3), (1, 2, 4), (1, 2)])
    2
    """
    size = min(map(len, texts))
    return next((at for at in range(size) if len({text[at] for text in texts}) > 1), size)


def begin_with(texts: Sequence[Sequence[int]], ids: tuple[int, ...], most: int) -> bool:
    """Return whether all texts begin with some ids, which are no more than `most`."""
    return len(ids) <= most and all(tuple(text[: len(ids)]) == ids for text in texts)


def fork(cache: DynamicCache, rows: Sequence[int]) -> DynamicCache:
    """Return a cache of its own for each of some rows of another, which stays as it is.

    Args:
        cache: of one or more texts.
        rows: the text in `cache` that each row of the new one goes on from.
    """
    forked = copy.copy(cache)
    forked.layers = [fork_layer(layer, rows) for layer in cache.layers]
    return forked


def fork_layer(layer: Any, rows: Sequence[int]) -> Any:
    """Return a layer of a cache for some of its rows."""
    forked = copy.copy(layer)
    if type(layer) in (DynamicLayer, DynamicSlidingWindowLayer):
        if layer.keys is not None and layer.keys.shape[0] == 1:
            # These two never write into what they hold, so that all rows can share it.
            forked.keys = layer.keys.expand(len(rows), -1, -1, -1)
            forked.values = layer.values.expand(len(rows), -1, -1, -1)
            return forked
    else:
        for name, value in vars(layer).items():
            if isinstance(value, dict):
                setattr(forked, name, dict(value))
    forked.reorder_cache(torch.tensor(rows))
    return forked


def is_attention(cache: DynamicCache) -> bool:
    """Return whether all that a cache holds is keys and values of attention, as they were read."""
    return all(type(layer) in (DynamicLayer, DynamicSlidingWindowLayer) for layer in cache.layers)


def no_gaps(cache: DynamicCache, slots: int) -> bool:
    """Return whether texts of different lengths can not share a cache of so many tokens a row.

    The padding between a short text and what follows it takes room in a sliding window, and a
    recurrent layer would read it.
    """
    return not all(
        type(layer) is DynamicLayer
        or (type(layer) is DynamicSlidingWindowLayer and slots < layer.sliding_window)
        for layer in cache.layers
    )


def row_bytes(cache: DynamicCache) -> int:
    """Return how many bytes a row of a cache takes."""
    held = [getattr(layer, name, None) for layer in cache.layers for name in ("keys", "values")]
    return sum(t[0].numel() * t.element_size() for t in held if t is not None and len(t))
