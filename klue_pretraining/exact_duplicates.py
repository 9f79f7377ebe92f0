"""Documents that were there before to the letter, found on disk by datatrove's exact deduplication.

Of equal documents datatrove (0.10) lets the one stay that has the lowest number within its shard,
whichever shard that is. Here the first of the corpus stays: earlier shards have priority.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from datatrove.data import Document
from datatrove.io import get_datafolder
from datatrove.pipeline.dedup.exact_dedup import ExactDedupConfig, ExactDedupSignature
from datatrove.utils.typeshelper import ExtensionHelperSD

from .counting import Documents

FIRST = 65_535  # datatrove's highest priority
PAIR = np.dtype("<u4")  # of a shard, and of a document within it
LOWER = 0xFFFFFFFF  # half of a document's number: where it is in its shard, the upper half

Numbers = npt.NDArray[Any]


def letters_of(document: Document) -> str:
    """Return what a document is compared by: its letters before personal data was replaced."""
    letters: str = document.metadata["letters"]
    return letters


def content_of(document: Document) -> bytes:
    """Return what a document's hash is of; xxhash 4 takes no strings, which datatrove gives it."""
    return letters_of(document).encode()


def exact_config() -> ExactDedupConfig:
    """Return datatrove's settings of the exact duplicates."""
    return ExactDedupConfig(content_of)


class FirstComes(ExactDedupSignature):  # type: ignore[misc, unused-ignore]
    """Signs documents for the exact comparison, so that the first of the corpus stays."""

    name = "💥 exact, stage 1"

    def run(self, data: Documents, rank: int = 0, world_size: int = 1) -> None:
        """Write a task's signatures."""
        self.priority = FIRST - rank
        super().run(data, rank, world_size)

    def get_hashes(self, doc: Document, doc_idx: int) -> list[tuple[int, int, int]]:
        """Return hash, priority and number of a document."""
        return [(self.hash_fc(content_of(doc)), self.priority, doc_idx)]


def exact_duplicates(folder: str) -> Numbers:
    """Return the documents that `ExactFindDedups` found, in order."""
    place, found = get_datafolder(folder), [np.zeros(0, np.int64)]
    for name in place.list_files(glob_pattern=f"*/*{ExtensionHelperSD.stage_2_duplicates}"):
        shard = int(Path(name).name[:5])
        found.append(np.frombuffer(place.cat_file(name), PAIR).astype(np.int64) | shard << 32)
    return np.sort(np.concatenate(found))
