"""From an uploaded file to scores: what the page shows and what the leaderboard stores."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from datasets import Dataset

from klue_common.errors import InputError
from klue_datasets import DataError, load
from klue_lm.results import without_a_model
from klue_lm.tasks import LMS
from klue_metrics import METRICS, Gold, MetricError, TaskMetric
from klue_metrics.comparison import compare
from klue_metrics.error_analysis import Analysis, analyse
from klue_metrics.interval_notes import Estimates, interval_note
from klue_metrics.prediction_files import MissingRecord
from klue_metrics.ties import Outcome, tested_pair

from .board.entries import ENCODER, LANGUAGE_MODEL
from .excerpts import excerpt
from .settings import MEGABYTE, Settings
from .uploads import check_upload, private

SPLIT = "validation"
Records = list[dict[str, Any]]


@dataclass(frozen=True)
class Report:
    """The scores of one file.

    Attributes:
        task: what was scored.
        examples: how many there are.
        digest: of the references.
        sample: whether they are those of the bundled sample.
        scores: score -> 0-100.
        intervals: score -> its 95 % bootstrap interval.
        by, groups: a grouping, and group -> its examples and scores.
        unknown_labels: how many invented, empty and missing answers were counted as wrong, where
            they may be.
        analysis: the costliest errors.
        records: in the references' order, with the fields of the format and no other.
        kind: what was submitted, of `Entry`.
        trivial: score -> that of an answer without a model, beside a language model's.
    """

    task: str
    examples: int
    digest: str
    sample: bool
    scores: Mapping[str, float]
    intervals: Mapping[str, list[float]]
    by: str | None
    groups: Mapping[str, Mapping[str, Any]]
    unknown_labels: Mapping[str, int]
    analysis: Analysis
    records: Records
    kind: str = ENCODER
    trivial: Mapping[str, float] = field(default_factory=dict)

    @property
    def equal_to_gold(self) -> bool:
        """Whether the predictions leave nothing to gain: those of the references themselves."""
        return all_right(self.task, self.scores)

    @property
    def estimates(self) -> Estimates:
        """Return each score with its interval."""
        return {name: (value, self.intervals.get(name)) for name, value in self.scores.items()}

    def to_json(self) -> dict[str, Any]:
        """Return what `klue score --json` prints; the predictions are not part of it."""
        scores: dict[str, Any] = {}
        for name, value in self.scores.items():
            scores |= {name: value, f"{name}_ci": self.intervals.get(name)}
        about = {"task": self.task, "split": SPLIT, "sample": self.sample}
        note = interval_note(self.estimates)
        notes = [note] if note else []
        further = {"unknown_labels": self.unknown_labels, "by": self.groups, "notes": notes}
        kept = {name: part for name, part in further.items() if part}
        errors = self.analysis.as_dict()
        return {**about, "examples": self.examples, "scores": scores, **kept, "errors": errors}


class Scorer:
    """Scores files against the validation split, whose references are read once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.lock = threading.Lock()
        self.golds: dict[str, tuple[Gold, str]] = {}
        self.trivials: dict[str, dict[str, float]] = {}

    def gold(self, task: str) -> tuple[Gold, str]:
        """Return the references of a task and their digest.

        Raises:
            InputError: the operator has no data for the task.
        """
        with self.lock:
            if task not in self.golds:
                gold = known(task).gold(self.rows(task))
                self.golds[task] = gold, gold_digest(gold)
            return self.golds[task]

    def rows(self, task: str) -> Dataset:
        """Return the examples of a task.

        Raises:
            InputError: the operator has no data for the task.
        """
        data_dir, sample = self.settings.data_dir, self.settings.sample
        try:
            return load(task, SPLIT, data_dir=data_dir, sample=sample, full=True)
        except (DataError, OSError) as error:
            raise InputError(f"{task}: no data here: {private(str(error))}") from None

    def trivial(self, task: str) -> dict[str, float]:
        """Return the scores of an answer without a model, {} where no language model is asked.

        Raises:
            InputError: the operator has no data for the task, or a score is undefined on it.
        """
        if task not in self.trivials:
            gold, _ = self.gold(task)
            try:
                found = without_a_model(LMS[task], self.rows(task), gold) if task in LMS else {}
            except MetricError as error:
                raise InputError(str(error)) from None
            self.trivials[task] = found
        return self.trivials[task]

    def groupings(self, task: str) -> list[str]:
        """Return what a breakdown can be by."""
        return list(self.gold(task)[0].groups)

    def read(self, task: str, path: Path, unknown_as_wrong: bool = False) -> Records:
        """Return the records of a file in the references' order, with the task's fields alone.

        Raises:
            InputError: the first thing that is wrong with the file, without the server's path.
        """
        metric = known(task)
        check_upload(path, self.settings.limits)
        gold, _ = self.gold(task)
        try:
            records = metric.read_predictions(path, gold, unknown(unknown_as_wrong))
        except MetricError as error:
            raise InputError(str(error).replace(str(path), path.name)) from None
        kept = ("guid", *(field.name for field in metric.fields))
        # The record of a missing guid is told by its type.
        return [
            type(record)({name: record[name] for name in kept if name in record})
            for record in records
        ]

    def score(
        self,
        task: str,
        path: Path,
        unknown_as_wrong: bool = False,
        by: str | None = None,
        errors: int = 10,
    ) -> Report:
        """Return the report on a file.

        Raises:
            InputError: the file is wrong, or a score is undefined for it.
        """
        records = self.read(task, path, unknown_as_wrong)
        metric, (gold, digest) = METRICS[task], self.gold(task)
        unknown_label = unknown(unknown_as_wrong)
        try:
            found = metric.score(gold, records, confidence=0.95, unknown_label=unknown_label)
            groups = {}
            if by:
                groups = metric.score(gold, records, by=by, unknown_label=unknown_label)["by"]
            analysis = analyse(metric, gold, records, errors, unknown_label)
        except MetricError as error:
            raise InputError(str(error)) from None
        names = [name for name in metric.scores if name in found]
        return Report(
            task=task,
            examples=len(gold),
            digest=digest,
            sample=self.settings.sample,
            scores={name: found[name] for name in names},
            intervals={name: found[f"{name}_ci"] for name in names if found.get(f"{name}_ci")},
            by=by,
            groups=groups,
            unknown_labels=found.get("unknown_labels", {}),
            analysis=analysis,
            records=records,
        )

    def report(self, task: str, path: Path, as_wrong: bool, by: str | None) -> Report:
        """Return what the page shows of a file: `score` within bounds, without the records.

        Raises:
            InputError: as `score`.
        """
        report = self.score(task, path, as_wrong, by)
        return replace(report, analysis=excerpt(report.analysis), records=[])

    def submission(self, task: str, path: Path, kind: str = ENCODER) -> Report:
        """Return the scores of a file, with the records to be kept.

        What a language model left open, or made up, is wrong. A guid that is not in its file is
        refused, so that no part of the split enters as the whole.

        Raises:
            InputError: as `score`, or there is more to keep than a submission may hold.
        """
        of_model = kind == LANGUAGE_MODEL
        report = self.score(task, path, of_model, errors=0)
        if of_model:
            check_whole(path.name, report.records)
            report = replace(report, kind=kind, trivial=self.trivial(task))
        lines = (json.dumps(record, ensure_ascii=False) for record in report.records)
        size = sum(len(line.encode()) for line in lines)
        most = self.settings.limits.kept_bytes
        if size > most:
            raise InputError(
                f"{path.name}: found {size / MEGABYTE:.1f} MB of predictions, expected at most "
                f"{most / MEGABYTE:g} MB"
            )
        return replace(report, analysis=excerpt(report.analysis))

    def difference(self, task: str, a: Records, b: Records) -> dict[str, dict[str, Any]]:
        """Return what is known about the scores of A minus those of B.

        Raises:
            InputError: there is no such task, or no data for it, or a difference is undefined.
        """
        try:
            return compare(known(task), self.gold(task)[0], a, b, unknown_label="wrong")
        except MetricError as error:
            raise InputError(str(error)) from None

    def tested(self, task: str, a: Records, b: Records) -> dict[str, Outcome]:
        """Return what a pair of systems tells about the ties of all.

        Raises:
            InputError: as `difference`.
        """
        try:
            return tested_pair(known(task), self.gold(task)[0], a, b, unknown_label="wrong")
        except MetricError as error:
            raise InputError(str(error)) from None


