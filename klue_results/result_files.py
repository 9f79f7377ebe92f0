"""What a result file may hold: its schema version, the fields that it must and may have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from typing import Any

from klue_common.errors import InputError
from klue_common.own_files import is_number, is_whole, parse_json
from klue_common.progress import note
from klue_datasets.errors import show as shown

# The version of the files that are written today. Those of the first release, which name none, are
# of version 1.
SCHEMA = 2
EXPECTED = "a result file"
Test = Callable[[Any], bool]


def is_text(value: Any) -> bool:
    """Return whether a value is a text."""
    return isinstance(value, str)


def is_interval(value: Any) -> bool:
    """Return whether a value is the two ends of an interval."""
    return isinstance(value, list) and len(value) == 2 and all(map(is_number, value))


def by_name(test: Test, *needed: str) -> Test:
    """Return the test of an object whose values pass a test, and that has the needed names."""

    def holds(value: Any) -> bool:
        return (
            isinstance(value, dict)
            and all(map(test, value.values()))
            and all(name in value for name in needed)
        )

    return holds


def anything(value: Any) -> bool:
    """Return True: a value that is shown and never counted with."""
    return True


def or_none(test: Test) -> Test:
    """Return the test of a value that may be missing."""
    return lambda value: value is None or test(value)


def is_count(value: Any) -> bool:
    """Return whether a value is how many there are of something."""
    return is_whole(value) and value >= 0


def is_texts(value: Any) -> bool:
    """Return whether a value is a list of texts."""
    return isinstance(value, list) and all(map(is_text, value))


def is_data(value: Any) -> bool:
    """Return whether a value says what was learned from."""
    counts = ("train_examples", "eval_examples")
    named = by_name(anything, "source", "digest", *counts)(value)
    return named and all(is_count(value[name]) for name in counts)


def is_hardware(value: Any) -> bool:
    """Return whether a value says what a run used; older results do not tell how many devices."""
    named = by_name(anything, "cpu", "cores", "gpus")(value)
    return named and is_texts(value["gpus"]) and or_none(is_count)(value.get("devices"))


def is_asked(value: Any) -> bool:
    """Return whether a value says how a language model was asked, {} for an encoder."""
    if not by_name(anything)(value):
        return False
    trivial = value.get("trivial", {})
    return (
        by_name(is_count)(value.get("outcomes", {}))
        and by_name(anything)(trivial)
        and by_name(is_number)(trivial.get("scores", {}))
    )


def is_history(value: Any) -> bool:
    """Return whether a value is a list of numbers by name."""
    return isinstance(value, list) and all(map(by_name(is_number), value))


# What each field may be, and how the error calls it.
KINDS: dict[str, tuple[Test, str]] = {
    **dict.fromkeys(
        ("task", "model", "split", "trained_on", "selected_on", "created"), (is_text, "a text")
    ),
    **dict.fromkeys(("seed", "peak_memory"), (is_whole, "a whole number")),
    **dict.fromkeys(("scores", "held_out"), (by_name(is_number), "numbers by name")),
    "intervals": (by_name(is_interval), "two numbers by name"),
    "sample": (lambda value: isinstance(value, bool), "true or false"),
    "settings": (by_name(anything), "values by name"),
    "data": (
        is_data,
        "source, digest, train_examples and eval_examples by name, the last two whole numbers",
    ),
    "seconds": (by_name(is_number, "train", "predict"), "train and predict in seconds"),
    "speed": (is_number, "a number"),
    "versions": (by_name(is_text), "texts by name"),
    "hardware": (is_hardware, "cpu, cores and a list of gpus by name, devices a whole number"),
    "commit": (or_none(is_text), "a text or null"),
    "decodings": (by_name(by_name(is_number)), "scores by name"),
    "encoder": (by_name(or_none(is_text)), "texts by name"),
    "chosen_step": (or_none(is_whole), "a whole number or null"),
    "language_model": (is_asked, "values by name, outcomes and trivial.scores numbers by name"),
    "history": (is_history, "a list of numbers by name"),
}


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
    content = parse_json(text, place, EXPECTED)
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
    for name, value in found.items():
        test, expected = KINDS[name]
        if not test(value):
            raise InputError(f"{place}: {name}: found {shown(value)}, expected {expected}")
    return found


def is_needed(field: Field[Any]) -> bool:
    """Return whether every result file has a field; those that came later have a default."""
    return field.default is MISSING and field.default_factory is MISSING
