"""Prediction files: JSON Lines, UTF-8, one object a line, keyed by guid."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import MetricError, shown
from .labels import LabelSet, is_empty, is_null
from .whole_file import written

# (value, reference, unknown_label) -> "found ..., expected ..." or None where the value is right.
FieldCheck = Callable[[Any, Any, str], str | None]
# reference -> the fields of a record that is wrong whatever the reference.
Missing = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class Field:
    """A field of a task's record.

    Attributes:
        name: the key in the JSON object.
        description: type and meaning in words, for documentation and for messages.
        check: says what is wrong with a value.
        required: False where a whole file may leave the field out.
    """

    name: str
    description: str
    check: FieldCheck
    required: bool = True


class MissingRecord(dict[str, Any]):
    """The record of a guid that a prediction file lacks: one that is wrong."""


@dataclass(frozen=True)
class LabelCheck:
    """The check of a field that holds one name of a label set."""

    labels: LabelSet

    def __call__(self, value: Any, _: Any, unknown_label: str) -> str | None:
        """Return what is wrong with the label."""
        return label_problem(value, self.labels, unknown_label)


@dataclass(frozen=True)
class PredictionsIn:
    """Takes the predictions out of the one field of a task's records.

    >>> PredictionsIn("score")([{"guid": "a", "score": 3.5}])
    {'predictions': [3.5]}
    """

    field: str

    def __call__(self, records: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
        """Return the columns of `TaskMetric.compute` that the records hold."""
        return {"predictions": [record[self.field] for record in records]}


def label_field(labels: LabelSet) -> Field:
    """Return the field `label`: one name of the label set."""
    return Field("label", "the label's name", LabelCheck(labels))


def no_label(_: Any) -> dict[str, Any]:
    """Return the field `label` of an example that was not answered."""
    return {"label": None}


def label_problem(value: Any, labels: LabelSet, unknown_label: str) -> str | None:
    """Return what is wrong with a label in a prediction file, where labels go by name."""
    if isinstance(value, str) and value in labels.ids:
        return None
    if unknown_label == "wrong" and (isinstance(value, str) or is_empty(value)):
        return None
    return labels.problem(value)


def label_list_problem(
    value: Any, labels: LabelSet, length: int, what: str, unknown_label: str
) -> str | None:
    """Return what is wrong with a list of labels, one for each of `length` characters or words."""
    if not isinstance(value, list):
        return f"found {shown(value)}, expected a list of {length} labels, one per {what}"
    if len(value) != length:
        return f"found {len(value)} labels, expected {length}: one per {what}"
    for number, label in enumerate(value):
        if problem := label_problem(label, labels, unknown_label):
            return f"{what} {number}: {problem}"
    return None


def without_nulls(
    record: dict[str, Any], fields: tuple[Field, ...], reference: Any, missing: Missing
) -> dict[str, Any]:
    """Return a record whose required fields are all there: those that are not become wrong ones.

    A record without nulls is returned as it is.
    """
    nulls = [field for field in fields if is_null(record.get(field.name))]
    required = [field.name for field in nulls if field.required]
    if not required:
        return record
    wrong = missing(reference)
    names = {field.name for field in nulls}
    kept = {name: value for name, value in record.items() if name not in names}
    return kept | {name: wrong[name] for name in required}


def objects_of(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line, object) of a JSON Lines file; empty lines are left out.

    Raises:
        MetricError: the file cannot be read, or a line is no JSON object.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise MetricError(f"{path}: found no readable file ({reason})") from None
    except UnicodeDecodeError as error:
        raise MetricError(
            f"{path}: found byte {error.object[error.start]:#04x} at offset {error.start}, "
            "expected UTF-8"
        ) from None
    # Not splitlines(): a JSON string may hold U+2028 and its like unescaped.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            if "\\u" in line:  # An escape may stand for half a character, which is no text.
                json.dumps(record, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            message = f"found {shown(line)}, expected one JSON object a line"
            raise MetricError(f"{path}:{number}: {message}") from None
        if not isinstance(record, dict):
            kind = type(record).__name__
            raise MetricError(f"{path}:{number}: found a {kind}, expected one JSON object a line")
        yield number, record


def _line(number: int, record: Mapping[str, Any]) -> bytes:
    try:
        if not isinstance(record, Mapping):
            raise TypeError(type(record).__name__)
        text = json.dumps(record, ensure_ascii=False, allow_nan=False, default=_plain)
        return text.encode() + b"\n"
    except (TypeError, ValueError, RecursionError):
        found, expected = shown(record), "an object of values that JSON has a form for"
        raise MetricError(f"record {number}: found {found}, expected {expected}") from None


def _plain(value: Any) -> Any:
    if not hasattr(value, "tolist"):
        raise TypeError(type(value).__name__)
    return value.tolist()


def write_records(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Write records as JSON Lines beside `path`, then rename: the file is whole or absent.

    NumPy's numbers and arrays are written as plain ones.

    Raises:
        MetricError: a value that JSON has no form for, nan among them; or it cannot be written.
    """
    try:
        each = iter(records)  # an array without a dimension has the method and refuses
    except TypeError:
        found = shown(records)
        raise MetricError(f"records: found {found}, expected one for each example") from None
    with written(path) as out:
        for number, record in enumerate(each):
            out.write(_line(number, record))
