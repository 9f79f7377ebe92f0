"""YNAT: topic classification of news headlines.

Raw file: a JSON list of {guid, title, predefined_news_category, label, annotations {annotators,
annotations {first-scope, second-scope, third-scope}}, url, date}.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from .agreement import nominal_alpha
from .identity import Expected
from .notes import Notes
from .raw.columns import Rows, struct_array
from .raw.json_rows import read_objects
from .schema import ClassLabel, List, Schema, Value
from .task import DatasetTask, nothing_further, split_files, table_of, text_columns

FILES = split_files("ynat", "json")
TOPICS = ["IT과학", "경제", "사회", "생활문화", "세계", "스포츠", "정치"]
SCOPES = ("first-scope", "second-scope", "third-scope")

SCHEMA = Schema(
    {
        "guid": Value("string"),
        "title": Value("string"),
        "label": ClassLabel(names=TOPICS),
        "url": Value("string"),
        "date": Value("string"),
    }
)
FULL_SCHEMA = Schema(
    {
        **SCHEMA,
        "predefined_news_category": Value("string"),
        "annotations": {
            "annotators": List(Value("string")),
            "annotations": {scope: List(Value("string")) for scope in SCOPES},
        },
    }
)


def read(path: Path, *, full: bool, notes: Notes) -> Iterator[pa.Table]:
    """Read a YNAT file; rows whose label is null are left out and counted."""
    for batch in read_objects(path):
        rows = Rows(path, batch, notes).labelled("label")
        columns = {
            "guid": rows.texts("guid"),
            "title": rows.texts("title"),
            "label": rows.labels("label", TOPICS),
            "url": rows.texts("url", optional=True),
            "date": rows.texts("date", optional=True),
        }
        if full:
            columns["predefined_news_category"] = rows.texts(
                "predefined_news_category", optional=True
            )
            columns["annotations"] = _annotations(rows)
        notes.rows += len(rows)
        yield table_of(columns, FULL_SCHEMA if full else SCHEMA)


def _annotations(rows: Rows) -> pa.Array:
    outer = rows.objects("annotations", optional=True)
    inner = outer.objects("annotations", optional=True)
    scopes = {scope: inner.text_lists(scope, optional=True) for scope in SCOPES}
    columns = {
        "annotators": outer.text_lists("annotators", optional=True),
        "annotations": struct_array(scopes, outer.absent("annotations")),
    }
    return struct_array(columns, rows.absent("annotations"))


def agreement(table: pa.Table) -> dict[str, float]:
    """Measure how far the annotators' first choices agree, as Krippendorff's nominal alpha."""
    choices = [
        annotation["annotations"]["first-scope"]
        for annotation in table["annotations"].to_pylist()
        if annotation and annotation["annotations"] and annotation["annotations"]["first-scope"]
    ]
    return {"first choice, Krippendorff alpha (nominal)": nominal_alpha(choices)} if choices else {}


TASK = DatasetTask(
    name="ynat",
    title="Topic classification",
    korean_title="주제 분류",
    schema=SCHEMA,
    full_schema=FULL_SCHEMA,
    files=FILES,
    read=read,
    num_examples={"train": 45_678, "validation": 9_107},
    about="Classify the headline of a news article into one of seven topics. Three annotators "
    "chose up to three topics each; the label comes from their choices and differs from the "
    "portal's category in about one headline of five.",
    korean_about="뉴스 기사의 제목을 일곱 주제 가운데 하나로 분류합니다. 주석자 세 명이 각자 최대 "
    "세 개의 주제를 골랐습니다. 정답은 그 선택에서 나온 것이며, 다섯 개 가운데 하나꼴로 포털의 "
    "분류와 다릅니다.",
    sources=("headlines of Naver News",),
    unit="headline",
    korean_unit="기사 제목",
    category="text-classification",
    label_column=("label",),
    texts=text_columns("title"),
    find=nothing_further,
    agreement=agreement,
    official={
        FILES["train"]: Expected("e74e912a66720294bd6fe70e69b0cd131a0a10d7"),
        FILES["validation"]: Expected("f4fb92cc5d967b586ea5172c3da8c379ba31caf9"),
    },
    label_sets={"label": tuple(TOPICS)},
)
