"""What a screened file holds, counted: also after people have overruled some of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from klue_baselines.labelling.rows import Bad
from klue_baselines.labelling.sources import source_of
from klue_common.errors import InputError

from .judging import BETWEEN, masked
from .rows import ROWS, Texts
from .verdicts import KEEP, REASONS, is_kept

GROUPS = ("task", "source")  # columns that counts are given by
EXAMPLES = 5  # of each reason
SHOWN = 80  # characters of an example


@dataclass
class Group:
    """Counts of rows with one value in a column: rows, those that are kept, reasons."""

    rows: int = 0
    kept: int = 0
    flagged: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        """Return them as data."""
        return {**vars(self), "reasons": dict(self.reasons)}


@dataclass
class Report:
    """Counts of a screened file.

    details: by reason, what stands behind it in brackets (kinds of personal data), where that is
    said by more than one row. groups: counts by the values of the columns that tell where rows are
    from. examples: by reason, some texts, with boxes in place of personal data. unread: rows
    without a text, which nobody judged.
    """

    file: str
    all: Group = field(default_factory=Group)
    unread: int = 0
    details: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    groups: dict[str, Group] = field(default_factory=lambda: defaultdict(Group))
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def to_json(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "file": self.file,
            **self.all.to_json(),
            "unread": self.unread,
            "details": {reason: dict(counts) for reason, counts in self.details.items()},
            "groups": {name: group.to_json() for name, group in self.groups.items()},
            "examples": dict(self.examples),
        }

    def add(self, fields: Mapping[str, Any], texts: Sequence[str], place: str) -> None:
        """Count a row.

        Raises:
            InputError: it is none of a screened file.
        """
        if not fields.get(KEEP) and fields.get(KEEP) is not False:
            self.unread += 1
            return
        reasons = [reason for reason in str(fields.get(REASONS) or "").split(BETWEEN) if reason]
        kept = is_kept(fields[KEEP], place)
        names = [reason.partition(" (")[0] for reason in reasons]
        own = " ".join(str(fields[name]) for name in GROUPS if fields.get(name))
        for group in [self.all, *([self.groups[own]] if own else [])]:
            group.rows += 1
            group.kept += kept
            group.flagged += bool(reasons)
            group.reasons.update(names)
        for reason, name in zip(reasons, names, strict=True):
            for detail in reason.partition(" (")[2].rstrip(")").split(", "):
                if detail and not detail.startswith("row "):
                    self.details[name][detail] += 1
            if len(self.examples[name]) < EXAMPLES:
                shown = " | ".join(masked(" ".join(text.split())) for text in texts)
                self.examples[name].append(f"{shown[:SHOWN]}{'…' * (len(shown) > SHOWN)}")


def report_on(given: str, names: tuple[str, ...] | None) -> Report:
    """Return the counts of a screened file.

    Args:
        given: the file.
        names: the columns of the texts, where somebody named them.

    Raises:
        InputError: it is no screened file.
    """
    source = source_of(given, ROWS, names, None)
    question, report = Texts(ROWS, names, source.of_texts), Report(given)
    for row in source.rows():
        if isinstance(row, Bad):
            raise InputError(row.message)
        asked = question.ask(row)
        texts = () if isinstance(asked.parts, Bad) else asked.parts
        report.add(row.fields, texts, row.place)
    return report


def counts_of(given: str) -> dict[str, Any]:
    """Return how many rows of a screened file there are, are kept, and have which reasons.

    Raises:
        InputError: it is no screened file.
    """
    report = Report(given)
    for row in source_of(given, ROWS, (KEEP,), None).rows():
        if isinstance(row, Bad):
            raise InputError(row.message)
        report.add(row.fields, (), row.place)
    if not report.all.rows:
        raise InputError(f"{given}: found no verdict, expected what `klue annotate screen` wrote")
    counts = report.all.to_json()
    return {name: counts[name] for name in ("rows", "kept", "reasons")}
