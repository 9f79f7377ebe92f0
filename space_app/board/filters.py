"""Which models the overview shows, in which order, and the link that says so."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlencode

from .overview import KINDS, ModelRow, columns

LONGEST = 200  # characters of a text that is looked for
FIRST = ("rank", "tasks", "average", "model", "parameters", "date")  # orders beside the scores
REVERSE = "-"  # before the name of an order


@dataclass(frozen=True)
class Filters:
    """A view of the overview.

    Attributes:
        kinds: of `KINDS`, in that order; all of them if it is empty.
        search: a text in the model's name.
        trained_on, selected_on: texts in what was said of it; `selected_on` is looked for in how a
            language model was asked, too.
        least, most: parameters in millions; a model of which they are not known has neither.
        open_weights: only models whose weights can be had.
        complete: only models with all tasks.
        since, until: days (ISO 8601) between which the last submission was made.
        sort: an order: of `FIRST` or "task.score", with `REVERSE` before it the other way round.
        average: whether the column with the average over tasks is shown.
    """

    kinds: tuple[str, ...] = KINDS
    search: str = ""
    trained_on: str = ""
    selected_on: str = ""
    least: float | None = None
    most: float | None = None
    open_weights: bool = False
    complete: bool = False
    since: str = ""
    until: str = ""
    sort: str = FIRST[0]
    average: bool = False

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Filters:
        """Return the view of what was typed or stands in a link; what is no such value is left out.

        >>> Filters.of({"sort": "nobody knows", "least": "nan", "most": "340"}) == Filters(most=340)
        True
        """
        found = {name: READ[name](values.get(name)) for name in READ}
        return cls(**{name: value for name, value in found.items() if value is not None})

    @classmethod
    def from_query(cls, query: str) -> Filters:
        """Return the view of a link's query, whatever stands there."""
        try:
            values = parse_qs(query, max_num_fields=50)
        except ValueError:
            return cls()
        kinds = values.pop("kinds", ())
        return cls.of({"kinds": kinds, **{name: given[-1] for name, given in values.items()}})

    def to_query(self) -> str:
        """Return the query of a link to the view: what differs from the plain one.

        >>> Filters(search="버트", open_weights=True).to_query()
        'search=%EB%B2%84%ED%8A%B8&open_weights=1'
        """
        plain = Filters()
        told = [(f.name, getattr(self, f.name)) for f in fields(self)]
        pairs = [(name, value) for name, value in told if value != getattr(plain, name)]
        return urlencode([(name, as_text(value)) for name, value in pairs], doseq=True)

    def sorted_by(self, order: str) -> Filters:
        """Return the view in another order, the other way round if it is in that one already."""
        if order not in orders():
            return self
        return replace(self, sort=REVERSE + order if self.sort == order else order)

    def finds(self, row: ModelRow) -> bool:
        """Return whether a model has the name that is looked for."""
        return holds((row.model,), self.search)

    def matches(self, row: ModelRow) -> bool:
        """Return whether a model passes the filters, whatever its name."""
        size = row.parameters
        return (
            row.kind in self.kinds
            and holds(row.trained_on, self.trained_on)
            and holds((*row.selected_on, *row.asked), self.selected_on)
            and (self.least is None or (size is not None and size >= self.least))
            and (self.most is None or (size is not None and size <= self.most))
            and (row.open_weights or not self.open_weights)
            and (row.complete or not self.complete)
            and (not self.since or row.last >= self.since)
            and (not self.until or "" < row.last <= self.until)
        )


def orders() -> tuple[str, ...]:
    """Return what the overview can be sorted by."""
    return (*FIRST, *(f"{task}.{name}" for task, name in columns()))


def holds(texts: Sequence[str], part: str) -> bool:
    """Return whether one of some texts has a part, in whatever case and form of Unicode."""
    return not part or any(folded(part) in folded(text) for text in texts)


def folded(text: str) -> str:
    """Return a text as it is looked for."""
    return unicodedata.normalize("NFC", text).casefold()


def as_text(value: Any) -> Any:
    """Return a value as it stands in a link."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return f"{value:g}" if isinstance(value, float) and value == float(f"{value:g}") else value


def a_text(value: Any) -> str | None:
    """Return a text in one line that is not too long, without halves of characters."""
    if not isinstance(value, str):
        return None
    whole = value.encode("utf-8", "ignore").decode("utf-8")
    return " ".join(whole.split())[:LONGEST].rstrip()


def a_truth(value: Any) -> bool | None:
    """Return whether something was chosen."""
    return value if isinstance(value, bool) else value == "1" if isinstance(value, str) else None


def a_number(value: Any) -> float | None:
    """Return a number of parameters."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def a_day(value: Any) -> str | None:
    """Return a day.

    >>> a_day("2026-02-28"), a_day("2026-02-30")
    ('2026-02-28', None)
    """
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        return None


def some_kinds(value: Any) -> tuple[str, ...] | None:
    """Return kinds in their order, all of them where none is named."""
    given = value if isinstance(value, Iterable) and not isinstance(value, bytes) else ()
    return tuple(kind for kind in KINDS if kind in given) or None


def an_order(value: Any) -> str | None:
    """Return an order."""
    text = str(value)
    return text if text.removeprefix(REVERSE) in orders() else None


# How each field is read; a value that is none of its kind is None.
READ: Mapping[str, Any] = {
    "kinds": some_kinds,
    **dict.fromkeys(("search", "trained_on", "selected_on"), a_text),
    **dict.fromkeys(("least", "most"), a_number),
    **dict.fromkeys(("open_weights", "complete", "average"), a_truth),
    **dict.fromkeys(("since", "until"), a_day),
    "sort": an_order,
}
