"""The data behind the Data tab: an index for each task and split, made when first asked for."""

from __future__ import annotations

import threading
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import datasets

from klue_common.errors import InputError
from klue_datasets import TASKS, DataError, load
from klue_datasets.report.counts import class_names, in_order
from klue_metrics.resampling import natural_key

from .settings import Settings
from .tasks import DEMOS

PAGE = 10  # examples


@dataclass(frozen=True)
class Index:
    """What the examples of a split are found by.

    Attributes:
        table: the rows.
        labels, sources, texts: of each row; texts as `comparable` gives them.
        counts: how often each label occurs.
    """

    table: datasets.Dataset
    labels: Sequence[Sequence[str]]
    sources: Sequence[str]
    texts: Sequence[str]
    counts: Mapping[str, int]

    def source_names(self) -> list[str]:
        """Return the corpora, by name."""
        return sorted({source for source in self.sources if source})

    def find(self, label: str, source: str, text: str) -> list[int]:
        """Return the numbers of the rows with a label, of a source, that hold a text; "" is any."""
        wanted = comparable(text).strip()
        return [
            at
            for at, labels in enumerate(self.labels)
            if (not label or label in labels)
            and (not source or source == self.sources[at])
            and wanted in self.texts[at]
        ]

    def rows(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Return the rows of these numbers."""
        found: list[dict[str, Any]] = self.table.select(numbers).to_list()
        return found


class Rows:
    """The indexes of all splits that the operator has data for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.lock = threading.Lock()
        self.indexes: dict[tuple[str, str], Index] = {}

    def index(self, task: str, split: str) -> Index:
        """Return the index of a split.

        Raises:
            InputError: there is no data for it here.
        """
        with self.lock:
            if (task, split) not in self.indexes:
                settings = self.settings
                try:
                    table = load(
                        task, split, data_dir=settings.data_dir, sample=settings.sample, full=True
                    )
                except (DataError, OSError):
                    raise InputError(f"{task}: no data for {split} here") from None
                self.indexes[task, split] = index_of(task, table)
            return self.indexes[task, split]


def comparable(text: str) -> str:
    """Return a text without what searches ignore: case, and how its syllables are put together."""
    return unicodedata.normalize("NFC", text).casefold()


def index_of(task: str, table: datasets.Dataset) -> Index:
    """Return the index of a split's rows."""
    view = DEMOS[task].rows
    labels, sources, texts = [], [], []
    for row in table:
        labels.append(view.labels(row))
        sources.append(view.source(row))
        texts.append(comparable("\n".join(view.texts(row))))
    counts = Counter(label for of_row in labels for label in of_row)
    names = class_names(table.features, TASKS[task].label_column)
    known = names if names and counts.keys() <= set(names) else None
    if known is None and all(label[-1:].isdigit() for label in counts):
        known = sorted(counts, key=natural_key)  # ratings and types, not the most frequent first
    return Index(table, labels, sources, texts, in_order(counts, known))
