"""What a task is: one frozen record, filled in by each task's module."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import pyarrow as pa

from .identity import Expected
from .notes import Notes
from .schema import Schema

if TYPE_CHECKING:
    from datasets import Features

VERSION = "1.1.0"
BOTH = "both"  # what the two texts of a pair are called together


class Reader(Protocol):
    """Reads one raw file into Arrow tables of some rows each.

    `full` chooses between the schemas of the record; `notes` is filled on the way and complete
    when the iterator ends. A wrong file is a DataError.
    """

    def __call__(self, path: Path, *, full: bool, notes: Notes) -> Iterator[pa.Table]:
        """Yield the file's examples in order."""


class Finding(NamedTuple):
    """Something odd about one row of a table.

    Attributes:
        row: position in the table, or -1 for one of the task's other files.
        field: the column, or a place in it.
        found: what stands there.
        expected: what should.
        broken: True if it breaks a promise of this package, False if it is a remark.
    """

    row: int
    field: str
    found: str
    expected: str
    broken: bool = True


Finder = Callable[[pa.Table, Mapping[str, Any]], Iterator[Finding]]
"""Looks through a table with all columns; the second argument holds the task's other files,
parsed, by their name in the official layout (only those that exist)."""


class Ontology(NamedTuple):
    """Where the slots of a task and their candidate values come from.

    Attributes:
        file: its name in the official layout.
        read: reads the file: the candidates by `domain-slot`. A wrong file is a DataError.
    """

    file: str
    read: Callable[[Path], dict[str, list[str]]]


SOURCE_IN_GUID = re.compile(r"klue-\w+-v1_(?:train|dev)_\d+[-_]([a-z]+)$")


@dataclass(frozen=True)
class DatasetTask:
    """One of KLUE's eight tasks, as data.

    Attributes:
        name: KLUE's short name, also the name of the configuration.
        title, korean_title: the task's name in the two languages.
        schema: columns as on the Hub (`klue/klue`).
        full_schema: all columns of the raw file.
        files: for each split the file in the official layout.
        read: the reader of one file.
        num_examples: for each split the number of examples of the official v1.1 file.
        about, korean_about: what the task is, a sentence or two for the card.
        differences, korean_differences: in what the default columns differ from the Hub's copy, for
            the card.
        sources: the corpora that the texts come from.
        unit: what an example is, in English.
        korean_unit: the same in Korean.
        category: the Hub's name for this kind of task.
        label_column: a path to the labels that are counted, like ("labels", "binary-label").
        texts: gives the texts of a table, by a name for what they are, for lengths and overlap.
        find: finds what the reader lets pass.
        holdout_unit: the column whose equal values stay on one side where rows are divided, so that
            no sentence, premise or passage is on both.
        agreement: gives measures of how far annotators agree, by name; empty without annotations.
        narrow: makes the default columns out of all columns.
        other_files: further official files of the task (label lists).
        official: what each of the official files is, by its name; empty if none can be fetched.
        label_sets: closed sets of labels in their order, by the column that holds them.
        ontology: the slots that states are made of and their candidate values.
    """

    name: str
    title: str
    korean_title: str
    schema: Schema
    full_schema: Schema
    files: Mapping[str, str]
    read: Reader
    num_examples: Mapping[str, int]
    about: str
    korean_about: str
    sources: tuple[str, ...]
    unit: str
    korean_unit: str
    category: str
    label_column: tuple[str, ...]
    texts: Callable[[pa.Table], Mapping[str, list[str]]]
    find: Finder
    holdout_unit: str = "guid"
    agreement: Callable[[pa.Table], Mapping[str, float]] | None = None
    differences: tuple[str, ...] = ()
    korean_differences: tuple[str, ...] = ()
    narrow: Callable[[pa.Table], pa.Table] | None = None
    other_files: tuple[str, ...] = ()
    official: Mapping[str, Expected] = field(default_factory=dict)
    label_sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ontology: Ontology | None = None

    @property
    def features(self) -> Features:
        """Default columns for `datasets`, which is imported now."""
        return self.schema.features

    @property
    def full_features(self) -> Features:
        """All columns for `datasets`, which is imported now."""
        return self.full_schema.features

    def each_text(self, table: pa.Table) -> Iterator[str]:
        """Yield the texts of a table row by row, those of a pair after each other."""
        columns = [texts for name, texts in self.texts(table).items() if name != BOTH]
        # Columns differ in length where a row has several texts (the turns of a dialogue).
        return filter(None, chain.from_iterable(zip_longest(*columns)))

    def texts_of_row(self, row: pa.Table) -> list[str]:
        """Return the texts of a table of one row, a dialogue's turns of one speaker as one text.

        Example:
            >>> from klue_datasets.tasks import TASKS
            >>> TASKS["sts"].texts_of_row(pa.table({"sentence1": ["비"], "sentence2": ["눈"]}))
            ['비', '눈']
        """
        return ["\n".join(texts) for name, texts in self.texts(row).items() if name != BOTH]

    def sources_of(self, table: pa.Table) -> list[str]:
        """Return of each row of all columns the corpus that it is from, "" where nothing says so.

        A column `source` says so, or else KLUE's own guids, where they end in one.

        Example:
            >>> from klue_datasets.tasks import TASKS
            >>> guids = pa.table({"guid": ["klue-ner-v1_dev_00000-nsmc", "mine-a"]})
            >>> TASKS["ner"].sources_of(guids)
            ['nsmc', '']
        """
        ends = map(SOURCE_IN_GUID.match, table["guid"].to_pylist())
        by_guid = [found[1] if found else "" for found in ends]
        if "source" not in table.column_names:
            return by_guid
        columns = zip(table["source"].to_pylist(), by_guid, strict=True)
        return [source or end for source, end in columns]

    def columns(self, full: bool) -> Features:
        """Return the features of the default or of all columns."""
        return self.full_features if full else self.features


def table_of(columns: Mapping[str, pa.Array], schema: Schema) -> pa.Table:
    """Build a table of those columns that `schema` has, in its order."""
    return pa.Table.from_arrays([columns[name] for name in schema], schema=schema.arrow)


@dataclass(frozen=True)
class TextColumns:
    """Takes the texts from columns of strings; two of them also together, as "both"."""

    names: tuple[str, ...]

    def __call__(self, table: pa.Table) -> dict[str, list[str]]:
        """Return the texts of a table by column."""
        columns = {name: table[name].to_pylist() for name in self.names}
        if len(self.names) > 1:
            columns[BOTH] = list(map(" ".join, zip(*columns.values(), strict=True)))
        return columns


def text_columns(*names: str) -> TextColumns:
    """Name the columns that the texts are taken from.

    Example:
        >>> text_columns("a", "b")(pa.table({"a": ["서울"], "b": ["부산"]}))
        {'a': ['서울'], 'b': ['부산'], 'both': ['서울 부산']}
    """
    return TextColumns(names)


def split_files(folder: str, suffix: str) -> dict[str, str]:
    """Name the two files of a task in the official layout.

    Example:
        >>> split_files("ynat", "json")["validation"]
        'ynat-v1.1/ynat-v1.1_dev.json'
    """
    return {
        split: f"{folder}-v1.1/{folder}-v1.1_{part}.{suffix}"
        for split, part in (("train", "train"), ("validation", "dev"))
    }


def nothing_further(table: pa.Table, other: Mapping[str, Any]) -> Iterator[Finding]:
    """Find nothing: the reader has checked everything there is."""
    yield from ()
