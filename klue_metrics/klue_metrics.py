# ruff: noqa: F401
# evaluate copies this file and exactly the files that the lines below name, one level deep: a
# helper is imported here even where only another helper needs it, and no line carries a comment.
"""KLUE's metrics as an `evaluate` module: `evaluate.load("klue_metrics", "dp")`."""

import sys
from collections.abc import Iterable
from itertools import chain
from numbers import Integral
from types import NoneType
from typing import Any

import datasets
import evaluate

from .answer_text import normalise
from .answers import align
from .characters import Characters
from .checks import as_list
from .dependency_parsing import METRIC as DEPENDENCY_PARSING
from .dialogue_state_tracking import METRIC as DIALOGUE_STATE_TRACKING
from .entities import TAGS
from .eojeols import RELATIONS
from .error_views import View
from .errors import MetricError, shown
from .f1_counts import f1
from .gold import GoldExample
from .interval_notes import interval_note
from .labels import LabelSet, is_null
from .named_entity_recognition import METRIC as NAMED_ENTITY_RECOGNITION
from .natural_language_inference import METRIC as NATURAL_LANGUAGE_INFERENCE
from .precision_recall import macro_area
from .prediction_files import Field
from .reading_comprehension import METRIC as READING_COMPREHENSION
from .records import checked_records
from .relation_extraction import METRIC as RELATION_EXTRACTION
from .resampling import Statistics
from .slots import SLOTS
from .task import ColumnType, TaskMetric
from .tasks import METRICS
from .textual_similarity import METRIC as TEXTUAL_SIMILARITY
from .topic_classification import METRIC as TOPIC_CLASSIFICATION
from .turns import user_turns
from .unicode_forms import in_form_only
from .whole_file import written

FARTHEST = sys.float_info.max

DESCRIPTION = """\
The official scores of KLUE, the Korean Language Understanding Evaluation, for its eight tasks:
equal to the original code on every input, with bootstrap intervals on demand.
"""

INPUTS = """
Args:
    predictions, references: one value per example, as the task's columns say; labels are names or
        the ids of the Hub dataset's ClassLabel.
    confidence (float, optional): adds `<score>_ci: [low, high]`, the bootstrap interval.
    n_resamples (int), seed (int): of the bootstrap.
    units (list, optional): an id per example; whole units are resampled.
    by (list, optional): a group per example; adds a breakdown.
    textbook (bool): adds the textbook scores under names of their own (detail: the same).
    unknown_label (str): "error", or "wrong" to count unknown predicted labels as wrong; adds
        `unknown_labels: {"invented": n, "empty": n}`.
Returns:
    A dict of scores, 0-100.
"""

CITATION = """\
@inproceedings{park2021klue,
  title={{KLUE}: Korean Language Understanding Evaluation},
  author={Park, Sungjoon and others},
  booktitle={Thirty-fifth Conference on Neural Information Processing Systems Datasets and
    Benchmarks Track},
  year={2021}
}
"""


def feature(column: ColumnType) -> Any:
    """Return the datasets feature of a column type; labels are stored by name."""
    if isinstance(column, dict):
        return {name: feature(part) for name, part in column.items()}
    if isinstance(column, list):
        return datasets.Sequence(feature(column[0]))
    return datasets.Value("string" if column == "label" else column)


def features(metric: TaskMetric, inputs: tuple[str, ...]) -> datasets.Features:
    """Return the features of predictions, references and the given further inputs."""
    names = ("predictions", "references", *inputs)
    return datasets.Features({name: feature(metric.columns[name]) for name in names})


# The values that `stored` leaves alone, by the type of a column; None is for the metric to name.
PLAIN: dict[str, set[type]] = {
    "label": {str, NoneType},
    "float64": {float, int, NoneType},
    "int32": {int, NoneType},
}


