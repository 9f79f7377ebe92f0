"""What a metric is: one record per task, and the computation that all tasks share.

A metric is two functions. `statistics` turns predictions and references into a row of numbers per
example; `from_sums` turns a weighted sum of those rows into scores. Everything else follows: the
score is one sum, a bootstrap is one matrix product, a breakdown is a group-by.
"""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .checks import as_list, check_lengths, check_options, check_switches, hashable
from .error_views import Confusion, View, label_confusions, label_view
from .errors import MetricError, shown
from .gold import Gold, GoldExample
from .labels import UNKNOWN_LABEL, LabelSet, count_unknown
from .prediction_files import (
    Field,
    Missing,
    MissingRecord,
    without_nulls,
    write_records,
)
from .records import read_records
from .resampling import FromSums, Statistics, breakdown, intervals, scores_of
from .unicode_forms import Compared, in_form_only, no_texts

# The type of a column, as plain data: "label", "string", "int32", "float64" or "bool"; a list of
# one type; or a dict of types.
ColumnType = str | list[Any] | dict[str, Any]


def no_textbook_scores(*_: Any, **__: Any) -> dict[str, Any]:
    """Return nothing: a task whose official scores already are the textbook's."""
    return {}


def as_they_are(predictions: list[Any], _: list[Any]) -> list[Any]:
    """Return the predictions: those of most tasks stand in the order of the references."""
    return predictions


