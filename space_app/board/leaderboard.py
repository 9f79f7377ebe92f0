"""The leaderboard's rows: what is published, and what this page's scorer has computed."""

from __future__ import annotations

import hashlib
import json
import math
import threading
import time
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from klue_common.errors import InputError
from klue_common.progress import note
from klue_metrics import METRICS
from klue_results.published import PUBLISHED, SOURCE
from klue_results.results import now

from ..scoring import SPLIT, Records, Report, all_right
from .entries import ENCODER, LANGUAGE_MODEL, Entry, Store

NAME_CHARACTERS, LINK_CHARACTERS, NOTE_CHARACTERS = 80, 300, 200
MOST_PARAMETERS = 10_000_000  # millions
# What a person has to say of each kind of model.
NOTES: Mapping[str, tuple[str, ...]] = {
    ENCODER: ("trained_on", "selected_on"),
    LANGUAGE_MODEL: ("asked",),
}
FRESH = 30.0  # seconds that the store's rows are shown before they are read again


@dataclass(frozen=True)
class Row:
    """A model's scores of one task, published or submitted; `entry` is None if published."""

    model: str
    task: str
    scores: Mapping[str, float]
    intervals: Mapping[str, list[float]]
    entry: Entry | None


def published_rows() -> list[Row]:
    """Return the rows of the published table."""
    return [
        Row(model, task, scores, {}, None)
        for model, tasks in PUBLISHED.items()
        for task, scores in tasks.items()
    ]


def rows_of(entries: Iterable[Entry]) -> list[Row]:
    """Return the rows of submissions."""
    return [Row(e.model, e.task, e.scores, e.intervals, e) for e in entries]


def score_names(task: str, rows: Iterable[Row]) -> list[str]:
    """Return the scores that some of the rows have: the official ones, then those unknown here."""
    held = dict.fromkeys(name for row in rows for name in row.scores)
    official = [name for name in METRICS[task].scores if name in held]
    return [*official, *(name for name in held if name not in official)]


def is_language_model(row: Row) -> bool:
    """Return whether a row is of a model that was asked, and not fine-tuned."""
    return row.entry is not None and row.entry.kind == LANGUAGE_MODEL


def link_of(row: Row) -> str:
    """Return where a row's model is described."""
    return row.entry.link if row.entry else SOURCE


def is_gold(row: Row) -> bool:
    """Return whether a row's predictions are the references themselves.

    An entry of an earlier version does not tell: then whether nothing is left to gain.
    """
    entry = row.entry
    if entry is None:
        return False
    if entry.equal_to_gold is not None:
        return entry.equal_to_gold
    return entry.task in METRICS and all_right(entry.task, entry.scores)


def new_entry(report: Report, about: Mapping[str, str]) -> tuple[Entry, bytes]:
    """Return an entry and its predictions, of a report and of what a person says about the model.

    Args:
        report: the scores, as this page has computed them.
        about: model, link, parameters and open_weights ("" for no) as they were typed, and what
            the kind of model has of `NOTES`.

    Raises:
        InputError: one of them is no such thing.
    """
    predictions = b"".join(record_lines(report.records))
    digest = hashlib.sha256(predictions).hexdigest()
    model = one_line("model", about["model"], NAME_CHARACTERS, required=True)
    link, parameters = checked_link(about["link"]), checked_parameters(about["parameters"])
    notes: dict[str, Any] = {
        name: one_line(name.replace("_", " "), about[name], NOTE_CHARACTERS, required=True)
        for name in NOTES[report.kind]
    }
    entry = Entry(
        id=hashlib.sha256(f"{report.task}\n{model}\n{digest}".encode()).hexdigest()[:12],
        created=now(),
        task=report.task,
        model=model,
        link=link,
        parameters=parameters,
        open_weights=bool(about.get("open_weights")),
        scores=dict(report.scores),
        intervals=dict(report.intervals),
        split=SPLIT,
        examples=report.examples,
        data=report.digest,
        sample=report.sample,
        predictions=digest,
        equal_to_gold=report.equal_to_gold,
        kind=report.kind,
        unknown_labels=dict(report.unknown_labels),
        trivial=dict(report.trivial),
        **notes,
    )
    return entry, predictions


def record_lines(records: Records) -> Iterable[bytes]:
    """Yield records as lines of JSON."""
    for record in records:
        yield json.dumps(record, ensure_ascii=False).encode() + b"\n"


def records_of(predictions: bytes) -> Records:
    """Return the records of lines of JSON.

    Raises:
        ValueError: a line is none.
    """
    return [json.loads(line) for line in predictions.splitlines()]


