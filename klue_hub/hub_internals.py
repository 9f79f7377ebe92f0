"""What this room takes from huggingface_hub without its promise: the one place for it.

A release may move these names. Then the import below fails with a sentence that says which one.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote

import huggingface_hub
from huggingface_hub import CommitOperationAdd, HfApi, get_session
from huggingface_hub.utils import build_hf_headers, hf_raise_for_status

AT_ONCE = 256  # files that the Hub is asked about in one request, as huggingface_hub does


def internal(module: str, name: str) -> Any:
    """Return something of huggingface_hub that its documentation does not name.

    Raises:
        ImportError: this release has moved it.

    Example:
        >>> internal("huggingface_hub.utils.sha", "git_hash")(b"")
        'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'
    """
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError):
        raise ImportError(
            f"huggingface_hub {huggingface_hub.__version__} has moved {module}.{name}, which "
            "klue_hub/hub_internals.py needs: pin an earlier release, or mend that file"
        ) from None


# A card's front matter as text: `RepoCard` gives it parsed alone, and fails where it is broken.
CARD_FRONT_MATTER = internal("huggingface_hub.repocard", "REGEX_YAML_BLOCK")
# YAML as `RepoCard.save` writes it: Korean readable, long lines not broken.
yaml_dump = internal("huggingface_hub.utils", "yaml_dump")
# The hash that the Hub names for a file that is not in LFS.
git_hash = internal("huggingface_hub.utils.sha", "git_hash")


def ignored_paths(
    api: HfApi,
    repo: tuple[str, str],
    branch: str,
    files: Mapping[str, Path | bytes],
    create_pr: bool,
) -> list[str]:
    """Return the files that the .gitignore on the Hub leaves out of a commit.

    `HfApi.create_commit` asks the same before it commits, sends the others and says nothing. Its
    own function for it marks private fields of its operations, so the request is made here.

    Args:
        api: of the Hub.
        repo: kind ("dataset", "model" or "space") and id.
        branch: that the commit is for.
        files: path in the repository -> a file or its content.
        create_pr: whether the commit is to be a pull request.
    """
    kind, repo_id = repo
    ignored: list[str] = []
    adding = [CommitOperationAdd(path, content) for path, content in files.items()]
    for at in range(0, len(adding), AT_ONCE):
        # `upload_info`, not documented either, holds the size and the first bytes.
        wish = [
            {
                "path": one.path_in_repo,
                "sample": base64.b64encode(one.upload_info.sample).decode(),
                "size": one.upload_info.size,
            }
            for one in adding[at : at + AT_ONCE]
        ]
        answer = get_session().post(
            f"{api.endpoint}/api/{kind}s/{repo_id}/preupload/{quote(branch, safe='')}",
            json={"files": wish},
            headers=build_hf_headers(token=api.token),
            params={"create_pr": "1"} if create_pr else None,
        )
        hf_raise_for_status(answer)
        ignored += [file["path"] for file in answer.json()["files"] if file["shouldIgnore"]]
    return ignored
