"""Counting labels and lengths in Arrow columns, whatever their nesting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from datasets import ClassLabel, Features, List


def flat_column(table: pa.Table, path: Sequence[str]) -> pa.ChunkedArray:
    """Follow a path into a table and flatten the lists on the way.

    Example:
        >>> table = pa.table({"a": [{"b": [1, 2]}, {"b": [3]}]})
        >>> flat_column(table, ("a", "b")).to_pylist()
        [1, 2, 3]
    """
    column = _flat(table[path[0]])
    for name in path[1:]:
        column = _flat(pc.struct_field(column, name))
    return column


def _flat(column: pa.ChunkedArray) -> pa.ChunkedArray:
    while pa.types.is_list(column.type):
        column = pc.list_flatten(column)
    return column


def class_names(features: Features, path: Sequence[str]) -> list[str] | None:
    """Return the class names of the labels at a path, None where they are no ClassLabel."""
    feature: Any = features
    for name in path:
        feature = feature[name]
        while isinstance(feature, List):
            feature = feature.feature
    return list(feature.names) if isinstance(feature, ClassLabel) else None


def count_labels(table: pa.Table, features: Features, path: Sequence[str]) -> Counter[str]:
    """Count the labels at a path by name; missing ones are not counted.

    Example:
        >>> features = Features({"label": ClassLabel(names=["no", "yes"])})
        >>> count_labels(pa.table({"label": [1, 0, 1, None]}), features, ["label"])
        Counter({'yes': 2, 'no': 1})
    """
    names = class_names(features, path)
    counts: Counter[str] = Counter()
    for entry in pc.value_counts(flat_column(table, path)).to_pylist():
        value, count = entry["values"], entry["counts"]
        if value is not None:
            counts[names[value] if names else str(value)] += count
    return counts


def in_order(counts: Counter[str], names: Sequence[str] | None) -> dict[str, int]:
    """Order counts by class, or without classes from the most frequent down.

    Example:
        >>> in_order(Counter(b=1, a=2), ["a", "b", "c"]), in_order(Counter(b=1, a=2), None)
        ({'a': 2, 'b': 1, 'c': 0}, {'a': 2, 'b': 1})
    """
    if names is not None:
        return {name: counts[name] for name in names}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
