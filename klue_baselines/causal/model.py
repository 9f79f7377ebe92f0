"""A causal language model in this process: it ranks the continuations of a prompt, and writes.

What prompts share (instruction and shots) is read once, and a prompt once for all of its
continuations, which are then read in one pass. Prompts that several threads ask about at the same
time are read together.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from klue_common.errors import InputError, RunError, one_line
from klue_results.naming import identify, model_name

from .gathering import Gathering
from .network import Network
from .opening import context_of, end_ids, open_causal, opening_ids
from .prefixes import common

STOPPED, CUT_OFF = "stop", "length"
MOST_TOKENS = 1 << 16  # of the texts that are read at once, padded
LOOK_BACK = 8  # tokens of a prompt that a decoder may need to write the next one as it stands
HALF = "\ufffd"  # what a decoder writes for bytes that are no whole character


class ContextError(ValueError):
    """A text is longer than the model's context."""


class Ranking(NamedTuple):
    """The continuations' log-probabilities, float64 [continuations], and the prompt's tokens."""

    logprobs: np.ndarray
    prompt_tokens: int


class Written(NamedTuple):
    """What a model wrote, why it ended ("stop" or "length"), and the tokens read and written."""

    text: str
    finish: str
    prompt_tokens: int
    new_tokens: int


class Continuations(NamedTuple):
    """Continuations of a prompt as ids: what all texts share, and the rest of each."""

    head: list[int]
    tails: list[list[int]]


@dataclass
class Draft:
    """A text that is being written.

    Attributes:
        head: the prompt's ids.
        stop: what ends the text.
        longest: the most tokens.
        ids: that were written.
        text: of the ids, up to `stop`.
        finish: why it ended, "" as long as it has not.
    """

    head: list[int]
    stop: str
    longest: int
    ids: list[int] = field(default_factory=list)
    text: str = ""
    finish: str = ""


