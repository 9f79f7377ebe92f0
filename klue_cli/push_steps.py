"""The steps that all commands of `klue push` have in common."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from klue_common.errors import InputError
from klue_common.progress import note, quiet_libraries

from .push_tables import files_table, plan_json, plan_table, pushed_json, pushed_table
from .terminal import show, tell

if TYPE_CHECKING:
    from klue_hub.plan import Where
    from klue_hub.pushing import Pushed
    from klue_hub.upload import Upload


def where(revision: str, create_pr: bool, private: bool) -> Where:
    """Return where a push goes, from the options that all these commands have.

    Raises:
        InputError: they contradict each other.
    """
    from klue_hub.plan import Where

    if create_pr and revision != "main":
        raise InputError(
            f"--create-pr: found --revision {revision}, expected a pull request against main"
        )
    return Where(revision, create_pr, private)


def run(
    org: str,
    uploads: Callable[[Path], Iterable[Upload]],
    where: Where,
    dry_run: bool,
    to: Path | None,
    as_json: bool,
) -> None:
    """Gather everything, plan everything, show it, and only then send anything.

    Args:
        org: who is to own it.
        uploads: (folder to build in) -> what is to be pushed.
        where: the branch, or pull requests.
        dry_run: show the plan and stop.
        to: a new folder to write to instead of the Hub.
        as_json: print for a program.
    """
    from huggingface_hub.utils import disable_progress_bars

    from klue_datasets.unfinished import place_for
    from klue_hub.busy_hub import PushError, check_repo_id, open_hub, retry
    from klue_hub.plan import make_plan
    from klue_hub.pushing import push
    from klue_hub.upload import write_to

    quiet_libraries()
    if not sys.stderr.isatty():
        disable_progress_bars()
    check_repo_id(f"{org}/klue")
    with place_for(Path(tempfile.gettempdir(), "klue-push"), private_folder) as folder:
        if to is not None:
            files = write_to(to, gathered(uploads, folder))
            show(files_table(files), [str(path) for path in files], as_json)
            return
        try:
            # A pull request may be made by anybody.
            api = open_hub(None if where.create_pr else org)
            wanted = gathered(uploads, folder)
            plans = [retry(one.repo_id, partial(make_plan, api, one, where)) for one in wanted]
            if dry_run:
                show(plan_table(plans), [plan_json(plan) for plan in plans], as_json)
                return
            tell(plan_table(plans))
            pushed = [push(api, upload, where) for upload in wanted]
        except PushError as error:
            note(f"klue: {error}")
            raise typer.Exit(1) from None
    show(pushed_table(pushed), [pushed_json(one) for one in pushed], as_json)
    name_ignored(pushed)


def private_folder(path: Path) -> None:
    """Make a folder that others cannot look into."""
    path.mkdir(mode=0o700)


def gathered(uploads: Callable[[Path], Iterable[Upload]], folder: Path) -> list[Upload]:
    """Return what is to be pushed, each repository once.

    Raises:
        InputError: there are two uploads for one.
    """
    from klue_hub.upload import check_places

    wanted = list(uploads(folder))
    check_places(wanted)
    return wanted


def name_ignored(pushed: Iterable[Pushed]) -> None:
    """Name the files that did not arrive, if there are any, and end with exit code 1."""
    lost = [one for one in pushed if one.ignored]
    for one in lost:
        note(
            f"klue: {one.upload.repo_id}: {len(one.ignored)} files did not arrive, left out by the "
            f".gitignore there: {', '.join(one.ignored)}; mend its rules, then push again"
        )
    if lost:
        raise typer.Exit(1)
