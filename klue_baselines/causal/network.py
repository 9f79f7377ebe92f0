"""A causal model as something that reads on: texts with a common beginning, then token by token."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from transformers import DynamicCache, PreTrainedModel

from .prefixes import KeptPrefixes, fork, no_gaps, row_bytes

MOST_LOGITS = 1 << 26  # of one pass over continuations: positions times vocabulary
MOST_CACHE = 1 << 31  # bytes of the caches of one pass over continuations
CACHE_NAMES = ("cache", "past_key_values")  # of the argument: today's, and that of older releases


@dataclass
class Read:
    """Texts that a model has read.

    Attributes:
        cache: a row a text.
        logits: of the token behind each, float32 [texts, vocabulary].
        lengths: tokens of each, int64 [texts].
        slots: what the longest of them takes in the cache; shorter ones have padding behind them.
        grown: tokens that were read since, of each text.
    """

    cache: DynamicCache
    logits: torch.Tensor
    lengths: torch.Tensor
    slots: int
    grown: int = 0

    def places(self, rows: Sequence[int], new: int, context: int) -> dict[str, torch.Tensor]:
        """Return what tells a model where the next `new` tokens of some rows belong.

        Nothing where all texts are of one length: then they belong behind what is in the cache.
        """
        if bool((self.lengths == self.slots).all()):
            return {}
        lengths = self.lengths[list(rows), None]
        slots = torch.arange(self.slots + self.grown + new, device=lengths.device)
        mask = (slots < lengths) | (slots >= self.slots)
        positions = lengths + self.grown + torch.arange(new, device=lengths.device)
        return {
            "attention_mask": mask.long(),
            # Padding behind the last token may be beyond the context; where it is is all the same.
            "position_ids": positions.clamp(max=context - 1),
        }


class Network:
    """Reads with one model; one thread at a time."""

    def __init__(self, model: PreTrainedModel, context: int) -> None:
        """Take a model that `opening.open_causal` has checked.

        Args:
            model: in evaluation mode.
            context: tokens of the longest text.
        """
        self.model, self.context = model, context
        parameters = inspect.signature(model.forward).parameters
        self.cache_name = next(name for name in CACHE_NAMES if name in parameters)
        self.takes_places = {"attention_mask", "position_ids"} <= set(parameters)
        self.keeps_some = "logits_to_keep" in parameters
        self.prefixes = KeptPrefixes(self.empty, self.read)

    @property
    def device(self) -> torch.device:
        """Where the ids go."""
        return self.model.get_input_embeddings().weight.device

    def empty(self) -> DynamicCache:
        """Return a cache that has read nothing."""
        return DynamicCache(config=self.model.config)

    def together(self, longest: int) -> bool:
        """Return whether texts of different lengths, up to `longest`, can be read at once."""
        return self.takes_places and not no_gaps(self.empty(), longest)

    def forward(self, module: Any, ids: Any, cache: DynamicCache, **inputs: Any) -> Any:
        """Call the model, or its body, with a cache that it writes to."""
        ids = torch.as_tensor(ids, device=self.device)
        return module(input_ids=ids, use_cache=True, **{self.cache_name: cache}, **inputs)

    @torch.inference_mode()
    def read(self, ids: Sequence[int], cache: DynamicCache) -> None:
        """Read a text, on from where a cache of one row is; no next token is computed."""
        self.forward(self.model.base_model, [list(ids)], cache)

    @torch.inference_mode()
    def heads(self, texts: Sequence[Sequence[int]]) -> Read:
        """Read some texts."""
        prefix = self.prefixes.start(texts)
        begun = len(prefix.ids)
        cache = fork(prefix.cache, [0] * len(texts))
        bodies = [list(text[begun:]) for text in texts]
        width = max(map(len, bodies))
        ends = torch.tensor([len(body) - 1 for body in bodies], device=self.device)
        kept, back = ends.unique(return_inverse=True)
        options = {"logits_to_keep": kept} if self.keeps_some else {}
        rows = [padded(body, width) for body in bodies]
        logits = self.forward(self.model, rows, cache, **options).logits
        logits = logits[torch.arange(len(texts)), back if self.keeps_some else ends].float()
        return Read(cache, logits, ends + 1 + begun, begun + width)

    @torch.inference_mode()
    def write(self, read: Read, tokens: Sequence[int]) -> None:
        """Read one more token of each text."""
        where = read.places(range(len(tokens)), 1, self.context)
        found = self.forward(self.model, [[token] for token in tokens], read.cache, **where)
        read.logits = found.logits[:, -1].float()
        read.grown += 1

    @torch.inference_mode()
    def logprobs(
        self, read: Read, rows: Sequence[int], tails: Sequence[Sequence[int]]
    ) -> np.ndarray:
        """Return the log-probability of each continuation of the texts that were read.

        Args:
            read: the texts, which are left as they are.
            rows: which text each goes on from.
            tails: the continuation's tokens; none have log-probability 0.

        Returns:
            float64 [continuations].
        """
        found = np.zeros(len(tails))
        first = read.logits.log_softmax(-1)
        for at, (row, tail) in enumerate(zip(rows, tails, strict=True)):
            found[at] = float(first[row, tail[0]]) if tail else 0.0
        longer = [at for at, tail in enumerate(tails) if len(tail) > 1]
        width = max(map(len, tails))
        most = min(
            MOST_LOGITS // (width * first.shape[-1]), MOST_CACHE // max(row_bytes(read.cache), 1)
        )
        for start in range(0, len(longer), max(most, 1)):
            part = longer[start : start + max(most, 1)]
            found[part] += self.rest(read, [rows[at] for at in part], [tails[at] for at in part])
        return found

    def rest(self, read: Read, rows: Sequence[int], tails: Sequence[Sequence[int]]) -> np.ndarray:
        """Return the log-probabilities of a few continuations behind their first tokens."""
        width = max(map(len, tails)) - 1
        where = read.places(rows, width, self.context)
        inputs = [padded(tail[:-1], width) for tail in tails]
        logits = self.forward(self.model, inputs, fork(read.cache, rows), **where).logits.float()
        targets = torch.tensor([padded(tail[1:], width) for tail in tails], device=logits.device)
        chosen = logits.gather(-1, targets[..., None])[..., 0] - logits.logsumexp(-1)
        sizes = torch.tensor([len(tail) - 1 for tail in tails], device=logits.device)
        inside = torch.arange(width, device=logits.device) < sizes[:, None]
        return chosen.double().masked_fill(~inside, 0.0).sum(-1).cpu().numpy()


def padded(ids: Sequence[int], width: int) -> list[int]:
    """Return ids with anything behind them: nothing that is read later sees it.

    >>> padded([5, 6], 3)
    [5, 6, 0]
    """
    return [*ids, *[0] * (width - len(ids))]
