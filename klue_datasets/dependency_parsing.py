"""KLUE-DP: dependency trees over eojeol (the words between spaces).

Raw file: blocks of `## <guid>\\t<sentence>` and a line of six cells per eojeol: INDEX from 1,
WORD_FORM, LEMMA (morphemes, separated by spaces), POS (Sejong tags, joined by +), HEAD (an index,
0 for the root), DEPREL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from .errors import show
from .identity import Expected
from .notes import Notes
from .raw.arrays import text_array
from .raw.columns import list_array, offsets_of
from .raw.tsv_blocks import Blocks, read_blocks
from .schema import List, Schema, Value
from .task import DatasetTask, Finding, split_files, table_of, text_columns

FILES = split_files("klue-dp", "tsv")
COLUMNS = ("index", "word_form", "lemma", "pos", "head", "deprel")

# fmt: off
DEPRELS = [
    "NP", "NP_AJT", "VP", "NP_SBJ", "VP_MOD", "NP_OBJ", "AP", "NP_CNJ", "NP_MOD", "VNP", "DP",
    "VP_AJT", "VNP_MOD", "NP_CMP", "VP_SBJ", "VP_CMP", "VP_OBJ", "VNP_CMP", "AP_MOD", "X_AJT",
    "VP_CNJ", "VNP_AJT", "IP", "X", "X_SBJ", "VNP_OBJ", "VNP_SBJ", "X_OBJ", "AP_AJT", "L", "X_MOD",
    "X_CNJ", "VNP_CNJ", "X_CMP", "AP_CMP", "AP_SBJ", "R", "NP_SVJ",
]
"""The 38 relations in the order of the original code's ids."""

POS_TAGS = [
    "NNG", "NNP", "NNB", "NP", "NR", "VV", "VA", "VX", "VCP", "VCN", "MMA", "MMD", "MMN", "MAG",
    "MAJ", "JC", "IC", "JKS", "JKC", "JKG", "JKO", "JKB", "JKV", "JKQ", "JX", "EP", "EF", "EC",
    "ETN", "ETM", "XPN", "XSN", "XSV", "XSA", "XR", "SF", "SP", "SS", "SE", "SO", "SL", "SH", "SW",
    "SN", "NA",
]
"""The 45 part-of-speech tags of the Sejong scheme, as KLUE has it."""
# fmt: on

SCHEMA = Schema(
    {
        "sentence": Value("string"),
        "index": List(Value("int32")),
        "word_form": List(Value("string")),
        "lemma": List(Value("string")),
        "pos": List(Value("string")),
        "head": List(Value("int32")),
        "deprel": List(Value("string")),
    }
)
FULL_SCHEMA = Schema({"guid": Value("string"), **SCHEMA})


def read(path: Path, *, full: bool, notes: Notes) -> Iterator[pa.Table]:
    """Read a DP file; heads and indices are checked to fit their sentence."""
    for blocks in read_blocks(path):
        cells = blocks.cells(COLUMNS)
        lengths = blocks.lengths()
        offsets = offsets_of(lengths)
        columns = {
            "guid": text_array(blocks.guids),
            "sentence": text_array(blocks.sentences),
            "index": list_array(offsets, _indices(blocks, lengths, cells["index"])),
            "head": list_array(offsets, _heads(blocks, lengths, cells["head"])),
            "deprel": list_array(offsets, _deprels(blocks, cells["deprel"])),
        }
        for name in ("word_form", "lemma", "pos"):
            columns[name] = list_array(offsets, cells[name])
        notes.rows += len(blocks.guids)
        yield table_of(columns, FULL_SCHEMA if full else SCHEMA)


def _indices(blocks: Blocks, lengths: Sequence[int], cells: pa.Array) -> pa.Array:
    counted = np.concatenate([np.arange(1, length + 1) for length in lengths])
    numbers = _numbers(blocks, cells, "INDEX")
    # Not `to_numpy`, which imports pandas.
    if (wrong := np.flatnonzero(np.from_dlpack(numbers) != counted)).size:
        at = int(wrong[0])
        raise blocks.error(at, f"INDEX {cells[at]}", f"{counted[at]}")
    return numbers


def _heads(blocks: Blocks, lengths: Sequence[int], cells: pa.Array) -> pa.Array:
    highest = np.repeat(lengths, lengths)
    numbers = _numbers(blocks, cells, "HEAD")
    heads = np.from_dlpack(numbers)
    if (wrong := np.flatnonzero((heads < 0) | (heads > highest))).size:
        at = int(wrong[0])
        raise blocks.error(at, f"HEAD {cells[at]}", f"0 to {highest[at]}")
    return numbers


