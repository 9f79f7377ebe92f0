"""KLUE-RE: the relation between two entities of a sentence.

Raw file: a JSON list of {guid, sentence, subject_entity {word, start_idx, end_idx, type},
object_entity {same}, label, source}; `end_idx` is the entity's last character, not one behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from .errors import show
from .identity import Expected
from .notes import Notes
from .raw.columns import Rows, struct_array
from .raw.json_rows import read_objects
from .schema import ClassLabel, Schema, Value
from .task import DatasetTask, Finding, split_files, table_of, text_columns

RELATIONS = [
    "no_relation",
    "org:dissolved",
    "org:founded",
    "org:place_of_headquarters",
    "org:alternate_names",
    "org:member_of",
    "org:members",
    "org:political/religious_affiliation",
    "org:product",
    "org:founded_by",
    "org:top_members/employees",
    "org:number_of_employees/members",
    "per:date_of_birth",
    "per:date_of_death",
    "per:place_of_birth",
    "per:place_of_death",
    "per:place_of_residence",
    "per:origin",
    "per:employee_of",
    "per:schools_attended",
    "per:alternate_names",
    "per:parents",
    "per:children",
    "per:siblings",
    "per:spouse",
    "per:other_family",
    "per:colleagues",
    "per:product",
    "per:religion",
    "per:title",
]
ENTITY_TYPES = ("PER", "ORG", "LOC", "DAT", "POH", "NOH")
FILES = split_files("klue-re", "json")
RELATION_LIST = "klue-re-v1.1/relation_list.json"

_ENTITY = {
    "word": Value("string"),
    "start_idx": Value("int32"),
    "end_idx": Value("int32"),
    "type": Value("string"),
}
SCHEMA = Schema(
    {
        "guid": Value("string"),
        "sentence": Value("string"),
        "subject_entity": _ENTITY,
        "object_entity": _ENTITY,
        "label": ClassLabel(names=RELATIONS),
        "source": Value("string"),
    }
)


def read(path: Path, *, full: bool, notes: Notes) -> Iterator[pa.Table]:
    """Read a RE file; rows whose label is null are left out and counted."""
    for batch in read_objects(path):
        rows = Rows(path, batch, notes).labelled("label")
        columns = {
            "guid": rows.texts("guid"),
            "sentence": rows.texts("sentence"),
            "subject_entity": _entity(rows.objects("subject_entity")),
            "object_entity": _entity(rows.objects("object_entity")),
            "label": rows.labels("label", RELATIONS),
            "source": rows.texts("source", optional=True),
        }
        notes.rows += len(rows)
        yield table_of(columns, SCHEMA)


def _entity(entity: Rows) -> pa.Array:
    return struct_array(
        {
            "word": entity.texts("word"),
            "start_idx": entity.integers("start_idx"),
            "end_idx": entity.integers("end_idx"),
            "type": entity.texts("type"),
        }
    )


def find(table: pa.Table, other: Mapping[str, Any]) -> Iterator[Finding]:
    """Find entities that do not stand at their place, and entity types beyond the six."""
    listed = other.get(RELATION_LIST, {"relations": RELATIONS})
    if not isinstance(listed, dict) or listed.get("relations") != RELATIONS:
        yield Finding(-1, RELATION_LIST, "other relations", "the 30 of KLUE in their order")
    sentences = table["sentence"].to_pylist()
    for role in ("subject_entity", "object_entity"):
        for row, entity in enumerate(table[role].to_pylist()):
            start, end = entity["start_idx"], entity["end_idx"]
            there = sentences[row][start : end + 1] if start >= 0 else ""
            if there != entity["word"]:
                found = f"{show(there)} at {start} to {end}"
                yield Finding(row, role, found, show(entity["word"]))
            if entity["type"] not in ENTITY_TYPES:
                expected = f"one of {', '.join(ENTITY_TYPES)}"
                yield Finding(row, f"{role}.type", show(entity["type"]), expected)


TASK = DatasetTask(
    name="re",
    title="Relation extraction",
    korean_title="관계 추출",
    schema=SCHEMA,
    full_schema=SCHEMA,
    files=FILES,
    read=read,
    num_examples={"train": 32_470, "validation": 7_765},
    about="Name the relation between the subject entity and the object entity of a sentence: one "
    "of 18 of persons, 11 of organisations, or none. `end_idx` is the position of an entity's "
    "last character.",
    korean_about="문장에 표시된 주어 개체와 목적어 개체의 관계를 고릅니다. 인물 관계 18가지, 단체 "
    "관계 11가지, 관계 없음이 있습니다. `end_idx`는 개체의 마지막 글자의 위치입니다.",
    sources=("Wikipedia", "Wikitree", "policy news"),
    unit="sentence with two entities",
    korean_unit="두 개체가 있는 문장",
    category="text-classification",
    label_column=("label",),
    texts=text_columns("sentence"),
    find=find,
    holdout_unit="sentence",
    other_files=(RELATION_LIST,),
    official={
        FILES["train"]: Expected("83b1fd41b1ea65dc29cd5bcfe1721bcdb25bd4d6", 22_316_866),
        FILES["validation"]: Expected("f3e013f47e0a5a5d234410f8cdaa1eb8d89ccce3", 5_212_646),
        RELATION_LIST: Expected("e1bd93f1a5915ec57f55152029a258e4a9239940", 870),
    },
    label_sets={"label": tuple(RELATIONS)},
)
