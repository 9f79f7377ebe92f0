"""A leaderboard without a server: what the models on the Hub say of themselves, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huggingface_hub import HfApi, RepoFile, parse_eval_result_entries
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError

from klue_common.progress import note
from klue_metrics import METRICS
from klue_results.card import TAG
from klue_results.hub_entries import DATASET, EVAL_RESULTS, task_id
from klue_results.lm_card import is_language_model

from .busy_hub import read_text, retry
from .card_merge import read_yaml

FOLDER = EVAL_RESULTS.partition("/")[0]
NOT_FOUND = 404


@dataclass(frozen=True)
class Said:
    """A file of entries: its path, the branch it is on, the pull request that it is proposed by."""

    path: str
    revision: str
    pull_request: int | None = None


def board(org: str | None = None, community: bool = False) -> list[dict[str, Any]]:
    """Return the entries under `.eval_results/` of all models tagged klue.

    Args:
        org: only models of this owner.
        community: those of open pull requests too, also of models that the dataset's leaderboard
            on the Hub names; whoever owns the models has not agreed to them.

    Returns:
        One row an entry: task, score, value, model, notes, date, source (the address of the
        predictions, if it is known), pull_request (its number, None where the entry is the
        owner's), language_model (whether it was asked, not fine-tuned); those that were fine-tuned
        first, by task in the paper's order, the best first. A file that is broken, and a score of
        our own file that this version does not know, are named on stderr and left out.

    Raises:
        PushError: the Hub does not answer.
    """
    api = HfApi()
    names = retry("the Hub", lambda: model_names(api, org, community))
    rows = [row for name in names for row in entries_of(api, name, community)]
    place = {name: at for at, name in enumerate(scores_by_id())}

    def order(row: dict[str, Any]) -> tuple[bool, int, float]:
        return row["language_model"], place[task_id(row["task"], row["score"])], -row["value"]

    return sorted(rows, key=order)


def model_names(api: HfApi, org: str | None, community: bool) -> list[str]:
    """Return the ids of the models that may have entries, each once."""
    names = [model.id for model in api.list_models(author=org, filter=TAG)]
    if community:
        try:
            listed = api.get_dataset_leaderboard(DATASET, base_model_only=False)
        except HfHubHTTPError as error:
            if error.response is None or error.response.status_code != NOT_FOUND:
                raise
            note(f"{DATASET}: the Hub has no leaderboard of it, so models tagged klue alone")
            listed = []
        names += [one.model_id for one in listed if org in (None, one.model_id.split("/")[0])]
    return list(dict.fromkeys(names))


def entries_of(api: HfApi, repo_id: str, community: bool = False) -> list[dict[str, Any]]:
    """Return the rows of one model."""
    said = retry(repo_id, lambda: files_of(api, repo_id, community))
    return [row for file in said for row in rows_of(api, repo_id, file)]


def files_of(api: HfApi, repo_id: str, community: bool) -> list[Said]:
    """Return a model's files of entries; those of open pull requests where they are new there."""
    main = results_files(api, repo_id, "main")
    found = [Said(path, "main") for path in main]
    if community:
        for pull in api.get_repo_discussions(
            repo_id, discussion_type="pull_request", discussion_status="open"
        ):
            reference = f"refs/pr/{pull.num}"
            found += [
                Said(path, reference, pull.num)
                for path, blob in results_files(api, repo_id, reference).items()
                if main.get(path) != blob
            ]
    return found


def results_files(api: HfApi, repo_id: str, revision: str) -> dict[str, str]:
    """Return the files of entries of a revision: path -> what git calls the content."""
    try:
        there = [*api.list_repo_tree(repo_id, FOLDER, revision=revision)]
    except EntryNotFoundError:
        return {}
    files = [one for one in there if isinstance(one, RepoFile)]
    return {one.path: one.blob_id for one in files if one.path.endswith((".yaml", ".yml"))}


def rows_of(api: HfApi, repo_id: str, said: Said) -> list[dict[str, Any]]:
    """Return the rows of one file."""
    known = scores_by_id()
    text = retry(repo_id, lambda: read_text(api, "model", repo_id, said.path, said.revision))
    where = "" if said.pull_request is None else f" of pull request {said.pull_request}"
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
                "source": entry.source_url,
                "pull_request": said.pull_request,
                "language_model": is_language_model(entry.notes),
            }
            for entry in entries
            if entry.task_id in known
        ]
    except Exception as error:  # whatever others' files make of the libraries' code
        note(f"{repo_id}: {said.path}{where} is broken and left out ({type(error).__name__})")
        return []
    if unknown and said.path == EVAL_RESULTS:  # a model's other files are of other benchmarks
        note(f"{repo_id}: left out {', '.join(unknown)}, not known to this version")
    return rows


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
