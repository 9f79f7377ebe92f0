"""Acceptability: whether a sentence is one that Koreans would say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from .notes import Notes
from .raw.columns import Rows
from .raw.json_rows import read_objects
from .schema import ClassLabel, Schema, Value
from .task import DatasetTask, nothing_further, split_files, table_of, text_columns

LABELS = ["acceptable", "unacceptable"]
SCHEMA = Schema(
    {"guid": Value("string"), "sentence": Value("string"), "label": ClassLabel(names=LABELS)}
)


def read(path: Path, *, full: bool, notes: Notes) -> Iterator[pa.Table]:
    """Yield the file's examples in order."""
    for batch in read_objects(path):
        rows = Rows(path, batch, notes).labelled("label")
        columns = {
            "guid": rows.texts("guid"),
            "sentence": rows.texts("sentence"),
            "label": rows.labels("label", LABELS),
        }
        notes.rows += len(rows)
        yield table_of(columns, SCHEMA)


TASK = DatasetTask(
    name="acceptability",
    title="Acceptability",
    korean_title="문장 수용성",
    schema=SCHEMA,
    full_schema=SCHEMA,
    files=split_files("acceptability", "json"),
    read=read,
    num_examples={"train": 12, "validation": 12},
    about="Tell acceptable sentences from others.",
    korean_about="문법에 맞는 문장을 가려냅니다.",
    sources=("made up",),
    unit="sentence",
    korean_unit="문장",
    category="text-classification",
    label_column=("label",),
    texts=text_columns("sentence"),
    find=nothing_further,
)
