"""Duplicates on disk: the documents that stay are those that stay in memory, one after another."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from datatrove.data import Document
from datatrove.pipeline.dedup.minhash import MinhashDedupFilter

from klue_common.errors import InputError
from klue_pretraining.benchmark_texts import benchmark_texts
from klue_pretraining.near_duplicates import FirstStays, Meetings, Shingles, Signs, near_config
from klue_text.duplicates import BANDS, NearDuplicates, skeleton

TASKS = 3


def varied() -> list[str]:
    """Texts, and versions of them of all similarities, some of which are near to two others."""
    rng = random.Random(0)
    texts = [text for text in benchmark_texts(["train"], sample=True) if len(text) > 30][:60]
    words = " ".join(texts).split()
    found = []
    for text in texts:
        for share in (0.0, 0.01, 0.03, 0.05, 0.1):
            version = [rng.choice(words) if rng.random() < share else word for word in text.split()]
            found.append(" ".join(version))
    rng.shuffle(found)
    return found


def on_disk(folder: Path, texts: list[str], parts: int) -> list[str]:
    """What stays by the pipelines' steps, with several tasks, in several parts of the hashes."""
    config = near_config(seed=0)
    signs, meetings, found = (str(folder / name) for name in ("signs", "meetings", "found"))
    each = -(-len(texts) // TASKS)
    documents = [Document(text, text, metadata={"letters": skeleton(text)}) for text in texts]
    shards = [documents[each * task : each * (task + 1)] for task in range(TASKS)]
    for task, shard in enumerate(shards):
        assert list(Shingles(signs, config).run(iter(shard), task, TASKS)) == shard
    for task in range(BANDS * parts):
        Meetings(signs, meetings, config=config).run(None, task, BANDS * parts)
    FirstStays(signs, str(folder / "exact"), meetings, found, config).run(None, 0, 1)
    return [
        document.text
        for task, shard in enumerate(shards)
        for document in MinhashDedupFilter(found).run(iter(shard), task, TASKS)
    ]


def test_those_stay_that_stay_in_memory(tmp_path: Path) -> None:
    texts = varied()
    index = NearDuplicates(seed=0)
    expected = [text for text in texts if index.add(skeleton(text))]
    assert 20 < len(expected) < len(texts) - 20
    assert on_disk(tmp_path / "1", texts, 1) == expected
    assert on_disk(tmp_path / "3", texts, 3) == expected


def test_no_duplicates_and_no_documents(tmp_path: Path) -> None:
    assert on_disk(tmp_path, ["하나뿐인 글이 여기에 있다"], 1) == ["하나뿐인 글이 여기에 있다"]


def test_signatures_that_were_cut_are_named(tmp_path: Path) -> None:
    document = Document("", "0", metadata={"letters": "글" * 9})
    list(Shingles(str(tmp_path), near_config(0)).run(iter([document])))
    with Signs(str(tmp_path)) as signs, pytest.raises(InputError, match="found too few signatures"):
        assert len(signs.of(0)) == 128
        signs.of(1)
