"""What goes into an encoder's own repository: how it does on KLUE once it is fine-tuned.

The Hub's board leaves out models that name a `base_model`, as fine-tuned ones do, and shows what
the encoder's repository says; so it is said there, with the addresses of the predictions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

from huggingface_hub import HfApi, ModelCard, ModelCardData

from klue_common.errors import InputError
from klue_results.card import TAG
from klue_results.hub_entries import (
    DATASET,
    EVAL_RESULTS,
    UNKNOWN,
    comparable,
    entries_yaml,
    entry_notes,
    official_rows,
)
from klue_results.lm_tables import encoders
from klue_results.naming import repository_name
from klue_results.results import Result, differing, read_results
from klue_results.tables import ordered

from .busy_hub import check_repo_id
from .contents import code_version
from .origins import origin_of, predictions_at, revision_of
from .upload import CARD, Upload

ABOUT = (
    "Its scores on [KLUE](https://arxiv.org/abs/2105.09680) after fine-tuning are in "
    f"`{EVAL_RESULTS}`."
)


def encoder_upload(
    repo_id: str, folder: Path, org: str | None = None, dataset: str | None = None
) -> Upload:
    """Return the entries for the Hub's boards of an encoder that was fine-tuned on KLUE.

    Args:
        repo_id: the encoder's own repository.
        folder: its results, of any tasks, each with the seeds of one run.
        org: who owns the fine-tuned models, whose predictions the entries name; None where they
            are not on the Hub.
        dataset: the Hub dataset that the scores belong to, default klue/klue.

    Raises:
        InputError: results of several encoders, several settings of a task, or none on all of dev.
    """
    check_repo_id(repo_id)
    groups = groups_for_a_board(encoders(read_results(folder)), folder)
    name = groups[0][0].model
    data = ModelCardData(tags=[TAG])
    card = ModelCard(f"---\n{data.to_yaml()}\n---\n\n# {repo_id.partition('/')[2]}\n\n{ABOUT}\n")
    made = partial(entries_of_tasks, groups, dataset or DATASET, name, org)
    files = {CARD: str(card).encode()}
    return Upload("model", repo_id, files, code_version(), tagged=False, late={EVAL_RESULTS: made})


def groups_for_a_board(results: Sequence[Result], folder: Path) -> list[list[Result]]:
    """Return the seeds of each task, in the paper's order.

    Raises:
        InputError: they are of several encoders, a task has several settings, or there are none.
    """
    if len(models := sorted({result.model for result in results})) > 1:
        found = ", ".join(models)
        raise InputError(f"{folder}: found results of {found}, expected those of one encoder")
    groups = ordered(result for result in results if comparable(result))
    if not groups:
        raise InputError(f"{folder}: found no encoder's result on all of dev, expected one")
    for runs, others in pairwise(groups):
        if runs[0].task == others[0].task:
            odd = " and ".join(differing(runs[0], others[0]))
            raise InputError(
                f"{folder}: {runs[0].task}: found two runs with another {odd}, expected seeds of "
                "one: a board has one number a task"
            )
    return groups


def entries_of_tasks(
    groups: Sequence[Sequence[Result]],
    dataset: str,
    name: str,
    org: str | None,
    api: HfApi | None,
    _: str | None,
) -> bytes:
    """Return the entries of all tasks, with the predictions' commits where there are some."""
    pairs = [(row, entry_notes(row)) for runs in groups for row in official_rows(runs)]
    origins = {}
    if api is not None:
        data = revision_of(api, dataset)
        for task in {runs[0].task for runs in groups}:
            place = f"{org}/{repository_name(name, task)}" if org else None
            known = None if place is None else predictions_at(api, place)
            origins[task] = origin_of(api, known, data)
    newest = max(result.created for runs in groups for result in runs)
    return entries_yaml(pairs, dataset, newest, lambda t: origins.get(t, UNKNOWN)).encode()
