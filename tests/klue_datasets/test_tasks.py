from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from datasets import ClassLabel, Features

from klue_datasets import TASKS, DataError
from klue_datasets.tasks import task_named


def test_the_paper_s_order() -> None:
    assert list(TASKS) == ["ynat", "sts", "nli", "ner", "re", "dp", "mrc", "wos"]
    assert all(task.name == name for name, task in TASKS.items())


def test_features_equal_the_hub_s(shared: Path) -> None:
    path = shared / "klue_reference" / "hf_dataset_infos.json"
    infos = json.loads(path.read_text(encoding="utf-8"))
    for name, task in TASKS.items():
        hub = Features.from_dict(infos[name]["features"])
        assert task.features == hub
        assert list(task.features) == list(hub)
        assert task.features.arrow_schema == hub.arrow_schema
        sizes = {split: info["num_examples"] for split, info in infos[name]["splits"].items()}
        assert task.num_examples == sizes


def test_class_orders_are_written_down_once() -> None:
    label = TASKS["nli"].features["label"]
    assert isinstance(label, ClassLabel)
    assert label.names == ["entailment", "neutral", "contradiction"]


@pytest.mark.parametrize("name", TASKS)
def test_full_features_contain_the_default_ones_and_a_guid(name: str) -> None:
    task = TASKS[name]
    for column, feature in task.features.items():
        assert task.full_features[column] == feature
    assert "guid" in task.full_features
    assert task.columns(True) is task.full_features
    assert task.columns(False) is task.features


def test_tasks_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        TASKS["dp"].name = "x"  # type: ignore[misc]


def test_an_unknown_task_is_named_with_those_there_are() -> None:
    with pytest.raises(DataError, match="task: found 'squad', expected one of ynat, sts"):
        task_named("squad")
