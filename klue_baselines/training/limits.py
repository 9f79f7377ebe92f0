"""What a setting may be; checked before a run begins, from wherever it comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from klue_common.errors import InputError
from klue_common.own_files import is_number, is_whole
from klue_datasets.errors import show

# A test of a value, and what it expects in words.
Limit = tuple[Callable[[Any], bool], str]


MOST = 10**9  # of anything that is counted
LARGEST = 1e38  # the 32-bit floats that models learn in end there
SEEDS = 2**32  # NumPy's generators take no larger one

POSITIVE: Limit = (
    lambda value: is_number(value) and 0 < value <= LARGEST,
    f"a number above 0, at most {LARGEST:.0e}",
)
NOT_NEGATIVE: Limit = (
    lambda value: is_number(value) and 0 <= value <= LARGEST,
    f"0 or a number above it, at most {LARGEST:.0e}",
)
FRACTION: Limit = (lambda value: is_number(value) and 0 <= value < 1, "from 0 to below 1")
COUNT: Limit = (
    lambda value: is_whole(value) and 1 <= value <= MOST,
    f"a whole number from 1 on, at most {MOST:,}",
)
SEED: Limit = (
    lambda value: is_whole(value) and 0 <= value < SEEDS,
    f"a whole number from 0 on, below {SEEDS:,}",
)
TEXT: Limit = (lambda value: isinstance(value, str), "a text")
SWITCH: Limit = (lambda value: isinstance(value, bool), "true or false")

LIMITS: dict[str, Limit] = {
    "learning_rate": POSITIVE,
    "head_learning_rate": POSITIVE,
    "epochs": POSITIVE,
    "batch_size": COUNT,
    "eval_batch_size": COUNT,
    "accumulation": COUNT,
    "warmup": FRACTION,
    "weight_decay": NOT_NEGATIVE,
    "max_length": COUNT,
    "attention_dropout": FRACTION,
    "evaluations": COUNT,
    "patience": COUNT,
    "max_grad_norm": POSITIVE,
    "max_train_examples": COUNT,
    "seed": SEED,
    "train_split": TEXT,
    "eval_split": TEXT,
    "head": TEXT,
    "name": TEXT,
    "decoding": TEXT,
    "sample": SWITCH,
    "constrain": SWITCH,
    "compile": SWITCH,
    "overwrite": SWITCH,
    "gradient_checkpointing": SWITCH,
    "precision": (lambda value: value in ("fp32", "bf16", "fp16"), "fp32, bf16 or fp16"),
    "report_to": (
        lambda value: value in ("tensorboard", "wandb", "trackio"),
        "tensorboard, wandb or trackio",
    ),
    "peft": (lambda value: value == "lora", "lora"),
    "select_on": (lambda value: value in ("held-out", "dev"), "held-out or dev"),
}
# None is their default.
OPTIONAL = (
    "head_learning_rate",
    "attention_dropout",
    "max_train_examples",
    "head",
    "name",
    "decoding",
    "constrain",
    "report_to",
    "peft",
)


def check_settings(settings: Mapping[str, Any], scores: Sequence[str]) -> None:
    """Refuse the first setting that is out of its limits.

    Args:
        settings: fields of a recipe or a run.
        scores: those of the task, of which `select_by` is one.

    Raises:
        InputError: names the setting, what was found and what was expected.

    >>> check_settings({"epochs": 0}, ["accuracy"])
    Traceback (most recent call last):
    ...
    klue_common.errors.InputError: epochs: found 0, expected a number above 0, at most 1e+38
    """
    limits = {**LIMITS, "select_by": (lambda value: value in scores, " or ".join(scores))}
    for name, value in settings.items():
        if name not in limits or (value is None and name in OPTIONAL):
            continue
        holds, expected = limits[name]
        if not holds(value):
            raise InputError(f"{name}: found {show(value)}, expected {expected}")
