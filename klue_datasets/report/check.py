"""Checking raw files against what this package promises about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from .. import sources
from ..errata import errata
from ..errors import DataError, on_one_line
from ..notes import Notes
from ..raw.json_rows import read_json
from ..sources import DataDir, RawFile, Source
from ..task import DatasetTask


@dataclass(frozen=True)
class Report:
    """One line of a check.

    Attributes:
        task: KLUE's short name.
        file: name of the file in the official layout.
        guid: the row, or "" for the file as a whole.
        field: the column, or the place in a file that cannot be read, or "".
        found: what stands there.
        expected: what should.
        broken: True if a promise is broken, False for a remark.
        known: True if `errata.json` has it.
    """

    task: str
    file: str
    guid: str
    field: str
    found: str
    expected: str
    broken: bool = False
    known: bool = False

    def line(self) -> str:
        """Write the report on one line."""
        place = ": ".join(filter(None, (self.file, self.guid, self.field)))
        mark = "broken" if self.broken else "remark"
        known = " (known erratum)" if self.known else ""
        expected = f", expected {self.expected}" if self.expected else ""
        return on_one_line(f"{mark}: {place}: found {self.found}{expected}{known}")

    def to_json(self) -> dict[str, Any]:
        """Turn into plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class CheckedFile:
    """One file of a task and what was found in it.

    Attributes:
        task, split, file: which file of the official layout.
        path: where it is; None if it is missing.
        rows: its examples; None if it could not be read to its end.
        official: whether it is byte for byte the official one; None for the sample.
        reports: broken promises and remarks.
    """

    task: str
    split: str
    file: str
    path: Path | None
    rows: int | None
    official: bool | None
    reports: list[Report]

    def to_json(self) -> dict[str, Any]:
        """Turn into plain JSON values."""
        reports = [report.to_json() for report in self.reports]
        path = None if self.path is None else str(self.path)
        return asdict(self) | {"path": path, "reports": reports}


def check(
    tasks: Iterable[str] | None = None,
    *,
    data_dir: DataDir | None = None,
    sample: bool = False,
) -> Iterator[CheckedFile]:
    """Check the raw files of some or all tasks, file by file.

    A promise is broken by: a file that cannot be read, a guid twice, an answer or entity that does
    not stand at its place, sentences that are no tree, I tags without a B, states beyond the
    ontology, labels that contradict their scores, a label list in another order. Remarks are: a
    file that is missing or not the official one, another number of rows, missing fields, rows
    without a label, and what is odd without breaking anything.

    Args:
        tasks: which ones; default all that there are files for, which must be one at least.
        data_dir, sample: as in `load`.

    Raises:
        DataError: an unknown task, or no data at all.

    Example:
        >>> [(file.rows > 0, file.reports) for file in check(["sts"], sample=True)]
        [(True, []), (True, [])]
    """
    for task, source in sources.of_tasks(tasks, data_dir, sample):
        source.fetch()
        other, problems = _other_files(task, source)
        guids: Counter[str] = Counter()
        for split, name in task.files.items():
            if split in source.files:
                checked = _check_split(task, split, source, other, guids)
            else:
                missing = Report(task.name, name, "", "", "no such file", "the official file")
                checked = CheckedFile(task.name, split, name, None, None, None, [missing])
            checked.reports.extend(problems)
            problems = []
            yield checked


def _other_files(task: DatasetTask, source: Source) -> tuple[Mapping[str, Any], list[Report]]:
    contents: dict[str, Any] = {}
    problems = []
    there = {file.name: file for file in source.further}
    for name in task.other_files:
        if name not in there:
            problems.append(Report(task.name, name, "", "", "no such file", "the official file"))
            continue
        try:
            is_ontology = task.ontology is not None and name == task.ontology.file
            read = task.ontology.read if task.ontology and is_ontology else read_json
            contents[name] = read(there[name].path)
        except DataError as error:
            problems.append(_unreadable(task, name, error))
            continue
        problems += _identity(task, there[name], source)
    return contents, problems


def _check_split(
    task: DatasetTask, split: str, source: Source, other: Mapping[str, Any], guids: Counter[str]
) -> CheckedFile:
    file = source.of_splits[split]
    name = file.name
    identity = _identity(task, file, source)
    reports = list(identity)
    notes = Notes(name)
    rows: int | None = None
    try:
        for table in task.read(file.path, full=True, notes=notes):
            reports += _findings(task, split, table, other)
            guids.update(table["guid"].to_pylist())
        rows = notes.rows
    except DataError as error:
        reports.append(_unreadable(task, name, error))
    reports += _remarks(task, split, notes, source.kind == "sample")
    for guid in [guid for guid, count in guids.items() if count > 1]:
        reports.append(Report(task.name, name, guid, "guid", "it twice", "one row", broken=True))
        guids[guid] = 1
    compared = source.kind != "sample" and file.official is not None
    is_official = not identity if compared else None
    return CheckedFile(task.name, split, name, file.path, rows, is_official, _unique(reports))


def _unreadable(task: DatasetTask, name: str, error: DataError) -> Report:
    """Report a file that cannot be read to its end."""
    return Report(task.name, name, "", error.place, error.found, error.expected, broken=True)


def _identity(task: DatasetTask, file: RawFile, source: Source) -> list[Report]:
    expected = file.official
    if source.kind == "sample" or expected is None or file.sha1 == expected.sha1:
        return []
    found = f"git SHA-1 {file.sha1}"
    return [Report(task.name, file.name, "", "", found, f"the official {expected.sha1}")]


def _findings(
    task: DatasetTask, split: str, table: pa.Table, other: Mapping[str, Any]
) -> Iterator[Report]:
    guids = table["guid"]
    known = errata().get((task.name, split), {})
    for finding in task.find(table, other):
        whole = finding.row < 0
        guid = "" if whole else guids[finding.row].as_py()
        column = finding.field.partition("[")[0]
        yield Report(
            task=task.name,
            file=finding.field if whole else task.files[split],
            guid=guid,
            field="" if whole else finding.field,
            found=finding.found,
            expected=finding.expected,
            broken=finding.broken,
            known=any(one.field.split(".")[0] == column for one in known.get(guid, ())),
        )


def _remarks(task: DatasetTask, split: str, notes: Notes, sample: bool) -> Iterator[Report]:
    name = task.files[split]
    for field, count in sorted(notes.missing.items()):
        yield Report(task.name, name, "", field, f"nothing in {count:,} rows", "a value")
    for guid in notes.unlabelled:
        yield Report(task.name, name, guid, "label", "null (the row is left out)", "a label")
    rows, official_rows = notes.rows + len(notes.unlabelled), task.num_examples[split]
    if not sample and rows != official_rows:
        yield Report(task.name, name, "", "", f"{rows:,} rows", f"the official {official_rows:,}")


def _unique(reports: list[Report]) -> list[Report]:
    return list(dict.fromkeys(reports))