class CausalModel:
    """A causal language model; `rank` and `generate` may be called from several threads."""

    def __init__(
        self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, about: dict[str, str]
    ) -> None:
        """Take a model in evaluation mode; `open` finds one.

        Args:
            model: on its device.
            tokenizer: a fast one.
            about: what results say of it.
        """
        self.tokenizer, self.about = tokenizer, about
        self.context = context_of(model, tokenizer)
        self.network = Network(model, self.context)
        self.opening, self.ends = opening_ids(tokenizer), end_ids(model, tokenizer)
        self.tokenizing, reading = threading.Lock(), threading.Lock()
        self.ranking = Gathering(self.rank_all, reading)
        self.writing = Gathering(self.write_all, reading)

    @classmethod
    def open(
        cls,
        model: str,
        *,
        name: str | None = None,
        dtype: str | None = None,
        trust_remote_code: bool = False,
    ) -> CausalModel:
        """Return the model of a folder or Hub id.

        Args:
            model: a folder or a Hub id.
            name: what results call it, None for a name of its place.
            dtype: of the weights; None is float32 on a CPU and as stored elsewhere.
            trust_remote_code: whether code that comes with the model runs; nobody is asked.

        Raises:
            InputError: it is no causal model, or no tokenizer is beside it.
        """
        opened, tokenizer = open_causal(model, dtype, trust_remote_code)
        place = identify(model)
        about = {
            "provider": "transformers",
            "model": model_name(model, name),
            "api": "in process",
            "path": place.path,
            "revision": place.revision or "",
            "digest": place.digest or "",
            "dtype": str(opened.dtype).removeprefix("torch."),
            "device": opened.device.type,
        }
        return cls(opened, tokenizer, about)

    def tokens(self, text: str) -> list[int]:
        """Return the ids of a text, with what the model begins every text with."""
        return self.tokens_of([text])[0]

    def tokens_of(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of texts."""
        with self.tokenizing:
            found = self.tokenizer(list(texts), add_special_tokens=False)["input_ids"]
        return [[*self.opening, *ids] for ids in found]

    def rank(self, prompt: str, continuations: Sequence[str]) -> Ranking:
        """Return the log-probability of each continuation of a prompt as a whole.

        Prompt and continuation are one text to the tokenizer. What the tokens of all of them
        begin with counts for none.

        Raises:
            ContextError: the longest does not fit.
            InputError: there is nothing to go on from.
            RunError: the device's memory does not suffice.
        """
        texts = self.tokens_of([prompt + text for text in continuations])
        self.check_length(max(map(len, texts)))
        shared = common(texts)
        if not shared:
            raise InputError("rank: found an empty prompt, expected one")
        asked = Continuations(texts[0][:shared], [text[shared:] for text in texts])
        return Ranking(self.ranking(asked), len(texts[0]))

    def generate(self, prompt: str, *, stop: str, longest: int) -> Written:
        """Return what the model writes after a prompt: always the likeliest token.

        Args:
            prompt: the text.
            stop: what ends the text, and is no part of it.
            longest: the most tokens.

        Raises:
            ContextError: prompt and answer do not fit.
            InputError: there is nothing to go on from.
            RunError: the device's memory does not suffice.
        """
        (head,) = self.tokens_of([prompt])
        self.check_length(len(head) + longest)
        if not head:
            raise InputError("generate: found an empty prompt, expected one")
        draft = self.writing(Draft(head, stop, longest))
        return Written(draft.text, draft.finish, len(head), len(draft.ids))

    def check_length(self, tokens: int) -> None:
        """Refuse what does not fit into the model's context."""
        if tokens > self.context:
            raise ContextError(f"found {tokens} tokens, expected at most {self.context}")

    def groups(self, lengths: Sequence[int]) -> Iterator[slice]:
        """Yield which of some texts are read at once: several, or each by itself."""
        longest = max(lengths)
        size = max(MOST_TOKENS // longest, 1) if self.network.together(longest) else 1
        yield from (slice(start, start + size) for start in range(0, len(lengths), size))

    def rank_all(self, asked: Sequence[Continuations]) -> list[np.ndarray]:
        """Return the log-probabilities for some prompts, float64 [continuations] each."""
        found: list[np.ndarray] = []
        longest = [len(one.head) + max(map(len, one.tails)) for one in asked]
        for group in self.groups(longest):
            found += self.rank_together(asked[group])
        return found

    def rank_together(self, asked: Sequence[Continuations]) -> list[np.ndarray]:
        """Return the log-probabilities for some prompts that are read at once."""
        rows = [row for row, one in enumerate(asked) for _ in one.tails]
        tails = [tail for one in asked for tail in one.tails]
        with in_memory(len(asked)):
            read = self.network.heads([one.head for one in asked])
            flat = self.network.logprobs(read, rows, tails)
        ends = np.cumsum([len(one.tails) for one in asked])
        return np.split(flat, ends[:-1])

    def write_all(self, drafts: Sequence[Draft]) -> Sequence[Draft]:
        """Write some texts to their ends."""
        for group in self.groups([len(draft.head) + draft.longest for draft in drafts]):
            self.write_together(drafts[group])
        return drafts

    def write_together(self, drafts: Sequence[Draft]) -> None:
        """Write some texts at once; those that have ended are read on for nothing."""
        with in_memory(len(drafts)):
            read = self.network.heads([draft.head for draft in drafts])
            while True:
                tokens = read.logits.argmax(-1).tolist()
                for draft, token in zip(drafts, tokens, strict=True):
                    if not draft.finish:
                        self.write(draft, token)
                if all(draft.finish for draft in drafts):
                    break
                self.network.write(read, tokens)

    def write(self, draft: Draft, token: int) -> None:
        """Add a token to a text, and see whether that ends it."""
        if token in self.ends:
            draft.finish = STOPPED
            return
        draft.ids.append(token)
        before = draft.head[-LOOK_BACK:]
        known, text = self.decoded(before), self.decoded([*before, *draft.ids])
        draft.text, stop, _ = text[len(known) :].partition(draft.stop)
        if stop:
            draft.finish = STOPPED
        elif len(draft.ids) >= draft.longest:
            draft.finish = CUT_OFF
            draft.text = draft.text.rstrip(HALF)

    def decoded(self, ids: Sequence[int]) -> str:
        """Return the text of some ids, without special tokens."""
        with self.tokenizing:
            return str(
                self.tokenizer.decode(
                    ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
                )
            )


@contextmanager
def in_memory(texts: int) -> Iterator[None]:
    """Turn a device's lack of memory into one line that says how to go on.

    Raises:
        RunError: the memory does not suffice for so many texts at once.
    """
    try:
        yield
    except torch.OutOfMemoryError as error:
        hint = "try --concurrency 1" if texts > 1 else "expected a smaller model or fewer shots"
        raise RunError(
            f"memory: too little for {texts} prompts at once ({hint}): {one_line(error)[:100]}"
        ) from None