def stored_column(rows: list[Any], column: ColumnType, labels: LabelSet | None) -> list[Any]:
    """Return what `stored` makes of each value; where that is no change, the column as it is.

    Args:
        rows: one value per example.
        column: its type.
        labels: the label set whose names stand for ids; None leaves labels as they are.
    """
    kinds, plain = set(map(type, rows)), False
    if isinstance(column, dict) and kinds == {dict}:
        parts = [
            stored_column([row.get(name) for row in rows], part, labels)
            for name, part in column.items()
        ]
        return [dict(zip(column, values, strict=True)) for values in zip(*parts, strict=True)]
    if isinstance(column, str):
        plain = is_plain(rows, column, labels)
    elif isinstance(column, list) and kinds == {list}:
        plain = is_plain(chain.from_iterable(rows), column[0], labels)
    return rows if plain else [stored(row, column, labels) for row in rows]


def is_plain(values: Iterable[Any], kind: str, labels: LabelSet | None) -> bool:
    """Return whether `stored` leaves all values of a type as they are."""
    if kind not in PLAIN or (kind == "label" and labels is None):
        return True
    return set(map(type, values)) <= PLAIN[kind]


def stored(value: Any, column: ColumnType, labels: LabelSet | None) -> Any:
    """Return a value as the cache holds it: labels by name, dicts with exactly their fields.

    Numbers in other clothes (texts, tensors) become plain ones, as in the cache. What is wrong
    stays wrong, for `TaskMetric.compute` to name.
    """
    if isinstance(column, dict) and isinstance(value, list):
        # A list of dicts, as in the raw files
        parts = [part if isinstance(part, dict) else {} for part in value]
        value = {name: [part.get(name) for part in parts] for name in column}
    if isinstance(column, dict) and isinstance(value, dict):
        return {name: stored(value.get(name), part, labels) for name, part in column.items()}
    if (
        isinstance(column, list)
        and isinstance(value, Iterable)
        and not isinstance(value, str | dict)
    ):
        values = value.tolist() if hasattr(value, "tolist") else list(value)
        return stored_column(values, column[0], labels) if isinstance(values, list) else values
    if column == "label" and is_null(value):
        return None
    if column == "label" and labels and not isinstance(value, str):
        known = isinstance(value, Integral) and not isinstance(value, bool)
        return labels.names[value] if known and 0 <= value < len(labels) else str(value)
    if column in ("float64", "int32"):
        return number(value, float if column == "float64" else int)
    return value


def number(value: Any, kind: type[float] | type[int]) -> Any:
    """Return a value as a number of a kind, or as it is where it is none.

    >>> number("2.5", float), number(2.0, int), number(2.5, int), number("x", float)
    (2.5, 2, 2.5, 'x')
    """
    if kind is int and isinstance(value, bool):
        return value
    try:
        found = kind(value)
    except (TypeError, ValueError, OverflowError):
        return value
    return found if isinstance(value, str) or found == value else value


# What a value of a column should be, by the column's type.
EXPECTED = {
    "label": "a label",
    "string": "a text",
    "float64": "a number",
    "int32": "a whole number of 32 bits",
    "bool": "true or false",
}


def misfit(value: Any, column: ColumnType, inside: bool = False) -> str:
    """Return what a value should be that evaluate's cache cannot hold; "" for one that it can.

    Args:
        value: as `stored` has made it.
        column: the type of its column.
        inside: whether it stands in a list or dict, where the cache has a place for null.

    Example:
        >>> misfit([1, 2.5], ["int32"]), misfit("x", ["label"]), misfit([None], ["label"])
        ('a whole number of 32 bits', 'a list', '')
    """
    if isinstance(column, dict):
        if not isinstance(value, dict):
            return f"a dict with {', '.join(column)}"
        parts = (misfit(value.get(name), part, True) for name, part in column.items())
        return next(filter(None, parts), "")
    if isinstance(column, list):
        if not isinstance(value, list):
            return "" if inside and value is None else "a list"
        return next(filter(None, (misfit(part, column[0], True) for part in value)), "")
    return "" if fits(value, column, inside) else EXPECTED[column]


