"""The published fine-tuning settings of every task and model size.

Source: KLUE-baseline's run_all.sh and its defaults (2021-09-01). Forced differences of today's
stack: the NER loss leaves padding out because padding is never predicted; warm-up is the same
fraction of all steps; lengths are limits and not what every text is padded to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Recipe:
    """How a model is fine-tuned.

    learning_rate: peak of a linear schedule. head_learning_rate: of what stands on the encoder;
    None for the same. Worth a try, at ten to a hundred times the rate, where a new head reads
    states that hardly differ between texts and learns the labels' frequencies only. epochs: passes
    over the training part. batch_size: examples a batch on all devices together. accumulation:
    batches a step. warmup: fraction of all steps. weight_decay: not on biases and layer norms.
    max_length: pieces, special ones included. attention_dropout: None for the encoder's own; on a
    CPU long texts train two to three times faster with 0, since PyTorch's fast attention has no
    dropout there. evaluations: of the held-out part per epoch. patience: evaluations without a new
    best before training ends.
    select_by: the score that the best checkpoint has most of.
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


NEVER = 10_000  # the published patience where training always runs to its end

_YNAT = Recipe("macro_f1", warmup=0.1, patience=NEVER)
_STS = Recipe("pearsonr", warmup=0.1)
_NLI = Recipe("accuracy", epochs=5, warmup=0.1)
_NER = Recipe("character_macro_f1", epochs=3, max_length=510)
_RE = Recipe("micro_f1", epochs=3, warmup=0.1, max_length=256, patience=NEVER)
_DP = Recipe("las_macro_f1", epochs=10, warmup=0.1, max_length=256, patience=NEVER)
_MRC = Recipe(
    "rouge_w", learning_rate=3e-5, epochs=5, batch_size=16, max_length=510, patience=NEVER
)
_WOS = Recipe(
    "slot_micro_f1",
    learning_rate=3e-5,
    epochs=5,
    batch_size=16,
    eval_batch_size=16,
    warmup=0.1,
    weight_decay=0.01,
    max_length=510,
    patience=NEVER,
)

RECIPES: dict[str, dict[str, Recipe]] = {
    "ynat": {"base": _YNAT, "large": replace(_YNAT, warmup=0.2)},
    "sts": {"base": _STS, "large": replace(_STS, learning_rate=2e-5)},
    "nli": {"base": _NLI, "large": replace(_NLI, warmup=0.2)},
    "ner": {"base": _NER, "large": replace(_NER, learning_rate=1e-5, batch_size=8)},
    "re": {
        "base": _RE,
        "large": replace(_RE, learning_rate=2e-5, epochs=10, batch_size=16, warmup=0.2),
    },
    "dp": {"base": _DP, "large": replace(_DP, epochs=15, warmup=0.2, select_by="uas_macro_f1")},
    "mrc": {"base": _MRC, "large": _MRC},
    "wos": {
        "base": _WOS,
        "large": replace(_WOS, learning_rate=2e-5, batch_size=8, accumulation=2, eval_batch_size=8),
    },
}

LARGE_HIDDEN_SIZE = 1024


def recipe(task: str, hidden_size: int) -> Recipe:
    """The published settings of a task for an encoder of a width.

    >>> recipe("dp", 768).epochs, recipe("dp", 1024).epochs
    (10, 15)
    """
    return RECIPES[task]["large" if hidden_size >= LARGE_HIDDEN_SIZE else "base"]
