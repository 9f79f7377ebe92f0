"""The part of train that a checkpoint is chosen on, the same for every seed."""

from __future__ import annotations

import numpy as np
from datasets import Dataset

from ..task import BaselineTask
from .settings import DEV, Run

SHARE = 0.1  # of train
FEWEST = 8  # examples; fewer say nothing
SPLIT_SEED = 0  # the same part is held out whatever the run's seed


def divide(rows: Dataset, task: BaselineTask, run: Run, dev: Dataset) -> tuple[Dataset, Dataset]:
    """Return the examples to train on and those to choose the checkpoint on.

    A tenth of train is held out, whole units together (all hypotheses of a premise, all questions
    of a passage); with `max_train_examples` as many are trained on, and a tenth of that is kept of
    the held-out part.

    Args:
        rows: of the split that is trained on.
        task: its record.
        run: select_on "dev" trains on all of `rows` and chooses on `dev`.
        dev: the split that is scored in the end.
    """
    if run.select_on == DEV:
        order = np.random.default_rng(SPLIT_SEED).permutation(len(rows))
        return rows.select(order[: run.max_train_examples]), dev
    units, unit_of = np.unique(
        np.asarray(rows[task.holdout_unit][:], dtype=object), return_inverse=True
    )
    rank = np.random.default_rng(SPLIT_SEED).permutation(len(units))[unit_of]
    order = np.argsort(rank, kind="stable")
    size = min(max(round(SHARE * len(rows)), FEWEST), len(rows) // 2)
    border = np.searchsorted(rank[order], rank[order[size - 1]], side="right")
    if border == len(rows):  # one unit holds nearly everything
        border = size
    held_out, training = order[:border], order[border:]
    if run.max_train_examples is not None:
        training = training[: run.max_train_examples]
        held_out = held_out[: max(round(SHARE * len(training)), FEWEST)]
    return rows.select(training), rows.select(held_out)