def one_line(what: str, text: str, longest: int, required: bool = False) -> str:
    """Return a typed text without line ends and other characters that are no text.

    >>> one_line("model", " KLUE  BERT\\u202e ", 80)
    'KLUE BERT'
    """
    kept = "".join(c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    kept = " ".join(kept.split())
    if len(kept) > longest:
        found = f"found {len(kept)} characters"
        raise InputError(f"{what}: {found}, expected at most {longest}")
    if required and not kept:
        raise InputError(f"{what}: found nothing, expected a few words")
    return kept


def checked_link(text: str) -> str:
    """Return a link, or "" where nothing was typed.

    >>> checked_link("javascript:alert(1)")
    Traceback (most recent call last):
        ...
    klue_common.errors.InputError: link: found 'javascript:alert(1)', expected http(s)://...
    """
    link = one_line("link", text, LINK_CHARACTERS)
    try:
        parts = urlsplit(link)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in link
    except ValueError:
        right = False
    if link and not right:
        raise InputError(f"link: found {link[:60]!r}, expected http(s)://...")
    return link


def checked_parameters(text: str) -> float | None:
    """Return a number of millions, or None where nothing was typed.

    >>> checked_parameters("110"), checked_parameters("")
    (110.0, None)
    """
    if not text.strip():
        return None
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        number = math.nan
    if not 0 < number <= MOST_PARAMETERS:
        raise InputError(f"parameters: found {text[:20]!r}, expected a number of millions")
    return number


def best_first(task: str, rows: Iterable[Row]) -> list[Row]:
    """Return those rows of a task, the best in its main score first, those without it last."""
    main = METRICS[task].main_score
    of_task = (row for row in rows if row.task == task)
    return sorted(of_task, key=lambda row: -row.scores.get(main, -math.inf))


class Board:
    """The rows behind the table, and the way of a submission into it."""

    def __init__(
        self, store: Store, sample: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.store, self.sample, self.clock = store, sample, clock
        self.lock = threading.Lock()
        self.kept: tuple[float, list[Entry]] | None = None
        self.problem = ""

    def entries(self) -> list[Entry]:
        """Return the submissions; those on the sample only where the page is of the sample.

        Where the store cannot be read it is those read last, and `problem` says why.
        """
        with self.lock:
            if self.kept is None or self.clock() - self.kept[0] > FRESH:
                before = self.kept[1] if self.kept else []
                try:
                    self.kept, self.problem = (self.clock(), self.store.read()), ""
                except (InputError, OSError) as error:
                    self.kept, self.problem = (
                        (self.clock(), before),
                        str(error) if isinstance(error, InputError) else "the store cannot be read",
                    )
                    note(f"leaderboard: {self.problem}")
            return [entry for entry in self.kept[1] if entry.sample == self.sample]

    def rows(self) -> list[Row]:
        """Return all rows, the published ones first."""
        return [*published_rows(), *rows_of(self.entries())]

    def ranked(self, task: str) -> list[Row]:
        """Return the encoders' rows of a task, by `best_first`."""
        return best_first(task, (row for row in self.rows() if not is_language_model(row)))

    def language_models(self, task: str) -> list[Row]:
        """Return the language models' rows of a task, by `best_first`."""
        return best_first(task, filter(is_language_model, self.rows()))

    def submit(self, report: Report, about: Mapping[str, str]) -> Entry:
        """Keep a scored file.

        Raises:
            InputError: what was typed is wrong, or the same predictions are there already.
        """
        entry, predictions = new_entry(report, about)
        self.store.append(entry, predictions)
        with self.lock:
            self.kept = None
        return entry

    def records(self, entry: Entry) -> Records:
        """Return the predictions behind an entry, for a comparison on the server.

        Raises:
            InputError: they are lost or damaged.
        """
        try:
            return records_of(self.store.predictions(entry.id))
        except (OSError, EOFError, ValueError, zlib.error):
            raise InputError(f"{entry.model}: found no whole predictions in the store") from None

    def comparable(self, task: str) -> list[Entry]:
        """Return the submissions of a task."""
        return [entry for entry in self.entries() if entry.task == task]

    def pair(self, a: str, b: str) -> tuple[Entry, Entry]:
        """Return the submissions of two ids, if they were scored on the same references.

        Raises:
            InputError: an id without a submission, twice the same, or other references.
        """
        known = {entry.id: entry for entry in self.entries()}
        for side in (a, b):
            if side not in known:
                raise InputError(f"compare: found {side!r}, expected the id of a submission")
        first, second = known[a], known[b]
        if a == b or (first.task, first.data) != (second.task, second.data):
            raise InputError("compare: expected two submissions on the same examples")
        return first, second
