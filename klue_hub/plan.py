"""What a push would do: an upload compared with what is on the Hub."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from huggingface_hub import HfApi, RepoFile
from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

from klue_common.errors import InputError
from klue_datasets.identity import git_sha1

from .busy_hub import read_text
from .card_merge import edited, front_matter, merged, sealed, split
from .hub_internals import git_hash, ignored_paths
from .upload import CARD, Content, Upload, size_of, text_of

GITIGNORE = ".gitignore"


@dataclass(frozen=True)
class Where:
    """Where in a repository an upload goes.

    Attributes:
        revision: the branch.
        create_pr: as a pull request.
        private: make the repository a private one.
    """

    revision: str = "main"
    create_pr: bool = False
    private: bool = False


@dataclass(frozen=True)
class Change:
    """A file and what becomes of it.

    Attributes:
        path: in the repository.
        size: bytes.
        state: "new", "changed", "unchanged", "deleted", or "ignored": new or changed, but the
            .gitignore on the Hub leaves it out.
    """

    path: str
    size: int
    state: str


@dataclass(frozen=True)
class Plan:
    """What a push would do to a repository.

    Attributes:
        upload: what it is to hold.
        parent: the commit that the plan was made for, None where there is no repository yet.
        files: those of the upload, the card merged with the one that is there.
        changes: what becomes of each file.
        text_kept: whether the card's text was edited there and so stays.
    """

    upload: Upload
    parent: str | None
    files: Mapping[str, Content]
    changes: tuple[Change, ...]
    text_kept: bool = False

    @property
    def pending(self) -> list[Change]:
        """What is to be committed."""
        return [change for change in self.changes if change.state not in ("unchanged", "ignored")]

    @property
    def ignored(self) -> tuple[str, ...]:
        """The files that will not arrive."""
        return tuple(change.path for change in self.changes if change.state == "ignored")


def make_plan(api: HfApi, upload: Upload, where: Where, late: bool = True) -> Plan:
    """Compare an upload with what is on the Hub.

    Args:
        api: of the Hub.
        upload: what the repository is to hold.
        where: the branch, or a pull request.
        late: whether the files that name commits are among it.

    Raises:
        InputError: a card with broken YAML, a public repository that should be private, or one
            that holds what the upload may not replace.
        HubFailure: what `busy_hub.retry` can repeat.
    """
    there_already = None if where.create_pr else where.revision
    given = upload.with_late(api, there_already) if late else upload.files
    card = sealed(text_of(given[CARD]))
    front_matter(card, f"{upload.repo_id}/{CARD}")
    parent, branch, there = remote(api, upload, where)
    check_guard(api, upload, parent, there)
    old = ""
    if parent and CARD in there:
        old = read_text(api, upload.kind, upload.repo_id, CARD, parent)
    place = f"{CARD} of {upload.repo_id} on the Hub"
    files = {**given, CARD: merged(card, old, place).encode()}
    states = {path: state(content, there.get(path)) for path, content in files.items()}
    if GITIGNORE in there:
        sent = {path: files[path] for path, found in states.items() if found != "unchanged"}
        repo = (upload.kind, upload.repo_id)
        ignored = ignored_paths(api, repo, branch, sent, where.create_pr)
        states |= dict.fromkeys(ignored, "ignored")
    changes = [Change(path, size_of(files[path]), found) for path, found in states.items()]
    kept = {*files, *upload.late}
    gone = [path for path in there if path not in kept and upload.owns(path)]
    changes += [Change(path, there[path].size, "deleted") for path in gone]
    return Plan(upload, parent, files, tuple(changes), edited(split(old)[1]))


def check_guard(
    api: HfApi, upload: Upload, parent: str | None, there: Mapping[str, RepoFile]
) -> None:
    """Let an upload's guard look at the files that are there.

    Raises:
        InputError: it finds one that keeps the upload from going there.
    """
    if parent is None or upload.guard is None:
        return
    for path in there:
        if fnmatch(path, upload.guard.pattern):
            text = read_text(api, upload.kind, upload.repo_id, path, parent)
            upload.guard.check(f"{path} of {upload.repo_id} on the Hub", text)


def remote(api: HfApi, upload: Upload, where: Where) -> tuple[str | None, str, dict[str, RepoFile]]:
    """Return the state of a branch on the Hub, of main where the branch is not there yet.

    Returns:
        The newest commit (None where there is no repository), the branch, and its files by path.

    Raises:
        InputError: a public repository that should be private.
    """
    branch = where.revision
    try:
        info = api.repo_info(upload.repo_id, repo_type=upload.kind, revision=branch)
    except RevisionNotFoundError:
        branch = "main"
        info = api.repo_info(upload.repo_id, repo_type=upload.kind)
    except RepositoryNotFoundError:
        return None, branch, {}
    if where.private and not info.private:
        raise InputError(f"{upload.repo_id}: found a public repository, expected a private one")
    return info.sha, branch, tree(api, upload, str(info.sha))


def tree(api: HfApi, upload: Upload, revision: str) -> dict[str, RepoFile]:
    """Return all files of a revision by path."""
    entries = api.list_repo_tree(
        upload.repo_id, repo_type=upload.kind, revision=revision, recursive=True
    )
    return {entry.path: entry for entry in entries if isinstance(entry, RepoFile)}


def state(content: Content, there: RepoFile | None) -> str:
    """Return how a file differs from the one that is there: "new", "changed" or "unchanged"."""
    if there is None:
        return "new"
    if size_of(content) == there.size and same(content, there):
        return "unchanged"
    return "changed"


def same(content: Content, there: RepoFile) -> bool:
    """Return whether a file has the content whose hash the Hub names."""
    if there.lfs is None:
        own = git_sha1(content) if isinstance(content, Path) else git_hash(content)
        return bool(own == there.blob_id)
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest() == there.lfs.sha256
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == there.lfs.sha256
