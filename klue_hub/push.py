"""Pushing to the Hub: a plan against what is there, and one commit on top of exactly that.

Every step may be repeated: what is there already is left alone, a commit is refused by the Hub when
its parent is no longer the newest, and a tag is set when none has the content. So an interrupted
push is finished by doing it again, and a repository never holds half of one.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import quote

from huggingface_hub import (
    CommitInfo,
    CommitOperationAdd,
    CommitOperationDelete,
    HfApi,
    RepoFile,
    get_session,
)
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError
from huggingface_hub.utils import build_hf_headers, hf_raise_for_status
from huggingface_hub.utils.sha import git_hash

from klue_common.errors import InputError
from klue_common.progress import note
from klue_datasets.files import written_folder
from klue_datasets.identity import git_sha1

from .busy_hub import check_repo_id, patiently, read_text
from .card_merge import edited, front_matter, merged, sealed, split

CARD = "README.md"
GITIGNORE = ".gitignore"
AT_ONCE = 256  # files that the Hub is asked about in one request, as huggingface_hub does
Content = Path | bytes


@dataclass(frozen=True)
class Guard:
    """What a repository may not hold: `check` is given the place and text of its files of a
    pattern, and raises an InputError where one keeps an upload from going there."""

    pattern: str
    check: Callable[[str, str], None]


@dataclass(frozen=True)
class Upload:
    """What one repository is to hold.

    kind: "dataset", "model" or "space". files: path in the repository -> a file or its content.
    version: what the tag is named after. owned: patterns of paths that are ours alone, so that
    what matches and is not among the files is deleted; everything else stays. guard: what else the
    repository may hold.
    """

    kind: str
    repo_id: str
    files: Mapping[str, Content]
    version: str
    owned: tuple[str, ...] = ()
    guard: Guard | None = None

    def __post_init__(self) -> None:
        """Refuse a name that leads out of its place: an InputError."""
        check_repo_id(self.repo_id)
        for path in self.files:
            if {"", ".", ".."} & set(path.split("/")):
                raise InputError(f"{self.repo_id}: found the path {path!r}, expected one below it")

    @property
    def message(self) -> str:
        """The commit's title."""
        return f"KLUE {self.version}"


@dataclass(frozen=True)
class Where:
    """revision: the branch. create_pr: as a pull request. private: make the repository so."""

    revision: str = "main"
    create_pr: bool = False
    private: bool = False


@dataclass(frozen=True)
class Change:
    """A file: its size in bytes, and "new", "changed", "unchanged", "deleted" or "ignored".

    ignored: new or changed, but the .gitignore on the Hub leaves it out.
    """

    path: str
    size: int
    state: str


@dataclass(frozen=True)
class Plan:
    """What a push would do to the commit `parent`, None where there is no repository yet.

    files: those of the upload, the card merged with the one that is there. text_kept: whether the
    card's text was edited there and so stays.
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


@dataclass(frozen=True)
class Pushed:
    """What became of an upload: its commit, whether that is new, and the tag that is new.

    ignored: the files that are not in the commit, for a .gitignore on the Hub leaves them out.
    """

    upload: Upload
    commit: str
    committed: bool
    tag: str | None
    pull_request: str | None
    ignored: tuple[str, ...] = ()


def folder_files(folder: Path, *patterns: str) -> dict[str, Content]:
    """The files below a folder by their path in it; none of Python's, none that are hidden.

    Args:
        folder: where they lie.
        patterns: of the paths, all if there are none.

    Raises:
        InputError: no such folder, or a link, which could lead out of it.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder")
    found: dict[str, Content] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if any(part.startswith((".", "__pycache__")) for part in name.split("/")):
            continue
        if patterns and not any(fnmatch(name, pattern) for pattern in patterns):
            continue
        if path.is_symlink():
            raise InputError(f"{path}: found a link, expected a file or a folder")
        if path.is_file():
            found[name] = path
    return found


def make_plan(api: HfApi, upload: Upload, where: Where) -> Plan:
    """Compare an upload with what is on the Hub.

    Raises:
        InputError: a card with broken YAML, a public repository that should be private, or one
            that holds what the upload may not replace.
    """
    card = sealed(text_of(upload.files[CARD]))
    front_matter(card, f"{upload.repo_id}/{CARD}")
    parent, branch, there = remote(api, upload, where)
    if parent and upload.guard is not None:
        for path in there:
            if fnmatch(path, upload.guard.pattern):
                text = read_text(api, upload.kind, upload.repo_id, path, parent)
                upload.guard.check(f"{path} of {upload.repo_id} on the Hub", text)
    old = ""
    if parent and CARD in there:
        old = read_text(api, upload.kind, upload.repo_id, CARD, parent)
    place = f"{CARD} of {upload.repo_id} on the Hub"
    files = {**upload.files, CARD: merged(card, old, place).encode()}
    states = {path: state(content, there.get(path)) for path, content in files.items()}
    if GITIGNORE in there:
        sent = {path: files[path] for path, found in states.items() if found != "unchanged"}
        ignored = ignored_paths(api, upload, replace(where, revision=branch), sent)
        states |= dict.fromkeys(ignored, "ignored")
    changes = [Change(path, size_of(files[path]), found) for path, found in states.items()]
    gone = [path for path in there if path not in files and owned(path, upload)]
    changes += [Change(path, there[path].size, "deleted") for path in gone]
    return Plan(upload, parent, files, tuple(changes), edited(split(old)[1]))


