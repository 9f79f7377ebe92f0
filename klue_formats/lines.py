"""Text files with an answer a line, and with a row of probabilities a line."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

import numpy as np

from klue_baselines.labelling.lines import BOM, lines_of, opened
from klue_baselines.labelling.readers import without_end
from klue_baselines.labelling.rows import Bad
from klue_common.errors import InputError

from .asked import Answer, Answers, Asked
from .cells import whole
from .columns import key_columns
from .head import Head
from .tables import JSON, is_number

BETWEEN = re.compile(r"[,\t]")
SUM_WITHIN = 0.01  # of 1: 30 numbers that were rounded to 4 digits
SINGLE = ("label", "float64", "string")


def texts(asked: Asked) -> Iterator[tuple[int, str]]:
    """Yield (number, line without its end) of a text file.

    Raises:
        InputError: it cannot be read, or a line is no text.
    """
    for number, line in lines_of(opened(asked.path), str(asked.path)):
        if isinstance(line, Bad):
            raise InputError(line.message)
        yield number, without_end(line.removeprefix(BOM) if number == 1 else line)


def fits_lines(head: Head, asked: Asked) -> bool:
    """Return whether the first line is an answer, or ends in one."""
    kinds = [asked.kinds[one.name] for one in asked.required]
    if len(kinds) != 1 or kinds[0] not in SINGLE or head.first.lstrip()[:1] in JSON:
        return False
    if not head.first or fits_probabilities(head, asked):
        return False
    answer = end_of(head.first, asked).strip()
    if kinds[0] == "label":
        return answer in asked.order or whole(answer) is not None
    return kinds[0] == "string" or is_number(answer)


def end_of(line: str, asked: Asked) -> str:
    """Return what stands behind the last comma or tab of a line, all of it where it is an answer.

    Texts have commas of their own: lines of texts are taken as they are.
    """
    if asked.kinds[asked.metric.fields[0].name] == "string" or line.strip() in asked.order:
        return line
    return BETWEEN.split(line)[-1]


def read_lines(asked: Asked) -> Answers:
    """Return the answers of a file with one a line; a guid may stand first."""
    name = asked.metric.fields[0].name
    found = []
    for number, line in texts(asked):
        guid, comma, rest = line.partition("\t" if "\t" in line else ",")
        key = guid.strip() if comma and guid.strip() in asked.guids else None
        answer = end_of(line if key is None else rest, asked)
        found.append(Answer(f"{asked.path}:{number}", {name: answer}, key))
    return Answers(found, keyed=any(one.guid is not None for one in found))


def fits_probabilities(head: Head, asked: Asked) -> bool:
    """Return whether the first line has a number or a name for each label."""
    if asked.kinds[asked.metric.fields[0].name] != "label":
        return False
    cells = cells_of(head.first)
    if all(map(is_number, cells)) and len(cells) == len(asked.order):
        return True
    return all(name in cells for name in asked.order) or counted(cells, asked.order)


def counted(cells: Sequence[str], order: Sequence[str]) -> bool:
    """Return whether a header counts the labels from 0 on."""
    return all(str(number) in cells for number in range(len(order)))


def cells_of(line: str) -> list[str]:
    """Return the cells of a line of numbers: between commas, or between blanks where none are.

    >>> cells_of('0.5, 0.5'), cells_of("0.5 0.5"), cells_of('"a",b')
    (['0.5', '0.5'], ['0.5', '0.5'], ['a', 'b'])
    """
    parts = line.split(",") if "," in line else line.split()
    return [part.strip().strip('"') for part in parts]


def read_probabilities(asked: Asked) -> Answers:
    """Return the likeliest label of each row of a matrix, and the row where the task scores it.

    Raises:
        InputError: a row is no row of probabilities.
    """
    found: list[Answer] = []
    positions: Sequence[int] = range(len(asked.order))
    key = width = None
    for number, line in texts(asked):
        place, cells = f"{asked.path}:{number}", cells_of(line)
        if number == 1 and not all(map(is_number, cells)):
            positions, key, width = header_of(asked, cells, place)
            continue
        width = width or len(cells)
        if len(cells) != width or len(cells) <= max(positions):
            raise InputError(f"{place}: found {len(cells)} numbers, expected {width}")
        row = probabilities_of([cells[at] for at in positions], asked, place)
        guid = None if key is None else cells[key]
        found.append(Answer(place, fields_of(row, asked), guid))
    if not found:
        raise InputError(f"{asked.path}: found no rows, expected {len(asked.gold)}")
    return Answers(found, keyed=key is not None)


def header_of(asked: Asked, cells: Sequence[str], place: str) -> tuple[list[int], int | None, int]:
    """Return where each label's column stands, where the guids, and how many columns there are.

    Raises:
        InputError: a label has no column.
    """
    names = list(map(str, range(len(asked.order)))) if counted(cells, asked.order) else asked.order
    missing = [name for name in names if cells.count(name) != 1]
    if missing:
        found = f"{cells.count(missing[0])} columns named {missing[0]!r}"
        raise InputError(f"{place}: found {found}, expected one for each of {', '.join(names)}")
    key = next(iter(key_columns(cells)), None)
    return [cells.index(name) for name in names], cells.index(key) if key else None, len(cells)


def probabilities_of(cells: Sequence[str], asked: Asked, place: str) -> list[float]:
    """Return a row of probabilities in the order in which the file counts the labels.

    Raises:
        InputError: it is none: a cell is no number from 0 on, or all do not sum to 1.
    """
    row = []
    for name, cell in zip(asked.order, cells, strict=True):
        value = float(cell) if is_number(cell) else math.nan
        if not 0 <= value < math.inf:
            raise InputError(f"{place}: found {cell!r:.40} for {name}, expected a probability")
        row.append(value)
    if abs(sum(row) - 1) > SUM_WITHIN:
        found = f"numbers that sum to {sum(row):.4g}"
        raise InputError(f"{place}: found {found}, expected probabilities, which sum to 1")
    return row


def fields_of(row: Sequence[float], asked: Asked) -> dict[str, object]:
    """Return the fields of a record: the likeliest label, and all numbers in KLUE's order."""
    label, *more = (one.name for one in asked.metric.fields)
    by_name = dict(zip(asked.order, row, strict=True))
    assert asked.metric.labels is not None
    ordered = [by_name[name] for name in asked.metric.labels.names]
    fields: dict[str, object] = {label: asked.order[int(np.argmax(row))]}
    return fields | {name: ordered for name in more if asked.kinds[name] == ["float64"]}
