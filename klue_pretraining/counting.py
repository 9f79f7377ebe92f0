"""The steps of a pipeline that tell what they took away, and what a task kept of that.

datatrove's statistics are numbers that add up over tasks, and hold the counts. Examples are texts:
each step keeps the first of them in a file of its own a task, and the report takes those of the
first tasks, which are the first of the corpus.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from datatrove.data import Document
from datatrove.io import get_datafolder
from datatrove.pipeline.base import PipelineStep

from klue_text.pseudonyms import pseudonymise

BAD = "bad lines"
EXAMPLES = 3
MOST = {BAD: 5}  # of those that have another number of examples
LONGEST_EXAMPLE = 120  # characters
CHARACTERS = ", characters"  # after a label: how many went with it
Documents = Iterator[Document]


class Counting(PipelineStep):  # type: ignore[misc, unused-ignore]
    """A step that counts what it takes away.

    Args:
        examples: the folder for them, each step's own.
    """

    def __init__(self, examples: str) -> None:
        super().__init__()
        self.examples_folder = examples
        self.examples: dict[str, list[str]] = {}
        self.counted: Counter[str] = Counter()

    @property
    def called(self) -> str:
        """The name of its files."""
        return type(self).__name__

    def count(self, label: str, text: str) -> None:
        """Count a text that went, and keep it as an example if it is one of the first."""
        self.counted[label] += 1
        self.counted[label + CHARACTERS] += len(text)
        if len(self.examples.get(label, ())) < EXAMPLES:
            self.example(label, pseudonymise(text[:LONGEST_EXAMPLE])[0])

    def example(self, label: str, text: str) -> None:
        """Keep an example, if there are not enough of them."""
        found = self.examples.setdefault(label, [])
        if len(found) < MOST.get(label, EXAMPLES):
            found.append(text)

    def save(self, rank: int) -> None:
        """Write a task's examples, when it has come to its end, and give its counts to datatrove.

        All at once: an update of its statistics takes as long as ten characters' cleaning.
        """
        for label, value in self.counted.items():
            self.stat_update(label, value=value)
        folder = get_datafolder(self.examples_folder)
        with folder.open(f"{self.called}-{rank:05d}.json", "wb") as file:
            file.write(json.dumps(self.examples, ensure_ascii=False).encode(errors="replace"))


class Removed(Counting):
    """Counts the documents that another step takes away; stands behind that step in the pipeline.

    datatrove's filters give what they drop to an `exclusion_writer`, which this is.
    """

    type = "🔻 - KLUE"
    name = "what went"

    def __init__(self, examples: str, label: str) -> None:
        super().__init__(examples)
        self.label = label

    @property
    def called(self) -> str:
        """The name of its files: there may be several of these in a pipeline."""
        return self.label

    def __enter__(self) -> Removed:
        return self

    def __exit__(self, *_: object) -> None: ...

    def write(self, document: Document, rank: int = 0) -> None:
        """Count a document that went."""
        self.count(self.label, document.text)

    def run(self, data: Documents, rank: int = 0, world_size: int = 1) -> Documents:
        """Let all others pass."""
        yield from data
        self.save(rank)


class Kept(Counting):
    """Counts the documents that stay."""

    type = "✅ - KLUE"
    name = "what stays"

    def run(self, data: Documents, rank: int = 0, world_size: int = 1) -> Documents:
        """Let all pass."""
        for document in data:
            self.counted["documents out"] += 1
            self.counted["sentences out"] += document.text.count("\n") + 1
            self.counted["characters out"] += len(document.text)
            for kind, form, new in document.metadata.get("changes", ()):
                self.counted[f"personal data, {kind}"] += 1
                self.example(kind, f"{form} -> {new}")
            yield document
        self.save(rank)


def batches(data: Iterable[Document], characters: int) -> Iterator[list[Document]]:
    """Yield documents in lists of about so many characters.

    >>> [len(batch) for batch in batches([Document("가" * 9, "a"), Document("나", "b")], 5)]
    [1, 1]
    """
    batch: list[Document] = []
    held = 0
    for document in data:
        batch.append(document)
        held += len(document.text)
        if held >= characters:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def totals(logs: str) -> Counter[str]:
    """Add up the statistics of a pipeline's tasks, by label."""
    folder, found = get_datafolder(logs), Counter[str]()
    for name in folder.list_files("stats"):
        with folder.open(name, "rb") as file:
            for step in json.load(file):
                for label, value in step["stats"].items():
                    found[label] += value["total"] if isinstance(value, dict) else value
    return found


def first_examples(folder: str) -> dict[str, list[str]]:
    """Return the first examples of each label, of the first tasks."""
    found: dict[str, list[str]] = {}
    place: Any = get_datafolder(folder)
    for name in sorted(place.list_files(), key=lambda name: name.rpartition("-")[2]):
        with place.open(name, "rb") as file:
            for label, texts in json.load(file).items():
                found[label] = [*found.get(label, ()), *texts][: MOST.get(label, EXAMPLES)]
    return found
