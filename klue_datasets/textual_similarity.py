"""KLUE-STS: how similar two sentences are, from 0 to 5.

Raw file: a JSON list of {guid, source, sentence1, sentence2, labels {label, real-label,
binary-label}, annotations {agreement, annotators, annotations}}.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from .agreement import interval_alpha
from .identity import Expected
from .notes import Notes
from .raw.columns import Rows, struct_array
from .raw.json_rows import read_objects
from .schema import ClassLabel, List, Schema, Value
from .task import DatasetTask, Finding, split_files, table_of, text_columns

FILES = split_files("klue-sts", "json")
BINARY_LABELS = ["negative", "positive"]
HIGHEST = 5.0
THRESHOLD = 3.0
"""A pair is positive from this mean rating on."""

SCHEMA = Schema(
    {
        "guid": Value("string"),
        "source": Value("string"),
        "sentence1": Value("string"),
        "sentence2": Value("string"),
        "labels": {
            "label": Value("float64"),
            "real-label": Value("float64"),
            "binary-label": ClassLabel(names=BINARY_LABELS),
        },
    }
)
FULL_SCHEMA = Schema(
    {
        **SCHEMA,
        "annotations": {
            "agreement": Value("string"),
            "annotators": List(Value("string")),
            "annotations": List(Value("int32")),
        },
    }
)


def read(path: Path, *, full: bool, notes: Notes) -> Iterator[pa.Table]:
    """Read a STS file."""
    for batch in read_objects(path):
        rows = Rows(path, batch, notes)
        columns = {
            "guid": rows.texts("guid"),
            "source": rows.texts("source", optional=True),
            "sentence1": rows.texts("sentence1"),
            "sentence2": rows.texts("sentence2"),
            "labels": _labels(rows.objects("labels")),
        }
        if full:
            columns["annotations"] = _annotations(rows)
        notes.rows += len(rows)
        yield table_of(columns, FULL_SCHEMA if full else SCHEMA)


def _labels(labels: Rows) -> pa.Array:
    return struct_array(
        {
            "label": labels.numbers("label"),
            "real-label": labels.numbers("real-label"),
            "binary-label": labels.choices("binary-label", len(BINARY_LABELS)),
        }
    )


def _annotations(rows: Rows) -> pa.Array:
    annotations = rows.objects("annotations", optional=True)
    columns = {
        "agreement": annotations.texts("agreement", optional=True),
        "annotators": annotations.text_lists("annotators", optional=True),
        "annotations": annotations.integer_lists("annotations", optional=True),
    }
    return struct_array(columns, rows.absent("annotations"))


def find(table: pa.Table, other: Mapping[str, Any]) -> Iterator[Finding]:
    """Find scores outside 0 to 5 and labels that do not follow from `real-label`."""
    for row, labels in enumerate(table["labels"].to_pylist()):
        rounded, score, binary = labels["label"], labels["real-label"], labels["binary-label"]
        if not 0 <= score <= HIGHEST:
            yield Finding(row, "labels.real-label", f"{score}", f"a number from 0 to {HIGHEST}")
        elif abs(rounded - score) > 0.05 + 1e-9:
            yield Finding(row, "labels.label", f"{rounded}", f"{score} rounded to one decimal")
        if binary != (score >= THRESHOLD):
            expected = BINARY_LABELS[score >= THRESHOLD] + f" for {score}"
            yield Finding(row, "labels.binary-label", BINARY_LABELS[binary], expected)


def agreement(table: pa.Table) -> dict[str, float]:
    """Measure how far the ratings agree, as Krippendorff's alpha for intervals."""
    ratings = [
        annotation["annotations"]
        for annotation in table["annotations"].to_pylist()
        if annotation and annotation["annotations"]
    ]
    return {"ratings, Krippendorff alpha (interval)": interval_alpha(ratings)} if ratings else {}


TASK = DatasetTask(
    name="sts",
    title="Semantic textual similarity",
    korean_title="의미 유사도",
    schema=SCHEMA,
    full_schema=FULL_SCHEMA,
    files=FILES,
    read=read,
    num_examples={"train": 11_668, "validation": 519},
    about="Say how similar in meaning two sentences are, from 0 (nothing in common) to 5 (the "
    "same). `real-label` is the mean of five to seven ratings, `label` that mean with one "
    "decimal, `binary-label` positive from 3.0 on.",
    korean_about="두 문장의 의미가 얼마나 비슷한지 0(전혀 다름)에서 5(같음) 사이의 수로 답합니다. "
    "`real-label`은 다섯에서 일곱 명의 점수 평균, `label`은 소수 첫째 자리로 반올림한 값이며, "
    "`binary-label`은 3.0 이상이면 positive입니다.",
    sources=("Airbnb reviews", "policy news", "ParaKQC"),
    unit="sentence pair",
    korean_unit="문장 쌍",
    category="sentence-similarity",
    label_column=("labels", "binary-label"),
    texts=text_columns("sentence1", "sentence2"),
    find=find,
    holdout_unit="sentence1",
    agreement=agreement,
    official={
        FILES["train"]: Expected("4e92fce70fe9f2dbed2ffcb9c2aec7417c6d32ff"),
        FILES["validation"]: Expected("2645707503e7b25cc3d9f94103cbfb2f5a086f56", 454_638),
    },
    label_sets={"labels.binary-label": tuple(BINARY_LABELS)},
)
