"""From somebody's file to the records of a prediction file, and what a person is told of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from klue_common.errors import InputError
from klue_metrics.records import checked_records

from .asked import Answer, Answers, Asked
from .cells import is_number_of_a_label, value_of
from .formats import FORMATS, Format
from .head import Head, head_of
from .label_order import order_hint
from .references import other_references, other_texts

OWN = "a prediction file: an object with its guid a line"
IN_ORDER = "no guids: answers are taken for the examples in KLUE's order"


@dataclass(frozen=True)
class Converted:
    """The records of a file.

    Attributes:
        records: in the order of the references, checked as those of a prediction file are.
        notes: what a person is to be told about the file.
    """

    records: list[dict[str, Any]]
    notes: tuple[str, ...]


def read_as(name: str, asked: Asked, unknown_label: str = "error") -> Converted:
    """Return the records of a file in the form `name`.

    Args:
        name: one of FORMATS.
        asked: the file and what is known about it.
        unknown_label: "error", or "wrong": labels outside the set and what is missing are wrong.

    Raises:
        InputError: it has another form, the line names those that would fit; or its columns, rows
            or numbers are not the task's.
        MetricError: an answer is none of the task's, or a guid is missing, doubled or unknown.
    """
    form = known_format(name)
    check_options(name, form, asked)
    refuse_other_formats(asked, name)
    answers = form.read(asked)
    placed = in_order(asked, answers)
    keyed = dict(zip(asked.gold.guids, asked.gold.references, strict=True))
    records = checked_records(
        str(asked.path),
        ((one.place, {"guid": guid, **fields_of(one, asked)}) for guid, one in placed),
        asked.metric.fields,
        keyed,
        unknown_label,
        asked.metric.missing,
        asked.beside,
    )
    counted = counted_fields(asked, answers) if form.counts else []
    notes = [
        *answers.notes,
        *order_notes(asked, counted),
        *([] if answers.keyed else [IN_ORDER, *other_texts(asked.gold, answers.found)]),
        *other_references(asked, answers.said_in, placed),
        *order_hint(asked, records, bool(counted)),
    ]
    return Converted(records, tuple(notes))


def known_format(name: str) -> Format:
    """Return a format by its name.

    Raises:
        InputError: there is none of the name.
    """
    if name not in FORMATS:
        raise InputError(f"--format: found {name!r:.60}, expected one of {', '.join(FORMATS)}")
    return FORMATS[name]


def check_options(name: str, form: Format, asked: Asked) -> None:
    """See that what a person says about a file can be said about its form and its task.

    Raises:
        InputError: it cannot.
    """
    if asked.columns and not form.columns:
        raise InputError(f"--column: found {asked.columns[0]!r:.60}, expected none with {name}")
    least, most = len(asked.required), len(asked.metric.fields)
    if asked.columns and not least <= len(asked.columns) <= most:
        names = ", ".join(one.name for one in asked.metric.fields)
        expected = f"{least if least == most else f'{least} or {most}'}: {names}"
        raise InputError(f"--column: found {len(asked.columns)} columns, expected {expected}")
    if not asked.labels:
        return
    known = asked.metric.labels.names if asked.metric.labels else ()
    if not known or not form.counts:
        where = name if known else asked.metric.name
        raise InputError(f"--labels: found {asked.labels[0]!r:.60}, expected none with {where}")
    if sorted(asked.labels) != sorted(known):
        found = ",".join(asked.labels)
        raise InputError(
            f"--labels: found {found!r:.200}, expected each of {','.join(known)} once, in the "
            "order in which the file counts them"
        )


def refuse_other_formats(asked: Asked, name: str | None) -> None:
    """Refuse a file that begins as no file of a form does.

    Args:
        asked: the file.
        name: the form; None for a prediction file of KLUE's own form.

    Raises:
        InputError: it does not; the line shows the first line and names the forms that would fit.
    """
    head = head_of(asked.path)
    others = [other for other, form in FORMATS.items() if other != name and form.fits(head, asked)]
    if FORMATS[name].fits(head, asked) if name else is_own(head) or not others:
        return
    expected = FORMATS[name].description if name else OWN
    place = asked.path if asked.path.is_dir() else f"{asked.path}:1"
    raise InputError(
        f"{place}: found {head.found}, expected {expected}; formats that would fit: "
        f"{', '.join(others) or 'none'}"
    )


def is_own(head: Head) -> bool:
    """Return whether a file begins as a prediction file; what cannot be told is its reader's."""
    return head.first.startswith("{") and ("guid" in head.object or not head.object)


def in_order(asked: Asked, answers: Answers) -> list[tuple[Any, Answer]]:
    """Return each answer behind its guid: its own, or the one of KLUE's that stands in its place.

    Raises:
        InputError: there are more answers or fewer than examples, and none names its guid.
    """
    if answers.keyed:
        return [(one.guid, one) for one in answers.found]
    if len(answers.found) != len(asked.gold):
        raise InputError(
            f"{asked.path}: found {len(answers.found):,} answers without guids, expected "
            f"{len(asked.gold):,}: one for each example, in KLUE's order"
        )
    return list(zip(asked.gold.guids, answers.found, strict=True))


def fields_of(answer: Answer, asked: Asked) -> dict[str, Any]:
    """Return the fields of an answer as a prediction file has them."""
    return {
        name: value_of(cell, asked.kinds[name], asked.order)
        for name, cell in answer.cells.items()
        if name in asked.kinds
    }


def counted_fields(asked: Asked, answers: Answers) -> list[str]:
    """Return the fields in which labels stand as numbers."""
    names: Collection[str] = asked.order
    fields = [name for name, kind in asked.kinds.items() if kind in ("label", ["label"])]
    return [
        name
        for name in fields
        if any(is_number_of_a_label(one.cells.get(name), names) for one in answers.found)
    ]


def order_notes(asked: Asked, counted: Sequence[str]) -> list[str]:
    """Return in words in which order labels were counted, or that none was."""
    if asked.labels and not counted:
        return ["labels stand there by their names: --labels changes nothing"]
    if not counted or asked.labels:
        return []
    shown = ", ".join(asked.order[:4]) + (", ..." if len(asked.order) > 4 else "")
    return [
        f"labels stand there as numbers, read in the Hub's order: {shown}; --labels says another"
    ]
