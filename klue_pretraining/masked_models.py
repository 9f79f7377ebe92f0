"""Masked language models that score the hidden tokens only, and the batches that they learn from.

The output layer is as wide as the vocabulary, and 85 % of what it would compute is thrown away; in
a small model that is half of all work.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pad_sequence
from transformers import BertForMaskedLM, ModernBertForMaskedLM, RobertaForMaskedLM

from .masking import IGNORED


class HiddenOnly(ABC):
    """A masked language model whose output layer sees the hidden tokens only."""

    @abstractmethod
    def scores(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return the output layer: states (tokens, width) to scores (tokens, vocabulary)."""

    def forward(
        self, input_ids: torch.Tensor, labels: torch.Tensor, attention_mask: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Return the mean loss over the hidden tokens; ids, labels and mask are (rows, tokens)."""
        model: Any = self
        hidden = model.base_model(input_ids=input_ids, attention_mask=attention_mask)[0]
        places = labels != IGNORED
        scores = self.scores(hidden[places])
        return {"loss": F.cross_entropy(scores.float(), labels[places])}


class TrainedBert(HiddenOnly, BertForMaskedLM):
    """BERT, its output layer for the hidden tokens only."""

    def scores(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return a transformation, and the table of tokens."""
        return self.cls(hidden)


class TrainedRoberta(HiddenOnly, RobertaForMaskedLM):
    """RoBERTa, its output layer for the hidden tokens only."""

    def scores(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return a transformation, and the table of tokens."""
        return self.lm_head(hidden)


class TrainedModernBert(HiddenOnly, ModernBertForMaskedLM):
    """ModernBERT, its output layer for the hidden tokens only."""

    def scores(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return a transformation, and the table of tokens."""
        return self.decoder(self.head(hidden))


TRAINED: dict[str, type] = {
    "bert": TrainedBert,
    "roberta": TrainedRoberta,
    "modernbert": TrainedModernBert,
}


@dataclass(frozen=True)
class Padded:
    """Puts rows together, filled up to the longest."""

    pad: int

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Return tensors of (rows, tokens)."""
        ids = [torch.from_numpy(row["input_ids"]) for row in rows]
        labels = [torch.from_numpy(row["labels"]) for row in rows]
        real = [torch.ones_like(row) for row in ids]
        return {
            "input_ids": pad_sequence(ids, batch_first=True, padding_value=self.pad),
            "labels": pad_sequence(labels, batch_first=True, padding_value=IGNORED),
            "attention_mask": pad_sequence(real, batch_first=True),
        }
