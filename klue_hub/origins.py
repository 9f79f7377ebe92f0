"""Where a score on the Hub is from: the answers at their commit, the data at theirs."""

from __future__ import annotations

from huggingface_hub import HfApi, RepoFile
from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

from klue_results.hub_entries import Origin
from klue_results.results import PREDICTIONS


def origin_of(api: HfApi, predictions: str | None, revision: str | None) -> Origin:
    """Return where scores are from: who says so is named beside their predictions.

    Args:
        api: of the Hub.
        predictions: what `predictions_at` gives.
        revision: what `revision_of` gives.
    """
    if predictions is None:
        return Origin(revision=revision)
    return Origin(predictions, api.whoami(cache=True)["name"], revision)


def predictions_at(api: HfApi, repo_id: str, revision: str = "main") -> str | None:
    """Return the address of a fine-tuned model's predictions at the commit that they are from.

    Args:
        api: of the Hub.
        repo_id: the model's repository.
        revision: the branch.

    Returns:
        The address; None where there is no such repository, branch or file.
    """
    try:
        found = api.get_paths_info(repo_id, [PREDICTIONS], expand=True, revision=revision)
    except (RepositoryNotFoundError, RevisionNotFoundError):
        return None
    commits = [one.last_commit for one in found if isinstance(one, RepoFile)]
    commit = next((one.oid for one in commits if one is not None), None)
    return None if commit is None else f"{api.endpoint}/{repo_id}/blob/{commit}/{PREDICTIONS}"


def revision_of(api: HfApi, dataset: str) -> str | None:
    """Return a dataset's newest commit, None where the Hub has no such dataset."""
    try:
        return api.dataset_info(dataset).sha
    except RepositoryNotFoundError:
        return None
