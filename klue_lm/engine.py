"""Who answers: what a server, a model in process and a harness have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from .forms import Form

STOPPED, CUT_OFF, FILTERED = "stop", "length", "filter"
WHOLE, FIRST_TOKEN = "whole labels", "first token"


class TooLongError(ValueError):
    """A prompt does not fit into the model's context; with fewer shots it may."""


@dataclass(frozen=True)
class Reply:
    """What a model wrote.

    Attributes:
        text: as it came, None where there was nothing.
        finish: why it ended: "stop", "length" (cut off), "filter" (refused by the provider).
        prompt_tokens, new_tokens: as the engine counts them, 0 where it does not say.
    """

    text: str | None
    finish: str = STOPPED
    prompt_tokens: int = 0
    new_tokens: int = 0


@dataclass(frozen=True)
class Ranked:
    """What a model gives each of some continuations of a prompt.

    Attributes:
        logprobs: float64 [continuations].
        method: "whole labels", or "first token" where an engine tells no more than that.
        prompt_tokens: as the engine counts them.
        floored: how many tokens were not among those that the engine tells the probability of,
            and count as its least likely one.
    """

    logprobs: np.ndarray
    method: str = WHOLE
    prompt_tokens: int = 0
    floored: int = 0


class Engine(Protocol):
    """A language model that can be asked; each method may be called from several threads."""

    @property
    def about(self) -> dict[str, str]:
        """What a result says of it: provider, model, api."""
        ...

    def generate(self, prompt: str, *, stop: str, longest: int, form: Form | None) -> Reply:
        """Return what the model writes after a prompt, greedily.

        Args:
            prompt: the text.
            stop: what ends an answer that is plain text.
            longest: the most tokens.
            form: what the answer is held to, None where it is free.

        Raises:
            TooLongError: the prompt does not fit.
            RunError: the engine does not answer.
        """
        ...

    def rank(self, prompt: str, continuations: Sequence[str]) -> Ranked:
        """Return the log-probability of each continuation of a prompt.

        Raises:
            TooLongError: a prompt does not fit.
            InputError: the engine tells no probabilities, or too few to tell the labels apart.
            RunError: the engine does not answer.
        """
        ...
