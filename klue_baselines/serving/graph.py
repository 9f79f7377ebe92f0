"""What of a task's model goes into an ONNX file, and how the task asks what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from transformers.modeling_outputs import TokenClassifierOutput


class Logits(nn.Module):
    """A model of transformers that is asked for its logits alone."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        token_type_ids: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor]:
        """Return the logits of a batch."""
        types = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
        return (self.model(input_ids=input_ids, attention_mask=attention_mask, **types).logits,)


@dataclass(frozen=True)
class Graph:
    """The graph of a task's models.

    module: a model -> the module that is traced; it takes inputs by name and gives a tuple.
    words: inputs beside the tokenizer's, each (batch, words), 0 behind a text's last word.
    outputs: the names of what the module gives.
    answer: the outputs by name -> what a task's `predict` and `scored` read.
    """

    module: Callable[[Any], nn.Module] = Logits
    words: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ("logits",)
    answer: Callable[..., Any] = TokenClassifierOutput

    def example(
        self, names: list[str], texts: int = 2, tokens: int = 6, words: int = 3
    ) -> dict[str, torch.Tensor]:
        """Return inputs to trace a graph with: texts of which the last is shorter than the others.

        Args:
            names: the inputs that the tokenizer gives.
            texts: how many there are; any number from 2 on, as the others.
            tokens: of the longest.
            words: the same.

        Example:
            >>> Graph().example(["input_ids", "attention_mask"])["attention_mask"]
            tensor([[1, 1, 1, 1, 1, 1],
                    [1, 1, 1, 1, 1, 0]])
        """
        mask = torch.ones(texts, tokens, dtype=torch.long)
        mask[-1, -1] = 0
        fills: Mapping[str, torch.Tensor] = {
            "input_ids": torch.full_like(mask, 2),
            "token_type_ids": torch.zeros_like(mask),
            "attention_mask": mask,
        }
        places = torch.arange(1, words + 1).repeat(texts, 1)
        places[-1, -1] = 0
        return {name: fills[name] for name in names} | {name: places.clone() for name in self.words}
