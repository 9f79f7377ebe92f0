"""How a model is fine-tuned: the settings that KLUE published, a table of them in each task's file.

Source: KLUE-baseline's run_all.sh and its defaults (2021-09-01). Forced differences of today's
stack: the NER loss leaves padding out because padding is never predicted; warm-up is the same
fraction of all steps; lengths are limits and not what every text is padded to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

BASE, LARGE = "base", "large"
LARGE_HIDDEN_SIZE = 1024
NEVER = 10_000  # the published patience where training always runs to its end


@dataclass(frozen=True)
class Recipe:
    """How a model is fine-tuned.

    select_by: the score that the best checkpoint has most of. learning_rate: peak of a linear
    schedule. head_learning_rate: of what stands on the encoder; None for the same. Worth a try, at
    ten to a hundred times the rate, where a new head reads states that hardly differ between texts
    and learns the labels' frequencies only. epochs: passes over the training part. batch_size:
    examples a batch on all devices together. accumulation: batches a step. warmup: fraction of all
    steps. weight_decay: not on biases and layer norms. max_length: tokens, special ones included.
    attention_dropout: None for the encoder's own; on a CPU long texts train two to three times
    faster with 0, since PyTorch's fast attention has no dropout there. evaluations: of the held-out
    part per epoch. patience: evaluations without a new best before training ends.
    """

    select_by: str
    learning_rate: float = 5e-5
    head_learning_rate: float | None = None
    epochs: float = 4
    batch_size: int = 32
    eval_batch_size: int = 64
    accumulation: int = 1
    warmup: float = 0.0
    weight_decay: float = 0.0
    max_length: int = 128
    attention_dropout: float | None = None
    evaluations: int = 4
    patience: int = 5
    max_grad_norm: float = 1.0


def recipe_of(recipes: Mapping[str, Recipe], hidden_size: int) -> Recipe:
    """Return a task's settings for an encoder of a width.

    Args:
        recipes: `BaselineTask.recipes`.
        hidden_size: the encoder's, in units.

    Example:
        >>> recipes = {BASE: Recipe("accuracy"), LARGE: Recipe("accuracy", warmup=0.2)}
        >>> recipe_of(recipes, 768).warmup, recipe_of(recipes, 1024).warmup
        (0.0, 0.2)
    """
    return recipes[LARGE if hidden_size >= LARGE_HIDDEN_SIZE else BASE]
