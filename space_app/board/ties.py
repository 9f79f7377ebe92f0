"""Which submissions cannot be told apart, found out beside the page and kept.

A thread takes the groups of submissions of one task and kind on the same references, and has a
process of its own test each pair, which takes up to seconds. A pair is tested once: what it tells
is kept by the two ids, in a file too where the store is a folder, so that a new submission costs
its own pairs alone. The p-values of a group are corrected for its number of pairs
(`klue_metrics.ties`). Of a large group the best are tested, by the task's main score.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from klue_common.errors import InputError
from klue_common.own_files import is_number, parse_json
from klue_common.progress import note
from klue_datasets import DataError
from klue_datasets.files import write_text
from klue_metrics import METRICS
from klue_metrics.ties import Outcome, Ties, ordered

from ..scoring import Records
from .entries import Entry
from .leaderboard import Board, best_first, is_gold, rows_of

MOST = 20  # submissions of a group that are tested: 190 pairs
LEVEL = 0.05
FILE = "ties.json"
Group = tuple[str, str, str]  # task, kind of `Entry`, digest of the references
Pair = tuple[str, str]  # ids in order
Work = Callable[[str, Records, Records], Mapping[str, Outcome]]


@dataclass(frozen=True)
class Found:
    """What is known of a group.

    Attributes:
        ids: the submissions that were tested.
        ties: score -> what is known about their order; systems are ids.
    """

    ids: tuple[str, ...]
    ties: Mapping[str, Ties]

    def place(self, entry: str, score: str) -> tuple[str, tuple[int, int]] | None:
        """Return the letters of a submission and the ranks that it may have, None if not known."""
        ties = self.ties.get(score)
        if ties is None or entry not in ties.systems:
            return None
        at = ties.systems.index(entry)
        return ties.letters[at], ties.ranks[at]

    def tied_with(self, entry: str, score: str) -> frozenset[str]:
        """Return the submissions that are not told apart from one by a score, itself among them."""
        ties = self.ties.get(score)
        if ties is None or entry not in ties.systems:
            return frozenset()
        apart = ties.told_apart[ties.systems.index(entry)]
        return frozenset(name for name, told in zip(ties.systems, apart, strict=True) if not told)


class TieKeeper:
    """What is known about ties, and the thread that finds out more."""

    def __init__(self, board: Board, work: Work, folder: Path | None) -> None:
        self.board, self.work = board, work
        self.file = folder / FILE if folder else None
        self.pairs: dict[Pair, Mapping[str, Outcome]] = read_pairs(self.file)
        self.failed: set[Pair] = set()
        self.lost: set[str] = set()
        self.known: dict[Group, Found] = {}
        self.seen: list[Entry] = []
        self.woken = threading.Event()

    def start(self) -> None:
        """Begin to work beside the page."""
        self.woken.set()
        threading.Thread(target=self.run, name="ties", daemon=True).start()

    def run(self) -> None:
        """Work whenever somebody asks, until the page ends."""
        while True:
            self.woken.wait()
            self.woken.clear()
            try:
                self.find_out()
            except Exception as error:  # what one state of the store does must not end the thread
                note(f"ties: {type(error).__name__}: {error}")

    def of(self, entry: Entry) -> Found | None:
        """Return what is known of a submission's group, at once; what is new is found out later."""
        self.woken.set()
        return self.known.get(group_of(entry))

    def find_out(self) -> None:
        """Test what has not been tested, and bring all groups up to date."""
        entries_now = self.board.entries()
        if entries_now == self.seen:
            return
        for group, entries in groups(entries_now).items():
            having = [entry for entry in entries if entry.id not in self.lost]
            ids = tuple(sorted(entry.id for entry in having))
            before = self.known.get(group)
            if len(ids) > 1 and (before is None or before.ids != ids):
                self.test(having)
                self.bring_up_to_date(group, [e for e in having if e.id not in self.lost])
        self.seen = entries_now

    def test(self, entries: Sequence[Entry]) -> None:
        """Test the pairs of a group that have not been tested."""
        tested = 0
        for a, b in combinations(sorted(entries, key=lambda entry: entry.id), 2):
            pair = (a.id, b.id)
            if pair in self.pairs or pair in self.failed or self.lost & {*pair}:
                continue
            of_a, of_b = self.records(a), self.records(b)
            if of_a is not None and of_b is not None:
                try:
                    self.pairs[pair] = self.work(a.task, of_a, of_b)
                    tested += 1
                except (InputError, RuntimeError) as error:
                    self.failed.add(pair)
                    note(f"ties: {a.model}, {b.model}: {error}")
        if tested and self.file:
            write_pairs(self.file, self.pairs)

    def records(self, entry: Entry) -> Records | None:
        """Return a submission's predictions; None if they are lost, which is remembered."""
        try:
            records = self.board.records(entry)
            if len(records) == entry.examples:
                return records
            error = f"{entry.model}: found {len(records)} records, expected {entry.examples}"
        except InputError as lost:
            error = str(lost)
        self.lost.add(entry.id)
        note(f"ties: {error}")
        return None

    def bring_up_to_date(self, group: Group, entries: Sequence[Entry]) -> None:
        """Put the pairs of a group together."""
        ids = tuple(sorted(entry.id for entry in entries))
        ties = {}
        for name in METRICS[group[0]].scores:
            having = sorted(entry.id for entry in entries if name in entry.scores)
            of_score = together(name, {p: self.pairs.get(p) for p in combinations(having, 2)})
            if of_score is not None:
                ties[name] = of_score
        self.known[group] = Found(ids, ties)


