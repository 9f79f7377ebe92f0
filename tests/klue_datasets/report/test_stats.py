from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_datasets import TASKS, DataError, load
from klue_datasets.report.stats import _lengths, normalised, stats


def test_sizes_and_labels_of_the_sample() -> None:
    for of_task in stats(sample=True):
        assert of_task.source == "sample"
        for split, of_split in of_task.splits.items():
            assert of_split.rows == len(load(of_task.task, split, sample=True))
        assert list(of_task.splits) == ["train", "validation"]
        assert of_task.overlap
    [ynat] = stats(["ynat"], sample=True)
    labels = load("ynat", "train", sample=True)["label"]
    names = TASKS["ynat"].features["label"].names
    assert ynat.splits["train"].labels == {n: labels.count(i) for i, n in enumerate(names)}


@given(st.lists(st.integers(0, 500), min_size=1, max_size=60))
def test_histograms_hold_every_text_in_bars_of_whole_numbers(values: list[int]) -> None:
    lengths = _lengths("x", "characters", values)
    assert sum(lengths.bars) == lengths.count == len(values)
    assert len(lengths.edges) == len(lengths.bars) + 1
    assert lengths.edges[0] == min(values)
    assert lengths.edges[-1] > max(values)
    assert {b - a for a, b in zip(lengths.edges, lengths.edges[1:], strict=False)} == {
        lengths.edges[1] - lengths.edges[0]
    }
    assert lengths.longest == max(values)
    assert lengths.low <= lengths.median <= lengths.high


def test_overlap_and_repetition(raw: Path) -> None:
    path = raw / TASKS["ynat"].files["train"]
    train = json.loads(path.read_text(encoding="utf-8"))
    validation = json.loads((raw / TASKS["ynat"].files["validation"]).read_text(encoding="utf-8"))
    train[0]["title"] = validation[0]["title"]
    train[1]["title"] = f"{validation[1]['title']} !?"
    train[2]["title"] = train[3]["title"]
    path.write_text(json.dumps(train), encoding="utf-8")
    [of_task] = stats(["ynat"], data_dir=raw)
    [overlap] = of_task.overlap
    assert (overlap.exact, overlap.normalised) == (1, 2)
    assert of_task.splits["train"].repeated == {"title": 1}


def test_one_split_has_no_overlap(raw: Path) -> None:
    (raw / TASKS["dp"].files["train"]).unlink()
    [of_task] = stats(["dp"], data_dir=raw)
    assert of_task.overlap == []
    assert list(of_task.splits) == ["validation"]


def test_named_entities_are_measured_without_mark_up() -> None:
    [of_task] = stats(["ner"], sample=True)
    lengths = of_task.splits["train"].lengths[0]
    assert lengths.longest == max(map(len, load("ner", "train", sample=True)["tokens"]))


def test_plain_json() -> None:
    for of_task in stats(["sts", "wos"], sample=True):
        assert json.loads(json.dumps(of_task.to_json()))["task"] == of_task.task


def test_normalised() -> None:
    assert normalised("㎝ ＡＢ-C_d.") == "cmabcd"
    assert normalised("가 나") == normalised("가나") != normalised("가다")


def test_no_data_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        list(stats(data_dir=tmp_path))


def test_real_files(data_dir: list[Path]) -> None:
    [sts] = stats(["sts"], data_dir=data_dir)
    [alpha] = sts.splits["validation"].agreement.values()
    assert round(alpha, 3) == 0.748
    [nli] = stats(["nli"], data_dir=data_dir)
    assert nli.splits["train"].repeated["both"] == 2
    [ner] = stats(["ner"], data_dir=data_dir)
    assert ner.splits["validation"].lengths[0].longest == 145
