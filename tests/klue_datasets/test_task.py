from __future__ import annotations

import pyarrow as pa

from klue_datasets.schema import Schema, Value
from klue_datasets.task import nothing_further, split_files, table_of, text_columns


def test_split_files_follow_the_official_layout() -> None:
    assert split_files("klue-ner", "tsv") == {
        "train": "klue-ner-v1.1/klue-ner-v1.1_train.tsv",
        "validation": "klue-ner-v1.1/klue-ner-v1.1_dev.tsv",
    }


def test_table_of_takes_the_columns_and_the_order_of_the_schema() -> None:
    columns = {"c": pa.array(["x"]), "a": pa.array([1]), "b": pa.array(["y"])}
    schema = Schema({"a": Value("int64"), "c": Value("string")})
    table = table_of(columns, schema)
    assert table.to_pylist() == [{"a": 1, "c": "x"}]
    assert table.schema == schema.arrow


def test_two_text_columns_are_also_given_together() -> None:
    table = pa.table({"a": ["x", "y"], "b": ["1", "2"]})
    assert text_columns("a")(table) == {"a": ["x", "y"]}
    assert text_columns("a", "b")(table)["both"] == ["x 1", "y 2"]


def test_nothing_further_finds_nothing() -> None:
    assert list(nothing_further(pa.table({"a": [1]}), {})) == []
