"""Submissions in a private dataset repository of the Hub."""

from __future__ import annotations

import gzip
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

from huggingface_hub import CommitOperationAdd, HfApi, hf_hub_download
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError

from klue_baselines.errors import InputError

from .leaderboard import Entry
from .local_store import LINES

ATTEMPTS = 30
FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0  # seconds
STALE = 412  # the Hub's answer where somebody else committed in between


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
        with self.lock:
            for attempt in range(ATTEMPTS):
                head = self.head()
                lines = self.lines(head)
                if any(Entry.of_line(line).id == entry.id for line in lines.splitlines()):
                    if attempt:
                        return
                    raise InputError(f"{entry.model}: these predictions are on the board already")
                try:
                    self.commit(head, entry, lines + entry.line(), packed)
                    return
                except HfHubHTTPError as error:
                    status = getattr(error.response, "status_code", 0)
                    if status != STALE and status < 500:
                        raise
                longest = min(LONGEST_WAIT, FIRST_WAIT * 2**attempt)
                self.wait(random.uniform(0, longest))
        raise InputError(f"{self.repo}: found {ATTEMPTS} others first, expected a turn: try again")

    def read(self) -> list[Entry]:
        """See `Store.read`."""
        return [Entry.of_line(line) for line in self.lines(self.head()).splitlines()]

    def predictions(self, entry: str) -> bytes:
        """See `Store.predictions`."""
        return gzip.decompress(self.file(self.head(), place(entry)).read_bytes())

    def head(self) -> str:
        """The newest commit."""
        sha = self.api.dataset_info(self.repo).sha
        assert sha is not None, "a repository has a first commit from its creation on"
        return sha

    def lines(self, revision: str) -> bytes:
        """All lines at a commit."""
        try:
            return self.file(revision, LINES).read_bytes()
        except EntryNotFoundError:
            return b""

    def file(self, revision: str, path: str) -> Path:
        """A file at a commit, from the cache where it is there."""
        found = hf_hub_download(
            self.repo,
            path,
            repo_type="dataset",
            revision=revision,
            endpoint=self.api.endpoint,
            token=self.api.token,
        )
        return Path(found)

    def commit(self, head: str, entry: Entry, lines: bytes, packed: bytes) -> None:
        """Write an entry as one commit upon `head`."""
        self.api.create_commit(
            self.repo,
            [
                CommitOperationAdd(LINES, lines),
                CommitOperationAdd(place(entry.id), packed),
            ],
            commit_message=f"{entry.task}: {entry.id}",
            repo_type="dataset",
            parent_commit=head,
        )


def place(entry: str) -> str:
    """The path of an entry's predictions in the repository."""
    return f"predictions/{entry}.jsonl.gz"
