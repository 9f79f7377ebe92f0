"""What a result file may hold: its schema version, the fields that it must and may have."""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, fields
from typing import Any

from klue_common.errors import InputError
from klue_common.progress import note

# The version of the files that are written today. Those of the first release, which name none, are
# of version 1.
SCHEMA = 2
# The fields that hold values by name.
MAPPINGS = (
    "scores",
    "intervals",
    "settings",
    "data",
    "seconds",
    "versions",
    "hardware",
    "held_out",
)


def read_fields(text: str, place: str, record: type[Any]) -> dict[str, Any]:
    """Return the fields of a result file.

    Of a file that a later version wrote, the known fields are returned, and a line on stderr names
    the others.

    Args:
        text: the file's content, JSON.
        place: what to call the file in an error.
        record: the dataclass that the fields are for.

    Raises:
        InputError: no JSON, no version, a field that is missing, unknown or of another kind.
    """
    content = parsed(text, place)
    schema = content.pop("schema", 1)
    if isinstance(schema, bool) or not isinstance(schema, int) or schema < 1:
        raise InputError(f"{place}: schema: found {schema!r}, expected a whole number from 1 on")
    known = {field.name: field for field in fields(record)}
    missing = {name for name, field in known.items() if is_needed(field)} - set(content)
    unknown = sorted(set(content) - set(known))
    if missing or (unknown and schema <= SCHEMA):
        odd = ", ".join([*sorted(missing), *unknown][:3])
        raise InputError(f"{place}: found the wrong fields ({odd}), expected a result file")
    if schema > SCHEMA:
        left_out = f", left out: {', '.join(unknown)}" if unknown else ""
        note(f"{place}: schema {schema} is later than {SCHEMA}, which this version reads{left_out}")
    found = {name: content[name] for name in known if name in content}
    for name in MAPPINGS:
        if not isinstance(found.get(name, {}), dict):
            raise InputError(f"{place}: {name}: found {found[name]!r}, expected values by name")
    return found


def parsed(text: str, place: str) -> dict[str, Any]:
    """Return the object that a JSON text holds.

    Raises:
        InputError: no JSON, or no object.
    """
    try:
        content = json.loads(text)
    except ValueError as error:
        raise InputError(f"{place}: found {error}, expected a result file") from None
    if not isinstance(content, dict):
        raise InputError(f"{place}: found no JSON object, expected a result file")
    return content


def is_needed(field: Field[Any]) -> bool:
    """Return whether every result file has a field; those that came later have a default."""
    return field.default is MISSING and field.default_factory is MISSING
