from __future__ import annotations

import pickle

import datasets
import pytest

from klue_datasets import TASKS
from klue_datasets.schema import ClassLabel, List, Schema, Value

COLUMNS = {
    "text": Value("string"),
    "tags": List(ClassLabel(("B", "O"))),
    "inner": {"numbers": List(Value("int32")), "score": Value("float64"), "flag": Value("bool")},
    "turns": List({"role": Value("string"), "state": List(Value("string"))}),
}


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("name", TASKS)
def test_arrow_types_are_those_of_the_library_s_features(name: str, full: bool) -> None:
    schema = TASKS[name].full_schema if full else TASKS[name].schema
    features = TASKS[name].columns(full)
    assert isinstance(features, datasets.Features)
    assert list(features) == list(schema)
    assert schema.arrow == features.arrow_schema


def test_every_kind_of_column() -> None:
    schema = Schema(COLUMNS)
    assert schema.features == datasets.Features(
        {
            "text": datasets.Value("string"),
            "tags": datasets.List(datasets.ClassLabel(names=["B", "O"])),
            "inner": {
                "numbers": datasets.List(datasets.Value("int32")),
                "score": datasets.Value("float64"),
                "flag": datasets.Value("bool"),
            },
            "turns": datasets.List(
                {"role": datasets.Value("string"), "state": datasets.List(datasets.Value("string"))}
            ),
        }
    )
    assert schema.arrow == schema.features.arrow_schema
    assert schema.features is schema.features


def test_a_schema_pickles() -> None:
    schema = Schema(COLUMNS)
    schema.arrow  # noqa: B018 - kept by the schema from now on
    assert pickle.loads(pickle.dumps(schema)) == schema
