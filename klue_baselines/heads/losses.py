"""Losses as means over targets: of a batch, or of a step that takes several forward passes."""

from __future__ import annotations

from collections.abc import Callable

import torch

IGNORED = -100  # as a target: padding, not learned


def mean(
    loss: Callable[..., torch.Tensor],
    scores: torch.Tensor,
    targets: torch.Tensor,
    count: torch.Tensor | int | None,
) -> torch.Tensor:
    """Return the mean of `loss`, or these targets' part in the mean over `count` of them.

    >>> from torch.nn.functional import mse_loss
    >>> mean(mse_loss, torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]), None)
    tensor(2.)
    >>> mean(mse_loss, torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]), 8)
    tensor(0.5000)
    """
    if count is None:
        return loss(scores, targets)
    return loss(scores, targets, reduction="sum") / count
