"""Where a score on the Hub is from: the answers at their commit, the data at theirs."""

from __future__ import annotations

from huggingface_hub import HfApi, RepoFile
from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

from klue_results.hub_entries import Origin

PREDICTIONS = "predictions.jsonl"


def origin_of(api: HfApi, dataset: str, repo_id: str | None) -> Origin:
    """Return where the scores of a fine-tuned model are from.

    Args:
        api: of the Hub.
        dataset: that the scores belong to.
        repo_id: the fine-tuned model's repository, which holds its predictions; None where it is
            not on the Hub.
    """
    commit = None if repo_id is None else last_commit(api, repo_id, PREDICTIONS)
    if commit is None:
        return Origin(revision=revision_of(api, dataset))
    address = f"{api.endpoint}/{repo_id}/blob/{commit}/{PREDICTIONS}"
    return Origin(address, api.whoami(cache=True)["name"], revision_of(api, dataset))


def last_commit(api: HfApi, repo_id: str, path: str) -> str | None:
    """Return the commit that a model's file is from, None where there is no such file."""
    try:
        found = api.get_paths_info(repo_id, [path], expand=True)
    except (RepositoryNotFoundError, RevisionNotFoundError):
        return None
    commits = [one.last_commit for one in found if isinstance(one, RepoFile)]
    return next((commit.oid for commit in commits if commit is not None), None)


def revision_of(api: HfApi, dataset: str) -> str | None:
    """Return a dataset's newest commit, None where the Hub has no such dataset."""
    try:
        return api.dataset_info(dataset).sha
    except RepositoryNotFoundError:
        return None
