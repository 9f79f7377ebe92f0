"""What a build of the dataset folder made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from . import errata as corrections
from .notes import Notes
from .own_dataset import OwnDataset
from .task import VERSION, DatasetTask


@dataclass(frozen=True)
class BuiltSplit:
    """One Parquet file of the folder.

    Attributes:
        split, file: the split and its file within the folder.
        rows: its examples.
        memory_bytes, file_bytes: its size as Arrow and as a file.
        labels: how often each label occurs.
        example: its first row.
        notes: what the reader noticed.
    """

    split: str
    file: str
    rows: int
    memory_bytes: int
    file_bytes: int
    labels: Counter[str]
    example: dict[str, Any]
    notes: Notes


@dataclass(frozen=True)
class BuiltTask:
    """One configuration of the folder: its task, where it came from, and its splits."""

    task: DatasetTask
    kind: str
    splits: list[BuiltSplit]


@dataclass(frozen=True)
class Extra:
    """A further configuration of one split, made of a task's rows by a room above this one.

    Attributes:
        config: its name.
        split: its split.
        table: its rows.
    """

    config: str
    split: str
    table: pa.Table


@dataclass(frozen=True)
class BuiltExtra:
    """The Parquet file of a further configuration."""

    config: str
    split: str
    file: str
    rows: int
    file_bytes: int


@dataclass(frozen=True)
class BuildReport:
    """What `build` made.

    Attributes:
        out: the folder.
        full: whether it has all columns.
        errata: whether known defects are corrected.
        tasks: one entry per configuration.
        seconds: how long it took.
        own: what the dataset says of itself; None where it is KLUE or the sample.
        extras: further configurations.
    """

    out: Path
    full: bool
    errata: bool
    tasks: list[BuiltTask]
    seconds: float
    own: OwnDataset | None = None
    extras: Sequence[BuiltExtra] = ()

    @property
    def version(self) -> str:
        """Version of the data in the form that `datasets` reads."""
        return corrections.VERSION if self.errata else VERSION

    @property
    def version_name(self) -> str:
        """Version of the data for people."""
        return corrections.VERSION_NAME if self.errata else VERSION

    @property
    def is_sample(self) -> bool:
        """Whether this is the bundled sample and not KLUE."""
        return any(built.kind == "sample" for built in self.tasks)

    def to_json(self) -> dict[str, Any]:
        """Turn into plain JSON values."""
        return {
            "out": str(self.out),
            "name": self.own.name if self.own else None,
            "version": self.version_name,
            "full": self.full,
            "seconds": round(self.seconds, 2),
            "tasks": {
                built.task.name: {
                    "source": built.kind,
                    "splits": {
                        split.split: {
                            "file": split.file,
                            "rows": split.rows,
                            "bytes": split.file_bytes,
                            "notes": split.notes.to_json(),
                        }
                        for split in built.splits
                    },
                }
                for built in self.tasks
            },
            "extras": {
                extra.config: {"file": extra.file, "rows": extra.rows, "bytes": extra.file_bytes}
                for extra in self.extras
            },
        }
