"""What a reader noticed in a file that is no error: counted here, told once."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

logger = logging.getLogger("klue_datasets")

SHOWN_GUIDS = 3


@dataclass
class Notes:
    """Counts of one file, filled while it is read.

    Attributes:
        file: name of the file.
        rows: examples that came out.
        missing: for each field, in how many source rows it is missing (it becomes null).
        unlabelled: guids of the rows that were dropped because their label is null.
        shifted: guids of the questions with an answer whose text is not at its `answer_start`.
        corrected: how many errata were applied.
        uncorrected: guids of the rows whose erratum does not fit what stands there.
    """

    file: str
    rows: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    unlabelled: list[str] = field(default_factory=list)
    shifted: list[str] = field(default_factory=list)
    corrected: int = 0
    uncorrected: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        r"""Return everything that a user should know, one line each; empty for a whole file.

        Example:
            >>> notes = Notes("dev.json", missing=Counter(date=7), unlabelled=["a"])
            >>> print("\n".join(notes.lines()))
            dev.json: missing fields became null: date (7 rows)
            dev.json: dropped 1 row without a label: a
        """
        lines = []
        if self.missing:
            fields = ", ".join(f"{name} ({_rows(n)})" for name, n in sorted(self.missing.items()))
            lines.append(f"{self.file}: missing fields became null: {fields}")
        if self.unlabelled:
            lines.append(
                f"{self.file}: dropped {_rows(len(self.unlabelled))} without a label: "
                f"{_some(self.unlabelled)}"
            )
        if self.shifted:
            kept = "as read" if self.corrected else "kept as they are"
            lines.append(
                f"{self.file}: {_rows(len(self.shifted))} with an answer that does not stand at "
                f"its answer_start ({kept}): {_some(self.shifted)}"
            )
        if self.corrected:
            lines.append(f"{self.file}: applied {self.corrected:,} errata")
        if self.uncorrected:
            lines.append(
                f"{self.file}: errata of {_rows(len(self.uncorrected))} do not fit what stands "
                f"there and were left out: {_some(self.uncorrected)}"
            )
        return lines

    def warn(self) -> None:
        """Log each line as a warning; without logging set up, Python prints them on stderr."""
        for line in self.lines():
            logger.warning(line)

    def to_json(self) -> dict[str, Any]:
        """Turn into plain JSON values; `Notes(**values)` undoes it."""
        return asdict(self) | {"missing": dict(self.missing)}


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def _some(guids: list[str]) -> str:
    shown = ", ".join(guids[:SHOWN_GUIDS])
    return shown if len(guids) <= SHOWN_GUIDS else f"{shown}, …"
