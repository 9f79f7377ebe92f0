from __future__ import annotations

from pathlib import Path

import datasets
import datasets.load
import pytest

from klue_datasets import TASKS, load, register


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_load_dataset_works_from_an_empty_folder(elsewhere: Path) -> None:
    register()
    rows = datasets.load_dataset("klue", "ynat", sample=True)
    assert rows["train"].to_list() == load("ynat", "train", sample=True).to_list()
    assert datasets.get_dataset_config_names("klue") == list(TASKS)
    assert list(elsewhere.iterdir()) == []


def test_arguments_go_through(elsewhere: Path, raw: Path) -> None:
    register()
    rows = datasets.load_dataset("klue", "ner", split="train", full=True, data_dir=str(raw))
    assert rows.column_names[0] == "guid"
    streamed = datasets.load_dataset("klue", "ner", split="train", streaming=True, sample=True)
    assert next(iter(streamed)) == load("ner", "train", sample=True)[0]


def test_registering_twice_changes_nothing(elsewhere: Path) -> None:
    register()
    factory = datasets.load.PackagedDatasetModuleFactory
    register()
    assert datasets.load.PackagedDatasetModuleFactory is factory


def test_other_builders_work_as_before(elsewhere: Path) -> None:
    register()
    (elsewhere / "a.json").write_text('[{"a": 1}]')
    rows = datasets.load_dataset("json", data_files="a.json", split="train")
    assert rows.to_list() == [{"a": 1}]


@pytest.mark.parametrize("name", ["_PACKAGED_DATASETS_MODULES", "PackagedDatasetModuleFactory"])
def test_a_release_without_the_table_is_a_clear_error(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delattr(datasets.load, name)
    with pytest.raises(RuntimeError, match="has moved its table of packaged builders"):
        register()
