from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
from pathlib import Path

import datasets
import pytest

from klue_datasets import TASKS, DataError, Klue, load
from klue_datasets.builder import code_digest
from klue_datasets.sources import SAMPLE, VARIABLE


def edit(folder: Path, task: str, split: str, **fields: object) -> None:
    """Change fields of the first row of a task's JSON file."""
    path = folder / TASKS[task].files[split]
    rows = json.loads(path.read_text(encoding="utf-8"))
    rows[0].update(fields)
    path.write_text(json.dumps(rows), encoding="utf-8")


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("full", [False, True])
def test_every_task_loads_and_streams_alike(name: str, full: bool) -> None:
    rows = load(name, "train", sample=True, full=full)
    assert rows.features == TASKS[name].columns(full)
    assert len(rows) >= 24
    streamed = Klue(config_name=name, sample=True, full=full).as_streaming_dataset("train")
    assert list(streamed) == rows.to_list()


def test_info_of_the_builder() -> None:
    info = Klue(config_name="re", sample=True).info
    assert str(info.version) == "1.1.0"
    assert info.dataset_name == "klue"
    assert "park2021klue" in info.citation
    assert str(Klue(config_name="re", sample=True, errata=True).info.version) == "1.1.1"


def test_the_configurations_are_the_tasks() -> None:
    assert list(Klue.builder_configs) == list(TASKS)
    with pytest.raises(DataError, match="found 'squad', expected one of ynat"):
        Klue(config_name="squad", sample=True)


def test_a_changed_file_is_read_again(raw: Path) -> None:
    first = load("ynat", "train", data_dir=raw)
    edit(raw, "ynat", "train", title="새 제목")
    second = load("ynat", "train", data_dir=raw)
    assert first[0]["title"] != second[0]["title"] == "새 제목"


def test_the_same_content_elsewhere_is_not_read_again(raw: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(raw, tmp_path / "copy"))
    one, other = (Klue(config_name="sts", data_dir=folder) for folder in (raw, copy))
    assert one.cache_dir == other.cache_dir
    assert one.cache_dir != Klue(config_name="sts", data_dir=raw, full=True).cache_dir
    assert one.cache_dir != Klue(config_name="sts", data_dir=raw, errata=True).cache_dir
    assert one.cache_dir == Klue(config_name="sts", data_dir=raw, full=False).cache_dir


def test_code_digest_is_of_this_code() -> None:
    assert code_digest() == code_digest()
    assert len(code_digest()) == 64


def test_a_broken_file_gives_its_own_error_and_no_cache(raw: Path) -> None:
    edit(raw, "ynat", "validation", label="날씨")
    for _ in range(2):
        with pytest.raises(DataError, match=r"ynat-v1.1_dev.json: .*: label: found '날씨'"):
            load("ynat", "validation", data_dir=raw)
    of_dev = Klue(config_name="ynat", data_dir=raw, splits=["validation"])
    assert not Path(of_dev.cache_dir).exists()


def test_what_is_wrong_with_one_split_is_no_matter_to_the_other(raw: Path) -> None:
    edit(raw, "ynat", "validation", label="날씨")
    assert (
        load("ynat", "train", data_dir=raw).to_list()
        == load("ynat", "train", sample=True).to_list()
    )
    with pytest.raises(DataError, match="found '날씨'"):
        Klue(config_name="ynat", data_dir=raw).download_and_prepare()


def test_each_set_of_splits_has_its_cache(raw: Path) -> None:
    one = Klue(config_name="sts", data_dir=raw, splits=["validation"])
    both = Klue(config_name="sts", data_dir=raw)
    assert one.cache_dir != both.cache_dir
    assert (
        both.cache_dir
        == Klue(config_name="sts", data_dir=raw, splits=list(both.task.files)).cache_dir
    )
    for split in ("validation", "train"):
        load("sts", split, data_dir=raw)
    both.download_and_prepare()
    assert list(both.as_dataset()) == ["train", "validation"]
    one.download_and_prepare()
    assert list(one.as_dataset()) == ["validation"]
    assert one.as_dataset("validation").to_list() == both.as_dataset("validation").to_list()


def test_slices_of_one_or_of_both_splits() -> None:
    dev, train = (load("nli", split, sample=True).to_list() for split in ("validation", "train"))
    assert load("nli", "validation[:50%]", sample=True).to_list() == dev[: round(len(dev) / 2)]
    assert load("nli", "validation[-3:]+train[:2]", sample=True).to_list() == dev[-3:] + train[:2]
    assert load("nli", "train+validation", sample=True).to_list() == train + dev
    for wrong in ("validation[:x]", "validation[80%", "test[:3]", "train+test", ""):
        with pytest.raises(DataError, match="split: found"):
            load("nli", wrong, sample=True)


def test_null_labels_are_told_each_time(raw: Path, caplog: pytest.LogCaptureFixture) -> None:
    size = len(load("ynat", "train", data_dir=raw))
    edit(raw, "ynat", "train", label=None)
    for _ in range(2):
        caplog.clear()
        with caplog.at_level(logging.WARNING, logger="klue_datasets"):
            assert len(load("ynat", "train", data_dir=raw)) == size - 1
        assert [record.message for record in caplog.records] == [
            "ynat-v1.1_train.json: dropped 1 row without a label: ynat-v1_train_00000"
        ]
        caplog.clear()
        load("ynat", "validation", data_dir=raw)
        assert not caplog.records


def test_warnings_reach_stderr_by_themselves(raw: Path, tmp_path: Path) -> None:
    edit(raw, "ynat", "train", label=None)
    code = f"import klue_datasets; klue_datasets.load('ynat', 'train', data_dir={str(raw)!r})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "PATH": "", "PYTHONPATH": "."},
        cwd=SAMPLE.parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "ynat-v1.1_train.json: dropped 1 row without a label: ynat-v1_train_00000"
    ]


def test_a_missing_split_is_named(raw: Path) -> None:
    (raw / TASKS["nli"].files["train"]).unlink()
    assert len(load("nli", "validation", data_dir=raw)) > 0
    with pytest.raises(DataError, match=rf"{raw}: found no such file, expected klue-nli"):
        load("nli", "train", data_dir=raw)


def test_environment_variable(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(raw))
    edit(raw, "ynat", "train", title="여기")
    assert load("ynat", "train")[0]["title"] == "여기"


def test_progress_bars_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    datasets.enable_progress_bars()
    load("sts", "train", sample=True)
    assert not datasets.utils.are_progress_bars_disabled()


def test_notes_of_a_split(raw: Path) -> None:
    edit(raw, "ynat", "train", label=None)
    builder = Klue(config_name="ynat", data_dir=raw)
    builder.download_and_prepare()
    assert builder.notes_of("train").unlabelled == ["ynat-v1_train_00000"]
    assert builder.notes_of("validation").unlabelled == []
