from __future__ import annotations

from collections import Counter

import pyarrow as pa
from datasets import ClassLabel, Features, List, Value

from klue_datasets.report.counts import class_names, count_labels, flat_column, in_order

FEATURES = Features(
    {
        "tags": List(ClassLabel(names=["B", "O"])),
        "labels": {"x": ClassLabel(names=["no", "yes"]), "y": Value("string")},
        "words": List(Value("string")),
    }
)
TABLE = pa.Table.from_pylist(
    [
        {"tags": [0, 1], "labels": {"x": 1, "y": "a"}, "words": ["a", "b"]},
        {"tags": [1], "labels": {"x": None, "y": "b"}, "words": ["a"]},
    ],
    schema=FEATURES.arrow_schema,
)


def test_counts_through_lists_and_objects() -> None:
    assert count_labels(TABLE, FEATURES, ["tags"]) == Counter(O=2, B=1)
    assert count_labels(TABLE, FEATURES, ["labels", "x"]) == Counter(yes=1)
    assert count_labels(TABLE, FEATURES, ["words"]) == Counter(a=2, b=1)


def test_counts_over_chunks() -> None:
    both = pa.concat_tables([TABLE, TABLE])
    assert count_labels(both, FEATURES, ["tags"]) == Counter(O=4, B=2)
    assert flat_column(both, ["tags"]).to_pylist() == [0, 1, 1, 0, 1, 1]


def test_class_names() -> None:
    assert class_names(FEATURES, ["tags"]) == ["B", "O"]
    assert class_names(FEATURES, ["labels", "x"]) == ["no", "yes"]
    assert class_names(FEATURES, ["words"]) is None


def test_order_is_that_of_the_classes_or_of_frequency() -> None:
    assert list(in_order(Counter(b=2, a=1), ["a", "b", "c"]).items()) == [
        ("a", 1),
        ("b", 2),
        ("c", 0),
    ]
    assert list(in_order(Counter(b=2, a=2, c=3), None)) == ["c", "a", "b"]
