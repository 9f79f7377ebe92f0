"""A language model in this process, through transformers, as an engine that can be asked.

torch is imported when a model is opened, and not before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from klue_common.errors import InputError

from .engine import Ranked, Reply, TooLongError
from .forms import Form

if TYPE_CHECKING:
    from klue_baselines.causal.model import CausalModel

SCHEME = "hf:"  # before a folder or a Hub id, where a model is named


@dataclass(frozen=True)
class Local:
    """A model in this process."""

    model: CausalModel

    @property
    def about(self) -> dict[str, str]:
        """What a result says of the model."""
        return self.model.about

    def generate(self, prompt: str, *, stop: str, longest: int, form: Form | None) -> Reply:
        """Return what the model writes after a prompt, greedily; see `engine.Engine`."""
        if form is not None:
            raise InputError(
                "transformers: holds no answer to a form, expected --generate or --rank, or a "
                "server that does (llama-server, vLLM)"
            )
        with fitting():
            return Reply(*self.model.generate(prompt, stop=stop, longest=longest))

    def rank(self, prompt: str, continuations: Sequence[str]) -> Ranked:
        """Return the log-probability of each continuation; see `engine.Engine`."""
        with fitting():
            ranking = self.model.rank(prompt, continuations)
        return Ranked(ranking.logprobs, prompt_tokens=ranking.prompt_tokens)


@contextmanager
def fitting() -> Iterator[None]:
    """Say in this room's words that a prompt does not fit."""
    from klue_baselines.causal.model import ContextError

    try:
        yield
    except ContextError as error:
        raise TooLongError(str(error)) from None


def open_local(model: str, *, dtype: str | None = None, trust_remote_code: bool = False) -> Local:
    """Return a model of a folder or Hub id.

    Args:
        model: "hf:FOLDER", "hf:OWNER/NAME", or either without "hf:".
        dtype: of the weights; None is float32 on a CPU and as stored elsewhere.
        trust_remote_code: whether code that comes with the model runs; nobody is asked.

    Raises:
        InputError: it is no causal model, or no tokenizer is beside it.
    """
    from klue_baselines.causal.model import CausalModel

    place = model.removeprefix(SCHEME)
    return Local(CausalModel.open(place, dtype=dtype, trust_remote_code=trust_remote_code))
