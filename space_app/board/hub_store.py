"""Submissions in a private dataset repository of the Hub."""

from __future__ import annotations

import gzip
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
from huggingface_hub import CommitOperationAdd, HfApi, hf_hub_download
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, RemoteEntryNotFoundError

from klue_common.errors import InputError

from .entries import Entry, read_lines
from .local_store import LINES

ATTEMPTS = 30
FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0  # seconds
# No answer, somebody else's commit in between, too many requests, and the Hub's own troubles.
AGAIN = (None, 412, 429, 500, 502, 503, 504)
FAILURES = (HfHubHTTPError, httpx2.TransportError, LocalEntryNotFoundError)


class HubStore:
    """A repository that several Spaces may write at once.

    An entry and its predictions are one commit on the commit that was read; the Hub refuses it
    where another came first, and then it is made anew on that one. The repository is private,
    since it holds predictions; the page shows what may be seen.
    """

    def __init__(
        self, repo: str, api: HfApi | None = None, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self.repo, self.api, self.wait = repo, api or HfApi(), wait
        # Of several submitters in this process one at a time: they would only be in each
        # other's way.
        self.lock = threading.Lock()
        self.api.create_repo(repo, repo_type="dataset", private=True, exist_ok=True)

    def append(self, entry: Entry, predictions: bytes) -> None:
        """See `Store.append`.

        A commit whose answer was lost is found again by its id, so that nothing is there twice.
        """
        packed = gzip.compress(predictions, mtime=0)
        reason = "others were first every time"
        with self.lock:
            for attempt in range(ATTEMPTS):
                try:
                    if self.attempt(entry, packed):
                        return
                except FAILURES as error:
                    status = status_of(error)
                    if status not in AGAIN:
                        raise unreachable(self.repo, error) from None
                    reason = f"the Hub's answer was {status}" if status else "no answer"
                else:
                    if attempt:
                        return
                    raise InputError(f"{entry.model}: these predictions are on the board already")
                self.wait(random.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2**attempt)))
        raise InputError(f"{self.repo}: found {reason}, expected a turn: try again later")

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


def status_of(error: BaseException) -> int | None:
    """Return the Hub's status, None where there was no answer."""
    return getattr(getattr(error, "response", None), "status_code", None)


def unreachable(repo: str, error: BaseException) -> InputError:
    """Return what a person is told of a Hub that does not do what it should."""
    found = f"the answer {status_of(error)}" if status_of(error) else "no answer"
    return InputError(
        f"{repo}: found {found} of the Hub, expected the leaderboard: try again later"
    )


def place(entry: str) -> str:
    """Return the path of an entry's predictions in the repository."""
    return f"predictions/{entry}.jsonl.gz"