def remote(api: HfApi, upload: Upload, where: Where) -> tuple[str | None, str, dict[str, RepoFile]]:
    """The newest commit of a branch, the branch and its files; main where it is not there yet."""
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
    """All files of a revision by path."""
    entries = api.list_repo_tree(
        upload.repo_id, repo_type=upload.kind, revision=revision, recursive=True
    )
    return {entry.path: entry for entry in entries if isinstance(entry, RepoFile)}


def ignored_paths(
    api: HfApi, upload: Upload, where: Where, files: Mapping[str, Content]
) -> list[str]:
    """The files that the .gitignore on the Hub leaves out of a commit.

    huggingface_hub asks the same before it commits, and sends the others without a word.
    """
    ignored: list[str] = []
    repo, branch = f"{upload.kind}s/{upload.repo_id}", quote(where.revision, safe="")
    adding = [CommitOperationAdd(path, content) for path, content in files.items()]
    for at in range(0, len(adding), AT_ONCE):
        wish = [
            {
                "path": one.path_in_repo,
                "sample": base64.b64encode(one.upload_info.sample).decode(),
                "size": one.upload_info.size,
            }
            for one in adding[at : at + AT_ONCE]
        ]
        answer = get_session().post(
            f"{api.endpoint}/api/{repo}/preupload/{branch}",
            json={"files": wish},
            headers=build_hf_headers(token=api.token),
            params={"create_pr": "1"} if where.create_pr else None,
        )
        hf_raise_for_status(answer)
        ignored += [file["path"] for file in answer.json()["files"] if file["shouldIgnore"]]
    return ignored


def state(content: Content, there: RepoFile | None) -> str:
    """How a file differs from the one that is there."""
    if there is None:
        return "new"
    if size_of(content) == there.size and same(content, there):
        return "unchanged"
    return "changed"


def same(content: Content, there: RepoFile) -> bool:
    """Whether a file has the content whose hash the Hub names."""
    if there.lfs is None:
        own = git_sha1(content) if isinstance(content, Path) else git_hash(content)
        return own == there.blob_id
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest() == there.lfs.sha256
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == there.lfs.sha256


def push(api: HfApi, upload: Upload, where: Where) -> Pushed:
    """Commit what is new or changed, if anything is, and tag the commit.

    A Hub that is busy, a connection that breaks and a branch that has moved are waited for; what is
    there is read again each time.

    Raises:
        InputError: no right to write there, a broken card, a file that is not taken.
        PushError: the Hub still does not answer, or refuses.
    """
    return patiently(upload.repo_id, lambda: push_once(api, upload, where))


def push_once(api: HfApi, upload: Upload, where: Where) -> Pushed:
    """One try of `push`."""
    plan = make_plan(api, upload, where)
    if plan.parent is None:
        create(api, plan, where)
        plan = make_plan(api, upload, where)
    assert plan.parent is not None, "the repository was there a moment ago"
    if where.revision != "main":
        api.create_branch(
            upload.repo_id, repo_type=upload.kind, branch=where.revision, exist_ok=True
        )
    if where.create_pr:
        return propose(api, plan)
    commit = send(api, plan, where).oid if plan.pending else plan.parent
    whole = where.revision == "main" and not plan.ignored
    tag = set_tag(api, plan, commit) if whole else None
    return Pushed(upload, commit, bool(plan.pending), tag, None, plan.ignored)


def create(api: HfApi, plan: Plan, where: Where) -> None:
    """Make the repository."""
    upload = plan.upload
    is_space = upload.kind == "space"
    data = front_matter(text_of(plan.files[CARD]), CARD)
    api.create_repo(
        upload.repo_id,
        repo_type=upload.kind,
        private=where.private or None,
        space_sdk=data.get("sdk", "gradio") if is_space else None,
        exist_ok=True,
    )


