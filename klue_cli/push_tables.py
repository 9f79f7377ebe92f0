"""What `klue push` shows: tables for people, the same for programs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from .terminal import numbers, plain_table

if TYPE_CHECKING:
    from klue_hub.plan import Plan
    from klue_hub.pushing import Pushed


def files_table(files: Iterable[Path]) -> Table:
    """Return a table of the files that `--to` wrote."""
    rows = ([str(path), f"{path.stat().st_size:,}"] for path in files)
    return plain_table(["file", numbers("bytes")], rows)


def plan_table(plans: Iterable[Plan]) -> Table:
    """Return a table of every file, its size and what becomes of it."""
    from klue_hub.upload import CARD

    rows = []
    for plan in plans:
        title = f"{plan.upload.kind} {plan.upload.repo_id}"
        if plan.parent is None:
            title += " (new)"
        for change in plan.changes:
            kept = plan.text_kept and change.path == CARD
            state = f"{change.state}, its text was edited there and stays" if kept else change.state
            if change.state == "ignored":
                state = "ignored, by the .gitignore there"
            rows.append([title, change.path, f"{change.size:,}", state])
            title = ""
    return plain_table(["repository", "file", numbers("bytes"), "state"], rows)


def plan_json(plan: Plan) -> dict[str, Any]:
    """Return a plan for a program."""
    return {
        "kind": plan.upload.kind,
        "repo_id": plan.upload.repo_id,
        "parent": plan.parent,
        "text_kept": plan.text_kept,
        "files": [vars(change) for change in plan.changes],
    }


def pushed_table(pushed: Iterable[Pushed]) -> Table:
    """Return a table of what became of every repository."""
    rows = (
        [
            f"{one.upload.kind} {one.upload.repo_id}",
            one.commit[:10] if one.committed else "unchanged",
            one.tag or "",
            one.pull_request or "",
        ]
        for one in pushed
    )
    return plain_table(["repository", "commit", "tag", "pull request"], rows)


def pushed_json(one: Pushed) -> dict[str, Any]:
    """Return what became of a repository for a program."""
    return {
        "kind": one.upload.kind,
        "repo_id": one.upload.repo_id,
        "commit": one.commit,
        "committed": one.committed,
        "tag": one.tag,
        "pull_request": one.pull_request,
        "ignored": list(one.ignored),
    }
