"""KLUE-NLI: does the hypothesis follow from the premise?

Raw file: a JSON list of {guid, source, premise, hypothesis, gold_label, author, label2 .. label5}.
The train file calls the source `genre`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from .agreement import nominal_alpha
from .identity import Expected
from .notes import Notes
from .raw.columns import Rows
from .raw.json_rows import read_objects
from .schema import ClassLabel, Schema, Value
from .task import DatasetTask, nothing_further, split_files, table_of, text_columns

FILES = split_files("klue-nli", "json")
LABELS = ["entailment", "neutral", "contradiction"]
ANNOTATORS = ("author", "label2", "label3", "label4", "label5")
"""The columns of the five labels: the hypothesis' writer and four validators."""

SCHEMA = Schema(
    {
        "guid": Value("string"),
        "source": Value("string"),
        "premise": Value("string"),
        "hypothesis": Value("string"),
        "label": ClassLabel(names=LABELS),
    }
)
FULL_SCHEMA = Schema(
    {**SCHEMA, **{annotator: ClassLabel(names=LABELS) for annotator in ANNOTATORS}}
)


def read(path: Path, *, full: bool, notes: Notes) -> Iterator[pa.Table]:
    """Read an NLI file; rows whose gold label is null are left out and counted."""
    for batch in read_objects(path):
        for row in batch:
            if "genre" in row:
                row.setdefault("source", row["genre"])
        rows = Rows(path, batch, notes).labelled("gold_label")
        columns = {
            "guid": rows.texts("guid"),
            "source": rows.texts("source", optional=True),
            "premise": rows.texts("premise"),
            "hypothesis": rows.texts("hypothesis"),
            "label": rows.labels("gold_label", LABELS),
        }
        if full:
            for annotator in ANNOTATORS:
                columns[annotator] = rows.labels(annotator, LABELS, optional=True)
        notes.rows += len(rows)
        yield table_of(columns, FULL_SCHEMA if full else SCHEMA)


def agreement(table: pa.Table) -> dict[str, float]:
    """Measure how often the validators, and the author, chose the gold label (in percent)."""
    columns = [table[annotator].to_pylist() for annotator in ANNOTATORS]
    rows = [
        (gold, *labels)
        for gold, *labels in zip(table["label"].to_pylist(), *columns, strict=True)
        if None not in labels
    ]
    if not rows:
        return {}
    labels = np.array(rows)
    gold, author, validators = labels[:, :1], labels[:, 1:2], labels[:, 2:]
    return {
        "validators with gold, %": 100 * float(np.mean(validators == gold)),
        "all five alike, %": 100 * float(np.mean((labels[:, 1:] == gold).all(axis=1))),
        "gold other than the author's, %": 100 * float(np.mean(author != gold)),
        "Krippendorff alpha (nominal)": nominal_alpha(labels[:, 1:].tolist()),
    }


TASK = DatasetTask(
    name="nli",
    title="Natural language inference",
    korean_title="자연어 추론",
    schema=SCHEMA,
    full_schema=FULL_SCHEMA,
    files=FILES,
    read=read,
    num_examples={"train": 24_998, "validation": 3_000},
    about="Say whether the hypothesis follows from the premise (entailment), contradicts it, or "
    "neither (neutral). One person wrote the hypothesis for a label, four others labelled the "
    "pair; the gold label is the one that at least three of the five chose.",
    korean_about="전제로부터 가설이 따라 나오는지(entailment), 전제와 모순되는지(contradiction), "
    "둘 다 아닌지(neutral) 판단합니다. 작성자 한 명이 가설을 쓰고 검증자 네 명이 다시 라벨을 "
    "붙였으며, 다섯 명 가운데 세 명 이상이 고른 것이 정답입니다.",
    sources=("Wikitree", "policy news", "Wikinews", "Wikipedia", "NSMC", "Airbnb reviews"),
    unit="premise and hypothesis",
    korean_unit="전제와 가설",
    category="text-classification",
    label_column=("label",),
    texts=text_columns("premise", "hypothesis"),
    find=nothing_further,
    holdout_unit="premise",
    agreement=agreement,
    official={
        FILES["train"]: Expected("a7903d15f09a3663d8f1d78e68d8d6c10dbd8618", 12_576_683),
        FILES["validation"]: Expected("db052b2459c68d1ec57dd1573bfe90a9bb3f8157", 1_498_298),
    },
    label_sets={"label": tuple(LABELS)},
)