def groups(entries: Iterable[Entry]) -> dict[Group, list[Entry]]:
    """Return the submissions that are tested together: of each group the best, gold left out."""
    found: dict[Group, list[Entry]] = {}
    rows = [row for row in rows_of(entries) if row.task in METRICS and not is_gold(row)]
    for task in METRICS:
        for row in best_first(task, rows):
            if row.entry is not None and METRICS[task].main_score in row.scores:
                found.setdefault(group_of(row.entry), []).append(row.entry)
    return {group: of_group[:MOST] for group, of_group in found.items()}


def group_of(entry: Entry) -> Group:
    """Return the group of a submission."""
    return entry.task, entry.kind, entry.data


def together(score: str, pairs: Mapping[Pair, Mapping[str, Outcome] | None]) -> Ties | None:
    """Return what pairs tell by one score; None if one of them lacks it."""
    values: dict[str, float] = {}
    tested: dict[Pair, tuple[float, float]] = {}
    for (a, b), found in pairs.items():
        if found is None or score not in found:
            return None
        one = found[score]
        values |= {a: one.a, b: one.b}
        tested[a, b] = one.p, one.deviation
    return ordered(values, tested, LEVEL) if tested else None


def write_pairs(path: Path, pairs: Mapping[Pair, Mapping[str, Outcome]]) -> None:
    """Keep what pairs tell; without room for it they are tested again next time."""
    content = {" ".join(pair): found for pair, found in pairs.items()}
    try:
        write_text(path, json.dumps(content))
    except DataError as error:
        note(f"ties: {error}")


def read_pairs(path: Path | None) -> dict[Pair, Mapping[str, Outcome]]:
    """Return what `write_pairs` kept; a pair that is damaged is tested again."""
    if path is None or not path.is_file():
        return {}
    try:
        content = parse_json(path.read_text(encoding="utf-8"), path.name, "an object of pairs")
    except (ValueError, OSError, InputError) as error:
        note(f"ties: {error}; they are tested again")
        return {}
    found: dict[Pair, Mapping[str, Outcome]] = {}
    for key, scores in content.items():
        pair = key.split(" ")
        if len(pair) == 2 and isinstance(scores, dict) and all(map(is_outcome, scores.values())):
            found[pair[0], pair[1]] = {name: Outcome(*one) for name, one in scores.items()}
    return found


def is_outcome(value: Any) -> bool:
    """Return whether a value of a file is a `Outcome`."""
    return isinstance(value, list) and len(value) == 4 and all(map(is_number, value))
