"""A model's entries for the Hub's leaderboards: one number a task and official score."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import yaml
from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

from klue_common.errors import InputError
from klue_datasets import TASKS

from .results import Result, differing
from .tables import INTERVAL, Row, interval, official_scores, result_rows

DATASET = "klue/klue"
EVAL_RESULTS = ".eval_results/klue.yaml"
WHOLE = "validation"  # the split that everybody has; KLUE's test sets were never published
SOURCE = "KLUE predictions"  # what a board calls the file that a score was made from


@dataclass(frozen=True)
class Origin:
    """Where a score is from, as far as it is known.

    Attributes:
        predictions: the address of the file of answers, at a commit.
        user: the name on the Hub of who says so; of use with an address alone.
        revision: the commit of the dataset on the Hub that the scores belong to.
    """

    predictions: str | None = None
    user: str | None = None
    revision: str | None = None


UNKNOWN = Origin()


def eval_results_yaml(
    results: Sequence[Result], dataset: str = DATASET, origin: Origin = UNKNOWN
) -> str | None:
    """Return the text of `.eval_results/klue.yaml`: one entry an official score, the seeds' mean.

    Args:
        results: of one model and one task, one per seed.
        dataset: the Hub dataset that the scores belong to.
        origin: where the scores are from.

    Returns:
        YAML; None where the scores cannot be put beside others': of the sample, of a part of dev,
        or of a model that has seen dev in training.

    Raises:
        InputError: as for `fine_tuned_card`.
    """
    rows = official_rows(results) if comparable(one_model(results)) else []
    if not rows:
        return None
    newest = max(result.created for result in results)
    pairs = [(row, entry_notes(row)) for row in rows]
    return entries_yaml(pairs, dataset, newest, lambda task: origin)


def entry_notes(row: Row) -> str:
    """Return how a score came about, in the words that a leaderboard has room for."""
    notes = [f"seeds {', '.join(map(str, row['seeds']))}"]
    if row["deviation"] is not None:
        notes.append(f"± {row['deviation']:.2f}")
    if row["interval"] is not None:
        notes.append(f"{INTERVAL} {interval(row)}")
    if row["note"]:
        notes.append(row["note"].rstrip("."))
    notes.append(f"checkpoint selected on {row['selected_on']}")
    return "; ".join(notes)


def entries_yaml(
    rows: Iterable[tuple[Row, str]],
    dataset: str,
    date: str,
    origin_of: Callable[[str], Origin] = lambda task: UNKNOWN,
) -> str:
    """Return rows of official scores, each with its notes, as a file under `.eval_results/`.

    Args:
        rows: with their notes.
        dataset: the Hub dataset that the scores belong to.
        date: of the newest, ISO 8601.
        origin_of: task -> where its scores are from.
    """
    entries = []
    for row, notes in rows:
        origin = origin_of(row["task"])
        known = {"source_name": SOURCE, "source_user": origin.user} if origin.predictions else {}
        entries.append(
            EvalResultEntry(
                dataset_id=dataset,
                task_id=task_id(row["task"], row["score"]),
                value=round(row["mean"], 4),
                dataset_revision=origin.revision,
                date=date,
                source_url=origin.predictions,
                notes=notes,
                **known,
            )
        )
    return yaml.safe_dump(eval_result_entries_to_yaml(entries), sort_keys=False, allow_unicode=True)


def task_id(task: str, score: str) -> str:
    """Return a score's name on the Hub, whose boards have one number a task.

    Example:
        >>> task_id("sts", "pearsonr")
        'sts_pearsonr'
    """
    return f"{task}_{score}"


def one_model(results: Sequence[Result]) -> Result:
    """Return the first of some results, after a check that they are of one model and known task."""
    if not results:
        raise InputError("results: found none, expected one per seed")
    if unknown := {one.task for one in results} - set(TASKS):
        raise InputError(
            f"results: found the task {', '.join(sorted(unknown))}, expected one that this version "
            f"knows: {', '.join(TASKS)}"
        )
    kinds = {(one.model, one.task, one.split, one.trained_on, one.sample) for one in results}
    seeds = [one.seed for one in results]
    if len(kinds) > 1:
        found = " and ".join(sorted({f"{one.model} on {one.task}, {one.split}" for one in results}))
        raise InputError(f"results: found {found}, expected one model, task and split")
    if len(set(seeds)) < len(seeds):
        raise InputError(f"results: found the seeds {seeds}, expected each once")
    for one in results:
        odd = sorted(differing(results[0], one))
        if odd:
            raise InputError(
                f"results: found seeds {results[0].seed} and {one.seed} with another "
                f"{' and '.join(odd)}, expected the same settings"
            )
    return results[0]


def comparable(result: Result) -> bool:
    """Return whether the scores are of all of dev and the model was trained on train alone."""
    return not result.sample and result.split == WHOLE and WHOLE not in result.trained_on


def official_rows(results: Sequence[Result]) -> list[Row]:
    """Return the rows of the official scores: a leaderboard takes no others."""
    official = official_scores(results[0].task)
    return [row for row in result_rows(results) if row["score"] in official]
