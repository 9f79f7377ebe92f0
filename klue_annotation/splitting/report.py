"""What a folder was divided into, as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .units import Overlap


@dataclass(frozen=True)
class Side:
    """One of the two sides: its rows, the units they make, and rows by label and by source."""

    rows: int
    units: int
    labels: Counter[str]
    sources: Counter[str]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {**vars(self), "labels": dict(self.labels), "sources": dict(self.sources)}


@dataclass(frozen=True)
class TaskSplit:
    """What a task's rows were divided into.

    Attributes:
        task: its id.
        train, validation: the two sides.
        overlap: texts of validation that are in train, counted in the files as they were written.
        remarks: what there is to say of the rows that were read, a line each.
    """

    task: str
    train: Side
    validation: Side
    overlap: Overlap
    remarks: tuple[str, ...]

    @property
    def share(self) -> float:
        """Of the rows, those in validation."""
        return self.validation.rows / (self.train.rows + self.validation.rows)

    def balance(self) -> Iterator[tuple[str, str, int, int]]:
        """Yield "label" or "source", its name, and its rows in train and in validation."""
        for kind in ("label", "source"):
            train, validation = (
                getattr(side, f"{kind}s") for side in (self.train, self.validation)
            )
            for name, _ in (train + validation).most_common():
                yield kind, name, train[name], validation[name]

    def too_small(self) -> Iterator[str]:
        """Yield a line for each label and source that is on one side alone."""
        for kind, name, train, validation in self.balance():
            if not train or not validation:
                side, rows = ("train", train) if train else ("validation", validation)
                has = f"{rows:,} row{'' if rows == 1 else 's'}"
                yield f"{self.task}: {kind} {name or 'unknown'}: {has}, all in {side}"

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {
            "train": self.train.to_json(),
            "validation": self.validation.to_json(),
            "share": self.share,
            "overlap": self.overlap._asdict(),
            "remarks": [*self.remarks, *self.too_small()],
        }
