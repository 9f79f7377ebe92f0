"""Sentences of any length, parsed in parts where they are too long, joined to one tree."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from klue_baselines.dependency_parsing import (
    FALLBACK_DEPREL,
    Parses,
    encode,
    joined,
    perfect,
    sentence_parts,
    word_borders,
)
from klue_baselines.encoding.encoder import TextEncoder, open_tokenizer, text_encoder
from klue_baselines.heads.dependency_trees import is_tree
from klue_baselines.pipeline import KluePipeline
from klue_baselines.task import Answers, Record
from klue_baselines.tasks import BASELINES
from klue_datasets import load

LABELS = BASELINES["dp"].labels
CONFIG: Any = SimpleNamespace(
    pos=[],
    id2label=dict(enumerate(LABELS)),
    label2id={name: at for at, name in enumerate(LABELS)},
)
words = st.sampled_from(["세종은", "한글을", "만들었다.", "뷁", "\ufffd", "가" * 40, "\u200b"])


@st.composite
def trees(draw: st.DrawFn, head_final: bool) -> list[int]:
    """The heads of a tree, counted from 1; 0 is the root's."""
    size = draw(st.integers(1, 8))
    if head_final:
        return [draw(st.integers(at + 1, size)) for at in range(1, size)] + [0]
    order = draw(st.permutations(range(1, size + 1)))
    heads = [0] * size
    for at in range(1, size):
        heads[order[at] - 1] = order[draw(st.integers(0, at - 1))]
    return heads


@given(st.lists(trees(head_final=False), min_size=1, max_size=5))
def test_of_trees_becomes_one_tree(parts: list[list[int]]) -> None:
    assert is_tree(np.array(joined(parts)))


@given(st.lists(trees(head_final=True), min_size=1, max_size=5))
def test_of_head_final_trees_becomes_a_head_final_one(parts: list[list[int]]) -> None:
    heads = joined(parts)
    assert is_tree(np.array(heads)) and heads[-1] == 0
    assert all(head > word for word, head in enumerate(heads[:-1], start=1))


@given(st.lists(trees(head_final=False), min_size=2, max_size=5))
def test_arcs_inside_a_part_stay(parts: list[list[int]]) -> None:
    heads = joined(parts)
    for part, start in zip(parts, accumulate(map(len, parts), initial=0), strict=False):
        for word, head in enumerate(part):
            assert not head or heads[start + word] == head + start


@pytest.mark.parametrize("decoding", ["tree", "head-final tree"])
@settings(max_examples=15)
@given(st.lists(words, min_size=1, max_size=300))
def test_sentences_of_any_length_are_one_tree(
    pipelines: dict[str, KluePipeline], decoding: str, sentence: list[str]
) -> None:
    pipeline = pipelines["dp"]
    pipeline.model.config.klue_decoding = decoding
    example = {"guid": "", "word_form": sentence, "pos": [""] * len(sentence)}
    [record] = pipeline.batch([example])
    assert len(record["head"]) == len(record["deprel"]) == len(sentence)
    assert is_tree(np.array(record["head"]))
    if decoding == "head-final tree":
        assert all(head > word for word, head in enumerate(record["head"][:-1], start=1))


def test_a_long_sentence_is_said_to_be_parsed_in_parts(
    pipelines: dict[str, KluePipeline], capsys: pytest.CaptureFixture[str]
) -> None:
    pipelines["dp"]("나는 " * 600)
    assert "dp: 1 of 1 sentences are longer than the 128 tokens" in capsys.readouterr().err
    pipelines["dp"]("나는 간다")
    assert capsys.readouterr().err == ""


@given(st.lists(words, min_size=1, max_size=80), st.integers(3, 30))
def test_parts_are_whole_and_fit(tiny_encoder: Path, sentence: list[str], longest: int) -> None:
    encoder = TextEncoder(open_tokenizer(str(tiny_encoder)), longest, False)
    parts = sentence_parts(sentence, encoder)
    assert [start for start, *_ in parts] == [0, *accumulate(size for _, size, *_ in parts[:-1])]
    assert sum(size for _, size, *_ in parts) == len(sentence)
    assert all(size and 2 <= len(ids) <= longest for _, size, ids, _ in parts)
    whole = encoder.tokenizer(sentence, is_split_into_words=True, add_special_tokens=False)
    if longest > 2 + np.bincount(list(whole.word_ids()), minlength=1).max():  # no word is cut
        assert [token for *_, ids, _ in parts for token in ids[1:-1]] == whole["input_ids"]


