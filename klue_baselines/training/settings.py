"""Everything that decides a run, and what of it has to be the same for a run to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from klue_common.extras import package
from klue_metrics import METRICS
from klue_results.naming import Encoder, check_name

from ..prediction import given_decoding
from ..recipe import Recipe
from ..tasks import baseline_of
from .limits import check_settings
from .reporting import check_reporter

OF_NO_WEIGHT = ("gradient_checkpointing", "report_to")  # no number depends on them
HELD_OUT, DEV = "held-out", "dev"  # what a checkpoint is chosen on


@dataclass(frozen=True)
class Run:
    """Everything that decides a run.

    overrides: fields of the recipe that replace the published ones. train_split, eval_split: as in
    `load_dataset`, "train" or "validation[:80%]". select_on: "held-out" or "dev". precision:
    "fp32", "bf16" or, on a GPU, "fp16". head: None for the task's own, "original" for the published
    one, or another that the task has. constrain: None for the decoding that does best on the
    held-out part, False for the least constrained one, True for the most. decoding: the name of
    one, instead. name: what results call the encoder, None for `naming.model_name`'s choice.
    gradient_checkpointing: compute layers twice rather than keep what they gave, which takes less
    memory and gives the same numbers. report_to: one of `reporting.REPORTERS`. peft: "lora" to
    learn adapters of the encoder
    in place of its weights.
    """

    task: str
    model: str
    output: Path
    seed: int = 0
    overrides: Mapping[str, Any] = field(default_factory=dict)
    data_dir: str | None = None
    sample: bool = False
    train_split: str = "train"
    eval_split: str = "validation"
    max_train_examples: int | None = None
    select_on: str = HELD_OUT
    head: str | None = None
    constrain: bool | None = None
    precision: str = "fp32"
    compile: bool = False
    results: Path | None = Path("results")
    overwrite: bool = False
    name: str | None = None
    decoding: str | None = None
    gradient_checkpointing: bool = False
    report_to: str | None = None
    peft: str | None = None


def check(run: Run) -> None:
    """Refuse settings that no run can have, before anything is read.

    Raises:
        InputError: names the setting, what was found and what was expected.
    """
    task = baseline_of(run.task)
    check_settings({**vars(run), **run.overrides}, METRICS[run.task].scores)
    if run.name is not None:
        check_name(run.name)
    given_decoding(task, run.decoding, run.constrain)
    if run.report_to is not None:
        check_reporter(run.report_to)
    if run.peft is not None:
        package("peft", "peft", "--peft")


def claimed_settings(run: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a run's fields decides its outcome, beside its recipe."""
    elsewhere = ("output", "results", "overwrite", "overrides", *OF_NO_WEIGHT)
    return {name: value for name, value in run.items() if name not in elsewhere}


def identity(run: Run, settings: Recipe, encoder: Encoder) -> dict[str, Any]:
    """Return what has to be the same for a run to go on in a folder."""
    return {**claimed_settings(asdict(run)), **asdict(settings), "weights": encoder.digest}
