"""Prediction files: JSON Lines, UTF-8, one object a line, keyed by guid."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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


def read_records(
    path: Path,
    fields: tuple[Field, ...],
    gold: Mapping[str, Any],
    unknown_label: str,
    missing: Missing | None = None,
    beside: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Return the records of a prediction file in the order of `gold` (guid -> reference).

    Fields that the task does not have are left alone.

    Args:
        path: of the file.
        fields: of the task's record.
        gold: guid -> reference.
        unknown_label: "error", or "wrong": a field that is null or missing, and a guid that is
            missing, get what `missing` says, which counts as wrong.
        missing: reference -> the fields of a record that is wrong; None where no record is.
        beside: guids that the file may hold too, whose records are left aside.

    Raises:
        MetricError: the file cannot be read, a line is no JSON object, a field is missing or
            wrong, or a guid is missing, doubled or not in `gold`.
    """
    as_wrong = missing if unknown_label == "wrong" else None
    records: dict[str, dict[str, Any]] = {}
    answered: dict[str, dict[str, Any]] = {}
    lines: dict[str, int] = {}
    for number, record in _objects(path):
        place = f"{path}:{number}"
        guid = record.get("guid")
        if not isinstance(guid, str):
            found = shown(guid) if "guid" in record else "no such field"
            raise MetricError(f"{place}: field 'guid': found {found}, expected a string")
        if guid in lines:
            message = f"found {shown(guid)} again, expected each guid once (line {lines[guid]})"
            raise MetricError(f"{place}: field 'guid': {message}")
        if guid not in gold and guid in beside:
            lines[guid] = number
            continue
        if guid not in gold:
            message = f"found {shown(guid)}, expected one of the {len(gold)} guids of the split"
            raise MetricError(f"{place}: field 'guid': {message}")
        whole = without_nulls(record, fields, gold[guid], as_wrong) if as_wrong else record
        _check_fields(place, guid, whole, fields, gold[guid], unknown_label)
        records[guid] = whole
        lines[guid] = number
        if whole is record:
            answered[guid] = record
    left_out = [guid for guid in gold if guid not in records]
    if left_out and (as_wrong is None or not records):
        why = ", since none counts as wrong in this task" if unknown_label == "wrong" else ""
        raise MetricError(
            f"{path}: field 'guid': found {len(records)} of {len(gold)} guids, "
            f"expected every one{why if records else ''}; the first missing is {left_out[0]}"
        )
    _check_optional(path, fields, answered, lines)
    if as_wrong is not None:
        records |= {guid: MissingRecord(guid=guid, **as_wrong(gold[guid])) for guid in left_out}
    return [records[guid] for guid in gold]


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


def _objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
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


def _check_fields(
    place: str,
    guid: str,
    record: Mapping[str, Any],
    fields: tuple[Field, ...],
    reference: Any,
    unknown_label: str,
) -> None:
    for field in fields:
        if field.name not in record:
            if not field.required:
                continue
            problem: str | None = f"found no such field, expected {field.description}"
        else:
            problem = field.check(record[field.name], reference, unknown_label)
        if problem:
            raise MetricError(f"{place}: field {field.name!r} of {guid}: {problem}")


def _check_optional(
    path: Path,
    fields: tuple[Field, ...],
    records: Mapping[str, Mapping[str, Any]],
    lines: Mapping[str, int],
) -> None:
    for field in fields:
        with_field = [guid for guid, record in records.items() if field.name in record]
        if with_field and len(with_field) < len(records):
            guid = next(guid for guid, record in records.items() if field.name not in record)
            raise MetricError(
                f"{path}:{lines[guid]}: field {field.name!r} of {guid}: found no such field, "
                f"expected it in every line or in none ({len(with_field)} lines have it)"
            )


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
