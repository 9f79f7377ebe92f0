"""Losses as means over targets: of a batch, or of a step that takes several forward passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn.functional import cross_entropy, mse_loss

IGNORED = -100  # as a target: padding, not learned


def mean(
    loss: Callable[..., torch.Tensor],
    scores: torch.Tensor,
    targets: torch.Tensor,
    count: torch.Tensor | int | None,
) -> torch.Tensor:
    """The mean of `loss`, or the part that these targets have in the mean over `count` of them.

    >>> mean(mse_loss, torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]), None)
    tensor(2.)
    >>> mean(mse_loss, torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]), 8)
    tensor(0.5000)
    """
    if count is None:
        return loss(scores, targets)
    return loss(scores, targets, reduction="sum") / count


def class_loss(outputs: Any, labels: torch.Tensor, num_items_in_batch: Any = None) -> torch.Tensor:
    """Mean cross-entropy over texts.

    Not the model's own: some of transformers' classifiers take the number of labels of a step and
    do not use it, so that the loss of several batches a step would be their sum.
    """
    return mean(cross_entropy, outputs.logits.float(), labels, num_items_in_batch)


def number_loss(outputs: Any, labels: torch.Tensor, num_items_in_batch: Any = None) -> torch.Tensor:
    """Mean squared error over texts."""
    return mean(mse_loss, outputs.logits.float().squeeze(-1), labels.float(), num_items_in_batch)