def propose(api: HfApi, plan: Plan) -> Pushed:
    """Open a pull request, unless one of ours that is open has the content already."""
    upload = plan.upload
    if not plan.pending:
        return Pushed(upload, str(plan.parent), False, None, None, plan.ignored)
    mine = api.get_repo_discussions(
        upload.repo_id,
        repo_type=upload.kind,
        author=api.whoami(cache=True)["name"],
        discussion_type="pull_request",
        discussion_status="open",
    )
    for pull in mine:
        reference = f"refs/pr/{pull.num}"
        there = tree(api, upload, reference)
        sent = (path for path in plan.files if path not in plan.ignored)
        if all(state(plan.files[path], there.get(path)) == "unchanged" for path in sent):
            commit = api.repo_info(upload.repo_id, repo_type=upload.kind, revision=reference).sha
            return Pushed(upload, str(commit), False, None, pull.url, plan.ignored)
    info = send(api, plan, Where(create_pr=True))
    return Pushed(upload, info.oid, True, None, info.pr_url, plan.ignored)


def send(api: HfApi, plan: Plan, where: Where) -> CommitInfo:
    """Make the one commit."""
    upload, size = plan.upload, sum(change.size for change in plan.pending)
    note(f"{upload.repo_id}: sending {len(plan.pending)} files, {size:,} bytes")
    operations: list[CommitOperationAdd | CommitOperationDelete] = [
        CommitOperationDelete(change.path, is_folder=False)
        if change.state == "deleted"
        else CommitOperationAdd(change.path, plan.files[change.path])
        for change in plan.pending
    ]
    try:
        return api.create_commit(
            upload.repo_id,
            operations,
            commit_message=upload.message,
            repo_type=upload.kind,
            revision=where.revision,
            create_pr=where.create_pr,
            parent_commit=plan.parent,
        )
    except ValueError as error:
        if isinstance(error, HfHubHTTPError):
            raise
        raise InputError(f"{upload.repo_id}: {' '.join(str(error).split())}") from None


def set_tag(api: HfApi, plan: Plan, commit: str) -> str | None:
    """Tag a commit unless a tag of the version has its content: v1.1.0, then v1.1.0-post1, ..."""
    upload = plan.upload
    refs = api.list_repo_refs(upload.repo_id, repo_type=upload.kind)
    numbers = [tag_number(upload.version, tag.name) for tag in refs.tags]
    taken = [number for number in numbers if number is not None]
    if taken and not plan.pending:
        there = tree(api, upload, tag_name(upload.version, max(taken)))
        data = (path for path in plan.files if path != CARD)  # people edit the card
        if all(state(plan.files[path], there.get(path)) == "unchanged" for path in data):
            return None
    name = tag_name(upload.version, max(taken) + 1 if taken else 0)
    api.create_tag(upload.repo_id, repo_type=upload.kind, tag=name, revision=commit)
    return name


def tag_name(version: str, number: int) -> str:
    """The tag of the first push of a version and of those after it.

    >>> tag_name("1.1.0", 0), tag_name("1.1.0", 2)
    ('v1.1.0', 'v1.1.0-post2')
    """
    return f"v{version}-post{number}" if number else f"v{version}"


def tag_number(version: str, tag: str) -> int | None:
    """The inverse of `tag_name`, None for a tag of something else.

    >>> tag_number("1.1.0", "v1.1.0-post2"), tag_number("1.1.0", "v1.1.1")
    (2, None)
    """
    found = re.fullmatch(rf"v{re.escape(version)}(?:-post(\d+))?", tag)
    return int(found[1] or 0) if found else None


def write_to(folder: Path, uploads: list[Upload]) -> list[Path]:
    """Write uploads below a folder that is not there yet, as `<kind>s/<repo id>/<path>`.

    The files are those of a push to an empty repository; an existing card is merged only when
    pushed. Complete or not there at all.
    """
    if folder.exists():
        raise InputError(f"{folder}: exists, expected a new folder")
    files = []
    with written_folder(folder) as beside:
        for upload in uploads:
            for path, content in upload.files.items():
                target = beside / f"{upload.kind}s" / upload.repo_id / path
                target.parent.mkdir(parents=True, exist_ok=True)
                if path == CARD:
                    content = sealed(text_of(content)).encode()
                    front_matter(content.decode(), f"{upload.repo_id}/{CARD}")
                if isinstance(content, bytes):
                    target.write_bytes(content)
                else:
                    shutil.copyfile(content, target)
                files.append(folder / target.relative_to(beside))
    return files


def owned(path: str, upload: Upload) -> bool:
    """Whether a path on the Hub is ours to delete."""
    return any(fnmatch(path, pattern) for pattern in upload.owned)


def size_of(content: Content) -> int:
    """Bytes."""
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def text_of(content: Content) -> str:
    """A file or content as text."""
    data = content if isinstance(content, bytes) else content.read_bytes()
    return data.decode("utf-8")