def check_whole(name: str, records: Records) -> None:
    """Raise InputError if a file lacks guids."""
    missing = [record["guid"] for record in records if isinstance(record, MissingRecord)]
    if missing:
        raise InputError(
            f"{name}: found {len(records) - len(missing):,} of {len(records):,} guids, expected "
            f"all; a question without an answer is an empty answer; the first missing is "
            f"{missing[0]}"
        )


def all_right(task: str, scores: Mapping[str, float]) -> bool:
    """Return whether every official score of a task is there and cannot be higher.

    >>> all_right("nli", {"accuracy": 100.0}), all_right("nli", {"accuracy": 99.9})
    (True, False)
    """
    return all(scores.get(name, 0.0) >= 100 - 1e-9 for name in METRICS[task].scores)


def known(task: str) -> TaskMetric:
    """Return the metric of a task.

    Raises:
        InputError: there is no such task.
    """
    if task not in METRICS:
        raise InputError(f"task: found {task!r}, expected one of {', '.join(METRICS)}")
    return METRICS[task]


def unknown(as_wrong: bool) -> str:
    """Return the metric's word for what happens to labels outside the label set."""
    return "wrong" if as_wrong else "error"


def gold_digest(gold: Gold) -> str:
    """Return a digest of references: two scores compare if and only if it is the same."""
    text = json.dumps([gold.guids, gold.references], ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