def test_words_without_tokens_have_a_place() -> None:
    assert word_borders([None, 0, 0, None], 3) == ([1, 2, 2], [2, 2, 2])
    assert word_borders([None, 1, None], 2) == ([1, 1], [1, 1])
    assert word_borders([None, None], 2) == ([1, 1], [1, 1])


def parts_and_gold(rows: list[Record], encoder: TextEncoder) -> tuple[list[Record], list[Record]]:
    """The rows that a model learns from, and the records of one that has learned them."""
    columns = encode({name: [row[name] for row in rows] for name in rows[0]}, encoder, CONFIG, True)
    features = [
        {name: values[at] for name, values in columns.items()}
        for at in range(len(columns["example"]))
    ]
    answers = Answers(rows, features, [perfect(row, CONFIG) for row in features], encoder, CONFIG)
    return features, Parses("plain")(answers)


@pytest.mark.parametrize("heads", [[2, 4, 4, 5, 6, 8, 8, 0], [0, 1, 2, 3, 4, 5, 6, 7]])
def test_gold_heads_are_learned_within_their_part(tiny_encoder: Path, heads: list[int]) -> None:
    encoder = TextEncoder(open_tokenizer(str(tiny_encoder)), 8, False)
    row = {
        "guid": "a",
        "word_form": ["세종은"] * 8,
        "pos": ["NNP+JX"] * 8,
        "head": heads,
        "deprel": ["NP_SBJ"] * 7 + ["VP"],
    }
    sizes = [size for _, size, *_ in sentence_parts(row["word_form"], encoder)]
    features, [record] = parts_and_gold([row], encoder)
    assert len(sizes) > 1 and [feature["words"] for feature in features] == sizes
    start = 0
    for feature in features:
        size = feature["words"]
        for at, head in enumerate(feature["heads"]):
            gold = row["head"][start + at]
            inside = gold == 0 or start < gold <= start + size
            assert head == ((gold and gold - start) if inside else -100)
            assert (feature["labels"][at] >= 0) == inside
        start += size
    assert is_tree(np.array(record["head"]))
    assert set(record["deprel"]) <= {"NP_SBJ", "VP", FALLBACK_DEPREL}


def test_official_sentences_cut_short_stay_trees(tiny_encoder: Path, data_dir: list[Path]) -> None:
    encoder = TextEncoder(open_tokenizer(str(tiny_encoder)), 32, False)
    rows = load("dp", "validation", full=True).select(range(300)).to_list()
    features, records = parts_and_gold(rows, encoder)
    assert len(features) > len(rows)
    right = total = 0
    for row, record in zip(rows, records, strict=True):
        assert is_tree(np.array(record["head"]))
        right += np.equal(row["head"], record["head"]).sum()
        total += len(row["head"])
    assert right / total > 0.9  # of the heads that a cut takes away, most are the next word


def test_a_sentence_without_tags_has_the_analyser_s(pipelines: dict[str, KluePipeline]) -> None:
    pytest.importorskip("kiwipiepy", reason="kiwipiepy is not installed")
    found = ["NNG+JKS", "VV+EF+SF"]
    parser = pipelines["dp"]
    record = parser("비가 온다.")
    assert record["pos"] == found
    given = parser("비가 온다.", pos=found)
    assert given == {name: record[name] for name in ("head", "deprel")}
    assert parser("비가 온다.", pos=[]) == record
    long = parser("비가 온다. " * 300)
    assert len(long["pos"]) == len(long["head"]) == 600


def test_empty_tags_are_given_ones(pipelines: dict[str, KluePipeline]) -> None:
    assert "pos" not in pipelines["dp"]("비가 온다.", pos=["", ""])


def test_an_untagged_parser_reads_words_alone(tiny_encoder: Path) -> None:
    torch.manual_seed(0)
    task = BASELINES["dp"]
    model = task.build(str(tiny_encoder), labels=task.labels, head="untagged")
    assert model.config.pos == [] and model.pos is None
    tokenizer = open_tokenizer(str(tiny_encoder))
    parser = KluePipeline(task, model, text_encoder(model, tokenizer, 128))
    record = parser("비가 온다.")
    assert record.keys() == {"head", "deprel"}
    assert parser("비가 온다.", pos=["NNG+JKS", "VV+EF+SF"]) == record
