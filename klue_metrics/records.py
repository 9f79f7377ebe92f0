"""Records of a prediction file, or from elsewhere, checked and in the order of the references."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from .errors import MetricError, shown
from .prediction_files import Field, Missing, MissingRecord, objects_of, without_nulls


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

    Raises:
        MetricError: the file cannot be read, a line is no JSON object, or see `checked_records`.
    """
    placed = ((f"{path}:{number}", record) for number, record in objects_of(path))
    return checked_records(str(path), placed, fields, gold, unknown_label, missing, beside)


def checked_records(
    name: str,
    placed: Iterable[tuple[str, dict[str, Any]]],
    fields: tuple[Field, ...],
    gold: Mapping[str, Any],
    unknown_label: str,
    missing: Missing | None = None,
    beside: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Return records in the order of `gold`, once all of them are what a prediction file may hold.

    Args:
        name: what to call all of them in messages: their file.
        placed: (where it stands, record).
        fields: of the task's record.
        gold: guid -> reference.
        unknown_label: "error", or "wrong": a field that is null or missing, and a guid that is
            missing, get what `missing` says, which counts as wrong.
        missing: reference -> the fields of a record that is wrong; None where no record is.
        beside: guids that the file may hold too, whose records are left aside.

    Raises:
        MetricError: a field is missing or wrong, or a guid is missing, doubled or not in `gold`.
    """
    as_wrong = missing if unknown_label == "wrong" else None
    records: dict[str, dict[str, Any]] = {}
    answered: dict[str, dict[str, Any]] = {}
    places: dict[str, str] = {}
    for place, record in placed:
        guid = _guid(place, record, gold, beside, places)
        places[guid] = place
        if guid not in gold:
            continue
        whole = without_nulls(record, fields, gold[guid], as_wrong) if as_wrong else record
        _check_fields(place, guid, whole, fields, gold[guid], unknown_label)
        records[guid] = whole
        if whole is record:
            answered[guid] = record
    left_out = [guid for guid in gold if guid not in records]
    if left_out and (as_wrong is None or not records):
        why = ", since none counts as wrong in this task" if unknown_label == "wrong" else ""
        raise MetricError(
            f"{name}: field 'guid': found {len(records)} of {len(gold)} guids, "
            f"expected every one{why if records else ''}; the first missing is {left_out[0]}"
        )
    _check_optional(fields, answered, places)
    if as_wrong is not None:
        records |= {guid: MissingRecord(guid=guid, **as_wrong(gold[guid])) for guid in left_out}
    return [records[guid] for guid in gold]


def _guid(
    place: str,
    record: Mapping[str, Any],
    gold: Mapping[str, Any],
    beside: Collection[str],
    places: Mapping[str, str],
) -> str:
    """Return a record's guid, once it is one of the split's that was not there before."""
    guid = record.get("guid")
    if not isinstance(guid, str):
        found = shown(guid) if "guid" in record else "no such field"
        raise MetricError(f"{place}: field 'guid': found {found}, expected a string")
    if guid in places:
        before = places[guid].rpartition(":")[2].strip()
        first = f"line {before}" if before.isdigit() else before
        message = f"found {shown(guid)} again, expected each guid once ({first})"
        raise MetricError(f"{place}: field 'guid': {message}")
    if guid not in gold and guid not in beside:
        message = f"found {shown(guid)}, expected one of the {len(gold)} guids of the split"
        raise MetricError(f"{place}: field 'guid': {message}")
    return guid


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
    fields: tuple[Field, ...],
    records: Mapping[str, Mapping[str, Any]],
    places: Mapping[str, str],
) -> None:
    for field in fields:
        with_field = [guid for guid, record in records.items() if field.name in record]
        if with_field and len(with_field) < len(records):
            guid = next(guid for guid, record in records.items() if field.name not in record)
            raise MetricError(
                f"{places[guid]}: field {field.name!r} of {guid}: found no such field, "
                f"expected it in every line or in none ({len(with_field)} lines have it)"
            )