def _numbers(blocks: Blocks, cells: pa.Array, column: str) -> pa.Array:
    import pyarrow.compute as pc  # see `Blocks.cells`

    plain = pc.match_substring_regex(cells, r"^\d{1,9}$")
    if (at := _first_false(plain)) is not None:
        raise blocks.error(at, f"{column} {show(cells[at].as_py())}", "a whole number")
    return cells.cast(pa.int32())


def _deprels(blocks: Blocks, cells: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    known = pc.is_in(cells, text_array(DEPRELS))
    if (at := _first_false(known)) is not None:
        expected = f"one of {', '.join(DEPRELS)}"
        raise blocks.error(at, f"DEPREL {show(cells[at].as_py())}", expected)
    return cells


def _first_false(mask: pa.Array) -> int | None:
    # Not Arrow's `index`, which imports pandas to look at what it searches for.
    found = mask.to_pylist()
    return found.index(False) if False in found else None


def find(table: pa.Table, other: Mapping[str, Any]) -> Iterator[Finding]:
    """Find sentences that are no tree; remark on words unlike the sentence and odd tags."""
    sentences = table["sentence"].to_pylist()
    words = table["word_form"].to_pylist()
    lemmas = table["lemma"].to_pylist()
    tags = table["pos"].to_pylist()
    for row, heads in enumerate(table["head"].to_pylist()):
        if heads.count(0) != 1:
            yield Finding(row, "head", f"{heads.count(0)} roots", "one")
        elif looping := words_in_a_loop(heads):
            yield Finding(row, "head", f"a loop through word {looping[0]}", "a tree")
        for at, (word, there) in enumerate(
            zip_longest(words[row], sentences[row].split(" "), fillvalue="")
        ):
            if word != there:
                expected = f"{show(there)} as in the sentence"
                yield Finding(row, f"word_form[{at}]", show(word), expected, broken=False)
        for at, (lemma, pos) in enumerate(zip(lemmas[row], tags[row], strict=True)):
            if lemma.count(" ") != pos.count("+"):
                expected = f"as many morphemes as {pos} has tags"
                yield Finding(row, f"lemma[{at}]", show(lemma), expected, broken=False)
        unknown = {tag for tag in "+".join(tags[row]).split("+") if tag not in POS_TAGS}
        if unknown:
            found = ", ".join(sorted(map(show, unknown)))
            yield Finding(row, "pos", found, "the 45 Sejong tags", broken=False)


def words_in_a_loop(heads: Sequence[int]) -> list[int]:
    """List the words, counted from 1, from which the root cannot be reached.

    Example:
        >>> words_in_a_loop([2, 0]), words_in_a_loop([2, 1, 0])
        ([], [1, 2])
    """
    reached = {0}
    for word in range(1, len(heads) + 1):
        path = []
        while word not in reached and word not in path:
            path.append(word)
            word = heads[word - 1]
        if word in reached:
            reached.update(path)
    return [word for word in range(1, len(heads) + 1) if word not in reached]


TASK = DatasetTask(
    name="dp",
    title="Dependency parsing",
    korean_title="의존 구문 분석",
    schema=SCHEMA,
    full_schema=FULL_SCHEMA,
    files=FILES,
    read=read,
    num_examples={"train": 10_000, "validation": 2_000},
    about="Find for each eojeol of a sentence the eojeol that it depends on (`head`, counted from "
    "1, 0 for the root) and the relation between them (`deprel`, 38 of them). Morphemes (`lemma`) "
    "and their Sejong tags (`pos`) are given.",
    korean_about="문장의 어절마다 지배소(`head`, 1부터 세며 뿌리는 0)와 그 의존 관계(`deprel`, "
    "38가지)를 찾습니다. 형태소(`lemma`)와 세종 품사(`pos`)가 주어집니다.",
    sources=("Wikitree", "Airbnb reviews"),
    unit="sentence",
    korean_unit="문장",
    category="token-classification",
    label_column=("deprel",),
    texts=text_columns("sentence"),
    find=find,
    official={
        FILES["train"]: Expected("279c0b4de1e1341036b0147701d7e11ee79860e7"),
        FILES["validation"]: Expected("ecd421f75cb1343c30e7482ce7cdc730f5d4cd12", 1_225_266),
    },
    label_sets={"deprel": tuple(DEPRELS), "pos": tuple(POS_TAGS)},
)
