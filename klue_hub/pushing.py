"""Pushing to the Hub: one commit on top of exactly what was compared with.

Every step may be repeated: what is there already is left alone, a commit is refused by the Hub when
its parent is no longer the newest, and a tag is set when none has the content. So an interrupted
push is finished by doing it again, and a repository never holds half of one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from huggingface_hub import CommitInfo, CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import HfHubHTTPError

from klue_common.errors import InputError
from klue_common.progress import note

from .busy_hub import retry
from .card_merge import front_matter
from .plan import Plan, Where, make_plan, state, tree
from .upload import CARD, Upload, text_of


@dataclass(frozen=True)
class Pushed:
    """What became of an upload.

    Attributes:
        upload: what the repository was to hold.
        commit: the newest commit.
        committed: whether it is new.
        tag: the tag that is new, None where none is.
        pull_request: its address, None where there is none.
        ignored: the files that are not in the commit, since a .gitignore on the Hub leaves them
            out.
    """

    upload: Upload
    commit: str
    committed: bool
    tag: str | None
    pull_request: str | None
    ignored: tuple[str, ...] = ()


def push(api: HfApi, upload: Upload, where: Where) -> Pushed:
    """Commit what is new or changed, if anything is, and tag the commit.

    Where the Hub is busy, a connection breaks or a branch has moved, everything is done again from
    the reading of what is there.

    Args:
        api: of the Hub.
        upload: what the repository is to hold.
        where: the branch, or a pull request.

    Raises:
        InputError: no right to write there, a broken card, a file that is not taken.
        PushError: the Hub still does not answer, or refuses.
    """
    return retry(upload.repo_id, lambda: push_once(api, upload, where))


def push_once(api: HfApi, upload: Upload, where: Where) -> Pushed:
    """Make one attempt of `push`."""
    # A pull request is one commit: its files name those that are there already.
    at_once = where.create_pr or not upload.late
    plan = make_plan(api, upload, where, late=at_once)
    if plan.parent is None:
        create(api, plan, where)
        plan = make_plan(api, upload, where, late=at_once)
    assert plan.parent is not None, "the repository was there a moment ago"
    if where.revision != "main":
        api.create_branch(
            upload.repo_id, repo_type=upload.kind, branch=where.revision, exist_ok=True
        )
    if where.create_pr:
        return propose(api, plan)
    commit, committed = commit_plan(api, plan, where)
    if not at_once:
        plan = make_plan(api, upload, where)
        commit, more = commit_plan(api, plan, where)
        committed |= more
    whole = where.revision == "main" and not plan.ignored and upload.tagged
    tag = set_tag(api, plan, commit) if whole else None
    return Pushed(upload, commit, committed, tag, None, plan.ignored)


def commit_plan(api: HfApi, plan: Plan, where: Where) -> tuple[str, bool]:
    """Commit what is new or changed; returns the newest commit, and whether it is new."""
    if plan.pending:
        return send(api, plan, where).oid, True
    return str(plan.parent), False


def create(api: HfApi, plan: Plan, where: Where) -> None:
    """Make the repository of a plan."""
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
    """Open a pull request, unless an open one of this user has the content already."""
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
    """Make the one commit.

    Raises:
        InputError: the Hub, or its library, refuses a card's metadata.
    """
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
    """Tag a commit unless a tag of the version has its content: v1.1.0, then v1.1.0-post1, ...

    Returns:
        The new tag, None where there is one already.
    """
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
    """Return the tag of the first push of a version, or of a later one.

    Args:
        version: of what is pushed.
        number: how many pushes of the version there were before.

    Example:
        >>> tag_name("1.1.0", 0), tag_name("1.1.0", 2)
        ('v1.1.0', 'v1.1.0-post2')
    """
    return f"v{version}-post{number}" if number else f"v{version}"


def tag_number(version: str, tag: str) -> int | None:
    """Return the number that `tag_name` made a tag of, None for a tag of something else.

    Example:
        >>> tag_number("1.1.0", "v1.1.0-post2"), tag_number("1.1.0", "v1.1.1")
        (2, None)
    """
    found = re.fullmatch(rf"v{re.escape(version)}(?:-post(\d+))?", tag)
    return int(found[1] or 0) if found else None
