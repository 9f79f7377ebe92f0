"""A leaderboard without a server: what the models on the Hub say of themselves, in one table."""

from __future__ import annotations

from typing import Any

from huggingface_hub import HfApi, parse_eval_result_entries
from huggingface_hub.errors import EntryNotFoundError

from klue_common.progress import note
from klue_metrics import METRICS
from klue_results.card import TAG
from klue_results.hub_entries import EVAL_RESULTS, task_id
from klue_results.lm_card import is_language_model

from .busy_hub import read_text, retry
from .card_merge import read_yaml


def board(org: str | None = None) -> list[dict[str, Any]]:
    """Return the entries of `.eval_results/klue.yaml` of all models tagged klue.

    Args:
        org: only models of this owner.

    Returns:
        One row an entry: task, score, value, model, notes, date, language_model (whether it was
        asked, not fine-tuned); those that were fine-tuned first, by task in the paper's order, the
        best first. A model whose file is broken, and a score that this version does not know, are
        named on stderr and left out.

    Raises:
        PushError: the Hub does not answer.
    """
    api = HfApi()
    models = retry("the Hub", lambda: list(api.list_models(author=org, filter=TAG)))
    rows = [row for model in models for row in entries_of(api, model.id)]
    place = {name: at for at, name in enumerate(scores_by_id())}

    def order(row: dict[str, Any]) -> tuple[bool, int, float]:
        return row["language_model"], place[task_id(row["task"], row["score"])], -row["value"]

    return sorted(rows, key=order)


def entries_of(api: HfApi, repo_id: str) -> list[dict[str, Any]]:
    """Return the rows of one model."""
    known = scores_by_id()
    text = retry(repo_id, lambda: results_text(api, repo_id))
    if text is None:
        return []
    try:
        entries = parse_eval_result_entries(read_yaml(text, repo_id))
        unknown = sorted({str(entry.task_id) for entry in entries} - set(known))
        rows = [
            {
                "task": known[entry.task_id][0],
                "score": known[entry.task_id][1],
                "value": float(entry.value),
                "model": repo_id,
                "notes": entry.notes,
                "date": entry.date,
                "language_model": is_language_model(entry.notes),
            }
            for entry in entries
            if entry.task_id in known
        ]
    except Exception as error:  # whatever others' files make of the libraries' code
        note(f"{repo_id}: {EVAL_RESULTS} is broken and left out ({type(error).__name__})")
        return []
    if unknown:
        note(f"{repo_id}: left out {', '.join(unknown)}, not known to this version")
    return rows


def results_text(api: HfApi, repo_id: str) -> str | None:
    """Return the text of a model's results file, None if it has none."""
    try:
        return read_text(api, "model", repo_id, EVAL_RESULTS)
    except EntryNotFoundError:
        return None


def scores_by_id() -> dict[str, tuple[str, str]]:
    """Return the task and score of each id on the Hub, in the paper's order.

    Example:
        >>> scores_by_id()["sts_f1"]
        ('sts', 'f1')
    """
    return {
        task_id(task, score): (task, score)
        for task, metric in METRICS.items()
        for score in metric.scores
    }