@dataclass(frozen=True, kw_only=True)
class TaskMetric:
    """The metric of one task.

    Attributes:
        name: the task's id, e.g. "dp".
        title: the task's name in words.
        headings: official score -> its heading in the paper's table, in the paper's order.
        main_score: the score that a checkpoint is selected by.
        columns: the type of predictions, references and of each further input.
        statistics: (predictions, references, unknown_label=, **inputs) -> Statistics.
        from_sums: weighted sums of the statistics [..., k] -> {score: [...], 0-100, or the
            `ClassMean` that it is}.
        textbook: (predictions, references, unknown_label=, **inputs) -> the textbook scores, what
            each quirk of the official ones is in textbooks, under names of their own.
        align: (predictions, references) -> predictions in the order of the references.
        examples: dataset row -> its scored examples.
        fields: the fields of a record of the prediction file beside `guid`.
        from_records: records -> the columns of `compute` that they hold.
        positive_from: the number from which an answer counts as the positive class, where answers
            are numbers.
        undefined: score -> why it can be undefined.
        labels: the label set, where the task has one.
        unknown: (predictions, references) -> the answers that are outside the label set, or
            empty; None where every answer is a number.
        missing: reference -> the fields of a record that is wrong whatever the reference; None
            where no answer is sure to be wrong.
        texts: (reference, record) -> the predicted texts, each with those that are right.
        view: (shown, reference, record) -> what a person sees of an example.
        confusions: (reference, record) -> the counts of the confusion table.
    """

    name: str
    title: str
    headings: Mapping[str, str]
    main_score: str
    columns: Mapping[str, ColumnType]
    statistics: Callable[..., Statistics]
    from_sums: FromSums
    examples: Callable[[Mapping[str, Any]], Iterator[GoldExample]]
    fields: tuple[Field, ...]
    from_records: Callable[[Sequence[Mapping[str, Any]]], dict[str, list[Any]]]
    textbook: Callable[..., dict[str, Any]] = no_textbook_scores
    align: Callable[[list[Any], list[Any]], list[Any]] = as_they_are
    undefined: Mapping[str, str] = field(default_factory=dict)
    positive_from: float = math.inf
    labels: LabelSet | None = None
    unknown: Callable[[list[Any], list[Any]], list[Any]] | None = None
    missing: Missing | None = None
    texts: Callable[[Any, Mapping[str, Any]], Iterable[Compared]] = no_texts
    view: Callable[[Mapping[str, Any], Any, Mapping[str, Any]], View] = label_view
    confusions: Callable[[Any, Mapping[str, Any]], Iterator[Confusion]] = label_confusions

    @property
    def scores(self) -> tuple[str, ...]:
        """The names of the official scores in the paper's order."""
        return tuple(self.headings)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs beside predictions and references; each may be left out."""
        return tuple(name for name in self.columns if name not in ("predictions", "references"))

    def compute(
        self,
        *,
        predictions: Any,
        references: Any,
        confidence: float | None = None,
        n_resamples: int = 1000,
        seed: int = 0,
        units: Any = None,
        by: Any = None,
        textbook: bool = False,
        detail: bool = False,
        unknown_label: str = "error",
        **inputs: Any,
    ) -> dict[str, Any]:
        """Return the scores, 0-100.

        Args:
            predictions: one prediction per example.
            references: one reference per example.
            confidence: adds `<name>_ci: [low, high]`, the percentile bootstrap interval.
            n_resamples: the number of resamples behind an interval.
            seed: of the resampling.
            units: an id per example; whole units are resampled. Default: each example.
            by: a group per example; adds `by: {group: {"examples": n, score: value}}`, where a
                score that is undefined in a group is None.
            textbook: adds the textbook scores under names of their own.
            detail: the same; its name in the first release.
            unknown_label: "error", or "wrong" to count predicted labels outside the label set as
                wrong, which scoring a language model needs; adds `unknown_labels: {"invented": n,
                "empty": n}`, how many there were.
            **inputs: the task's further columns; see `inputs`.

        Raises:
            MetricError: what the original code leaves undefined, naming the first example.
        """
        columns = self.check(predictions, references, unknown_label, inputs)
        check_options(confidence, n_resamples, seed)
        check_switches(textbook=textbook, detail=detail)
        units = None if units is None else hashable(as_list(units, "units"), "units")
        by = None if by is None else hashable(as_list(by, "by"), "by")
        extra = {"units": units, "by": by}
        check_lengths(columns["references"], **{k: v for k, v in extra.items() if v is not None})

        statistics = self.statistics(**columns, unknown_label=unknown_label)
        scores = scores_of(statistics, self.from_sums)
        results: dict[str, Any] = {name: self._defined(name, scores[name]) for name in scores}
        if confidence is not None:
            results |= intervals(statistics, self.from_sums, units, confidence, n_resamples, seed)
        if textbook or detail:
            results |= self.textbook(**columns, unknown_label=unknown_label)
        if by is not None:
            results["by"] = breakdown(
                statistics, self.from_sums, by, units, confidence, n_resamples, seed
            )
        if unknown_label == "wrong" and self.unknown is not None:
            unknown = self.unknown(columns["predictions"], columns["references"])
            results["unknown_labels"] = count_unknown(unknown)
        return results

    def check(
        self, predictions: Any, references: Any, unknown_label: str, inputs: Mapping[str, Any]
    ) -> dict[str, list[Any]]:
        """Return all columns as lists of one length; an input that is None is left out.

        Raises:
            MetricError: an input that the task does not have, or lengths that differ.
        """
        if not isinstance(unknown_label, str) or unknown_label not in UNKNOWN_LABEL:
            expected = " or ".join(UNKNOWN_LABEL)
            raise MetricError(f"unknown_label: found {shown(unknown_label)}, expected {expected}")
        for name in inputs:
            if name not in self.inputs:
                known = ", ".join(self.inputs) or "nothing else"
                raise MetricError(f"{name}: found an input, expected for {self.name}: {known}")
        columns = {"predictions": as_list(predictions, "predictions")}
        columns["references"] = as_list(references, "references")
        columns |= {k: as_list(v, k) for k, v in inputs.items() if v is not None}
        check_lengths(**columns)
        columns["predictions"] = self.align(columns["predictions"], columns["references"])
        return columns

    def _defined(self, name: str, value: float) -> float:
        if np.isnan(value):
            raise MetricError(f"{name}: found nothing to score, expected {self.undefined[name]}")
        return value

    def gold(self, rows: Iterable[Mapping[str, Any]]) -> Gold:
        """Return the references of dataset rows.

        Args:
            rows: rows with the features of the Hub dataset and a guid (ner and dp have one under
                `full=True`).

        Raises:
            MetricError: no rows, a row without a guid, or a guid that occurs twice.
        """
        examples = [example for row in rows for example in self.examples(row)]
        if not examples:
            raise MetricError(f"{self.name}: found no rows, expected at least one")
        seen: set[str] = set()
        for example in examples:
            if example.guid in seen:
                raise MetricError(f"{example.guid}: found twice in the rows, expected once")
            seen.add(example.guid)
        inputs = examples[0].inputs
        groups = dict.fromkeys(name for example in examples for name in example.groups)
        return Gold(
            guids=[example.guid for example in examples],
            references=[example.reference for example in examples],
            inputs={name: [e.inputs[name] for e in examples] for name in inputs},
            units=[example.unit for example in examples],
            groups={name: [e.groups.get(name, "none") for e in examples] for name in groups},
            shown=[example.shown for example in examples],
        )

    def read_predictions(
        self,
        path: str | Path,
        gold: Gold,
        unknown_label: str = "error",
        beside: Collection[str] = (),
    ) -> list[dict[str, Any]]:
        """Return the records of a prediction file in the order of `gold`.

        With `unknown_label` "wrong", what the file lacks is wrong too: a null or missing field,
        and a guid, whose record is then a `MissingRecord`. Records of the guids in `beside`, those
        of the rest of a split, are left aside.

        Raises:
            MetricError: "file:line: field ...: found ..., expected ...".
        """
        keyed = dict(zip(gold.guids, gold.references, strict=True))
        return read_records(Path(path), self.fields, keyed, unknown_label, self.missing, beside)

    def write_predictions(self, path: str | Path, records: Iterable[Mapping[str, Any]]) -> None:
        """Write records (dicts with `guid` and the task's fields) as a prediction file.

        The file is whole or absent: it is written beside its place and then renamed.
        """
        write_records(Path(path), records)

    def score(
        self, gold: Gold, records: Sequence[Mapping[str, Any]], **options: Any
    ) -> dict[str, Any]:
        """Return the scores of records in the order of `gold`; `options` as in `compute`.

        Whole annotated units are resampled unless `units` says otherwise, and `by` may be the
        name of a grouping of `gold`. `unknown_labels` says also how many guids were "missing".
        """
        if isinstance(options.get("by"), str):
            options["by"] = gold.group(options["by"])
        columns = {"references": gold.references, **gold.inputs, **self.from_records(records)}
        results = self.compute(**{"units": gold.units, **columns, **options})
        if "unknown_labels" in results:
            results["unknown_labels"] = self.unknown_labels(gold, records)
        return results

    def as_wrong(self, gold: Gold, records: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Return records whose missing fields are wrong ones, as `read_predictions` gives them.

        Args:
            gold: the references.
            records: in their order; a field that was not answered is None.
        """
        if self.missing is None:
            return list(records)
        pairs = zip(records, gold.references, strict=True)
        return [without_nulls(dict(r), self.fields, ref, self.missing) for r, ref in pairs]

    def unknown_labels(self, gold: Gold, records: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        """Return how many answers are "invented" or "empty", and how many guids are "missing".

        The answers of a missing guid are among the empty ones.
        """
        if self.unknown is None:
            return {}
        predictions = self.from_records(records)["predictions"]
        found = count_unknown(self.unknown(predictions, gold.references))
        return {**found, "missing": sum(isinstance(r, MissingRecord) for r in records)}

    def in_form_only(self, gold: Gold, records: Sequence[Mapping[str, Any]]) -> int:
        """Return how many predicted texts differ from a right one in their Unicode form only."""
        return sum(
            in_form_only(text, right)
            for reference, record in zip(gold.references, records, strict=True)
            for text, right in self.texts(reference, record)
        )
