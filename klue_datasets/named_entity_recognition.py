"""KLUE-NER: named entities, tagged character by character.

Raw file: blocks of `## <guid>\\t<sentence>` and a line `<character>\\t<tag>` per character, spaces
included. The sentence carries the same entities as mark-up: `<서울:LC>에서`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from .errors import show
from .identity import Expected
from .notes import Notes
from .raw.arrays import text_array
from .raw.columns import list_array, offsets_of
from .raw.tsv_blocks import Blocks, read_blocks
from .schema import ClassLabel, List, Schema, Value
from .task import DatasetTask, Finding, split_files, table_of

FILES = split_files("klue-ner", "tsv")
TYPES = ("DT", "LC", "OG", "PS", "QT", "TI")
TAGS = [f"{place}-{entity}" for entity in TYPES for place in "BI"] + ["O"]

MARK_UP = re.compile(r"<([^<>]*):(?:DT|LC|OG|PS|QT|TI)>")

CONJOINING = re.compile("[\u1100-\u11ff]")
"""Jamo that merge into syllables; a Hangul letter by itself is U+3131 to U+318E."""

SCHEMA = Schema(
    {
        "sentence": Value("string"),
        "tokens": List(Value("string")),
        "ner_tags": List(ClassLabel(names=TAGS)),
    }
)
FULL_SCHEMA = Schema({"guid": Value("string"), **SCHEMA})


def read(path: Path, *, full: bool, notes: Notes) -> Iterator[pa.Table]:
    """Read an NER file; `tokens` are characters, spaces among them."""
    for blocks in read_blocks(path):
        cells = blocks.cells(("character", "tag"))
        offsets = offsets_of(blocks.lengths())
        columns = {
            "guid": text_array(blocks.guids),
            "sentence": text_array(blocks.sentences),
            "tokens": list_array(offsets, cells["character"]),
            "ner_tags": list_array(offsets, _tag_ids(blocks, cells["tag"])),
        }
        notes.rows += len(blocks.guids)
        yield table_of(columns, FULL_SCHEMA if full else SCHEMA)


def _tag_ids(blocks: Blocks, tags: pa.Array) -> pa.Array:
    import pyarrow.compute as pc  # see `Blocks.cells`

    ids = pc.index_in(tags, text_array(TAGS))
    if ids.null_count:
        at = pc.index(pc.is_null(ids), True).as_py()
        found = f"the tag {show(tags[at].as_py())}"
        raise blocks.error(at, found, f"one of {', '.join(TAGS)}")
    return ids.cast(pa.int64())


def without_mark_up(sentence: str) -> str:
    """Drop the entity mark-up of a sentence.

    Example:
        >>> without_mark_up("<서울:LC>에서 <1시:TI>에 <만나:")
        '서울에서 1시에 <만나:'
    """
    return MARK_UP.sub(r"\1", sentence)


def find(table: pa.Table, other: Mapping[str, Any]) -> Iterator[Finding]:
    """Find tokens of more than one character, I tags without a B, and mark-up that disagrees.

    Conjoining jamo, which version 1.1 has in place of letters like those of ㅋㅋ, are a remark.
    """
    sentences = table["sentence"].to_pylist()
    token_lists = table["tokens"].to_pylist()
    for row, tags in enumerate(table["ner_tags"].to_pylist()):
        tokens = token_lists[row]
        for at, token in enumerate(tokens):
            if len(token) != 1:
                yield Finding(row, f"tokens[{at}]", show(token), "one character")
        before = "O"
        for at, tag in enumerate(TAGS[i] for i in tags):
            if tag[0] == "I" and before[2:] != tag[2:]:
                yield Finding(row, f"ner_tags[{at}]", f"{tag} after {before}", f"B{tag[1:]} first")
            before = tag
        jamo = "".join(token for token in tokens if CONJOINING.fullmatch(token))
        if jamo:
            yield Finding(row, "tokens", f"conjoining jamo {jamo!a}", "letters", broken=False)
        if without_mark_up(sentences[row]) != "".join(tokens):
            yield Finding(row, "sentence", show(sentences[row]), "the tokens with mark-up")


def texts(table: pa.Table) -> dict[str, list[str]]:
    """Return the sentences without mark-up."""
    return {"sentence": list(map(without_mark_up, table["sentence"].to_pylist()))}


TASK = DatasetTask(
    name="ner",
    title="Named entity recognition",
    korean_title="개체명 인식",
    schema=SCHEMA,
    full_schema=FULL_SCHEMA,
    files=FILES,
    read=read,
    num_examples={"train": 21_008, "validation": 5_000},
    about="Find the persons (PS), locations (LC), organisations (OG), dates (DT), times (TI) and "
    "quantities (QT) of a sentence. Every character has a tag in the BIO scheme; spaces are "
    "characters too and carry an I tag inside an entity.",
    korean_about="문장에서 인물(PS), 장소(LC), 기관(OG), 날짜(DT), 시간(TI), 수량(QT)을 찾습니다. "
    "음절마다 BIO 태그가 하나씩 있으며, 공백도 하나의 음절로 세어 개체명 안에서는 I 태그를 "
    "받습니다.",
    sources=("Wikitree", "NSMC"),
    unit="sentence",
    korean_unit="문장",
    category="token-classification",
    label_column=("ner_tags",),
    texts=texts,
    find=find,
    official={
        FILES["train"]: Expected("b4f5d7dba85bb04d9dd72c7491bd62568af55cf1"),
        FILES["validation"]: Expected("3ed843a2e62d536fc2e2dbcc0f304ee346dda62e", 2_635_045),
    },
    label_sets={"ner_tags": tuple(TAGS)},
)