def fits(value: Any, kind: str, inside: bool) -> bool:
    """Return whether evaluate's cache can hold a value that is no list and no dict."""
    if value is None:
        return inside
    if kind in ("label", "string"):
        return isinstance(value, str) and not any("\ud800" <= sign <= "\udfff" for sign in value)
    if kind == "bool":
        return type(value).__name__ in ("bool", "bool_")  # NumPy's too
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    if kind == "int32":
        return -(2**31) <= value < 2**31 and value == int(value)
    return abs(value) <= FARTHEST or value != value


class KlueMetrics(evaluate.Metric):
    """The metric of the task that `config_name` names."""

    def _info(self) -> evaluate.MetricInfo:
        if self.config_name not in METRICS:
            expected = f"one of {', '.join(METRICS)}"
            raise MetricError(f"config name: found {shown(self.config_name)}, expected {expected}")
        self.task_metric = METRICS[self.config_name]
        self._given: tuple[str, ...] = ()
        return evaluate.MetricInfo(
            description=DESCRIPTION,
            citation=CITATION,
            inputs_description=INPUTS,
            features=features(self.task_metric, self.task_metric.inputs),
            homepage="https://klue-benchmark.com",
            license="Apache-2.0",
            reference_urls=["https://arxiv.org/abs/2105.09680"],
        )

    def _feature_names(self) -> list[str]:
        return ["predictions", "references", *self._given]

    def _note_inputs(self, batch: dict[str, Any]) -> None:
        """Fix the columns at the first batch: the task's further inputs may be left out."""
        if self.writer is None:
            self._given = tuple(
                name for name in self.task_metric.inputs if batch.get(name) is not None
            )
            self.info.features = features(self.task_metric, self._given)

    def compute(
        self, *, predictions: Any = None, references: Any = None, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Return the scores of the batches added so far and of the arguments.

        Where the arguments are all there is, they need not go through evaluate's cache and back.
        """
        self._note_inputs(kwargs)
        given = predictions is not None or references is not None
        if given and self.writer is None and self.num_process == 1:
            batch = {"predictions": predictions, "references": references, **kwargs}
            return self._compute(**self._stored(batch, None))
        if not given and self.writer is None and self.num_process == 1:
            raise MetricError("references: found no examples, expected at least one")
        scores: dict[str, Any] | None = super().compute(
            predictions=predictions, references=references, **kwargs
        )
        return scores

    def add_batch(self, *, predictions: Any = None, references: Any = None, **kwargs: Any) -> None:
        """Add a batch of predictions and references."""
        self._note_inputs(kwargs)
        given = {name: value for name, value in kwargs.items() if value is not None}
        batch = {"predictions": predictions, "references": references, **given}
        kept = self._stored(batch, self.task_metric.labels)
        lengths = {name: len(kept[name]) for name in self.task_metric.columns if name in kept}
        for name, length in lengths.items():
            if length != lengths["references"]:
                expected = f"{lengths['references']} as there are references"
                raise MetricError(f"{name}: found {length}, expected {expected}")
        for name, column in self.task_metric.columns.items():
            for number, value in enumerate(kept.get(name, ())):
                if expected := misfit(value, column):
                    place = f"{name}[{number}]"
                    raise MetricError(f"{place}: found {shown(value)}, expected {expected}")
        try:
            super().add_batch(**kept)
        except ValueError:  # it infers types from the first example, and cannot from nulls alone
            found, expected = shown(kept["predictions"]), "values of which the first is no null"
            raise MetricError(f"predictions: found {found}, expected {expected}") from None

    def _stored(self, batch: dict[str, Any], labels: LabelSet | None) -> dict[str, Any]:
        """Return a batch whose columns are as `stored` makes them; options stay as they are."""
        converted = {
            name: stored_column(as_list(batch[name], name), column, labels)
            for name, column in self.task_metric.columns.items()
            if batch.get(name) is not None or name in ("predictions", "references")
        }
        return {**batch, **converted}

    def add(self, *, prediction: Any = None, reference: Any = None, **kwargs: Any) -> None:
        """Add one prediction and its reference."""
        inputs = {name: [kwargs[name]] for name in kwargs}
        self.add_batch(predictions=[prediction], references=[reference], **inputs)

    def _compute(self, **columns: Any) -> dict[str, Any]:
        return self.task_metric.compute(**columns)
