"""Submissions in a private dataset repository of the Hub."""

from __future__ import annotations

import gzip
import random
import threading
from pathlib import Path

from huggingface_hub import CommitOperationAdd, HfApi, hf_hub_download
from huggingface_hub.errors import RemoteEntryNotFoundError

from klue_common.errors import InputError
from klue_hub.busy_hub import FAILURES, HubFailure, may_pass, retry, status_of

from .entries import Entry, read_lines
from .local_store import LINES

ATTEMPTS = 30
FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0  # seconds


class HubStore:
    """A repository that several Spaces may write at once.

    An entry and its predictions are one commit on the commit that was read; the Hub refuses it
    where another came first, and then it is made anew on that one. The repository is private,
    since it holds predictions; the page shows what may be seen.
    """

    def __init__(self, repo: str, api: HfApi | None = None) -> None:
        self.repo, self.api = repo, api or HfApi()
        # Of several submitters in this process one at a time: they would only be in each
        # other's way.
        self.lock = threading.Lock()
        self.api.create_repo(repo, repo_type="dataset", private=True, exist_ok=True)

    def append(self, entry: Entry, predictions: bytes) -> None:
        """See `Store.append`.

        A commit whose answer was lost is found again by its id, so that nothing is there twice.
        """
        packed = gzip.compress(predictions, mtime=0)
        failures: list[HubFailure] = []

        def wait(error: HubFailure, attempt: int) -> float | None:
            failures.append(error)
            return waiting_time(error, attempt)

        with self.lock:
            written = retry(
                self.repo,
                lambda: self.attempt(entry, packed),
                attempts=ATTEMPTS,
                wait=wait,
                explain=no_turn,
            )
        if not written and not failures:
            raise InputError(f"{entry.model}: these predictions are on the board already")

    def attempt(self, entry: Entry, packed: bytes) -> bool:
        """Commit an entry on the newest commit, unless it is there already."""
        head = self.head()
        lines = self.lines(head)
        if any(other.id == entry.id for other in read_lines(lines, self.repo)):
            return False
        operations = [
            CommitOperationAdd(LINES, lines + entry.line()),
            CommitOperationAdd(place(entry.id), packed),
        ]
        self.api.create_commit(
            self.repo,
            operations,
            commit_message=f"{entry.task}: {entry.id}",
            repo_type="dataset",
            parent_commit=head,
        )
        return True

    def read(self) -> list[Entry]:
        """See `Store.read`."""
        try:
            lines = self.lines(self.head())
        except FAILURES as error:
            raise unreachable(self.repo, error) from None
        return read_lines(lines, self.repo)

    def predictions(self, entry: str) -> bytes:
        """See `Store.predictions`."""
        try:
            return gzip.decompress(self.file(self.head(), place(entry)).read_bytes())
        except FAILURES as error:
            raise unreachable(self.repo, error) from None

    def head(self) -> str:
        """Return the newest commit."""
        sha = self.api.dataset_info(self.repo).sha
        assert sha is not None, "a repository has a first commit from its creation on"
        return sha

    def lines(self, revision: str) -> bytes:
        """Return all lines at a commit; none only if the Hub says that there is no such file."""
        try:
            return self.file(revision, LINES).read_bytes()
        except RemoteEntryNotFoundError:
            return b""

    def file(self, revision: str, path: str) -> Path:
        """Return a file at a commit, from the cache where it is there."""
        found = hf_hub_download(
            self.repo,
            path,
            repo_type="dataset",
            revision=revision,
            endpoint=self.api.endpoint,
            token=self.api.token,
        )
        return Path(found)


def waiting_time(error: HubFailure, attempt: int) -> float | None:
    """Return a random time in seconds: submitters who wait as long collide again."""
    if not may_pass(error):
        return None
    return random.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1)))


def no_turn(repo: str, error: HubFailure) -> InputError:
    """Return what a person is told whose submission could not be kept."""
    if not may_pass(error):
        return unreachable(repo, error)
    status = status_of(error)
    reason = f"the Hub's answer was {status}" if status else "no answer"
    return InputError(f"{repo}: found {reason}, expected a turn: try again later")


def unreachable(repo: str, error: HubFailure) -> InputError:
    """Return what a person is told of a Hub that does not do what it should."""
    found = f"the answer {status_of(error)}" if status_of(error) else "no answer"
    return InputError(
        f"{repo}: found {found} of the Hub, expected the leaderboard: try again later"
    )


def place(entry: str) -> str:
    """Return the path of an entry's predictions in the repository."""
    return f"predictions/{entry}.jsonl.gz"
