"""The references of a split: its scored examples, their units and groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import MetricError


@dataclass(frozen=True)
class GoldExample:
    """One scored example of a dataset row (a wos row holds one for each user turn).

    Attributes:
        guid: the key of the prediction file.
        reference: what `compute` takes as a reference.
        unit: the annotated unit that is resampled.
        inputs: further columns of `compute` (ner: tokens).
        groups: the values of the example for `--by`.
        shown: what a person sees of the example in an error analysis.
    """

    guid: str
    reference: Any
    unit: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Gold:
    """The references of a split as columns, all in the order of its rows."""

    guids: list[str]
    references: list[Any]
    inputs: dict[str, list[Any]]
    units: list[str]
    groups: dict[str, list[str]]
    shown: list[Mapping[str, Any]]

    def __len__(self) -> int:
        return len(self.guids)

    def part(self, kept: Sequence[int]) -> "Gold":
        """Return some of the references, by their positions."""

        def some(column: list[Any]) -> list[Any]:
            return [column[at] for at in kept]

        return Gold(
            guids=some(self.guids),
            references=some(self.references),
            inputs={name: some(column) for name, column in self.inputs.items()},
            units=some(self.units),
            groups={name: some(column) for name, column in self.groups.items()},
            shown=some(self.shown),
        )

    def group(self, name: str) -> list[str]:
        """Return the group of each example under the grouping `name`.

        Raises:
            MetricError: the rows have no such grouping.
        """
        if name not in self.groups:
            known = ", ".join(self.groups) or "none for these rows"
            raise MetricError(f"by: found {name!r}, expected one of {known}")
        return self.groups[name]


def row_guid(row: Mapping[str, Any]) -> str:
    """Return the guid of a dataset row.

    Raises:
        MetricError: the row has none.
    """
    guid = row.get("guid")
    if not isinstance(guid, str) or not guid:
        raise MetricError(
            f"row: found no guid among the columns {', '.join(map(str, row))}, "
            "expected one (ner and dp have it under full=True)"
        )
    return guid


def guid_source(guid: str) -> str:
    """Return the corpus at the end of a guid: "-wikitree" in dev, "_wikitree" in train.

    >>> guid_source("klue-ner-v1_dev_00000-wikitree"), guid_source("klue-dp-v1_dev_00000_wikitree")
    ('wikitree', 'wikitree')
    """
    return guid.replace("-", "_").rpartition("_")[2]


def named_groups(**groups: Any) -> dict[str, str]:
    """Return the groups that a row has: an empty or missing value is none.

    >>> named_groups(source=None, question_type=2)
    {'question_type': '2'}
    """
    return {name: str(value) for name, value in groups.items() if value not in (None, "")}


def length_group(length: int, width: int) -> str:
    """Return the bin of a length as a group's name.

    >>> length_group(37, 20)
    '20-39'
    """
    low = length // width * width
    return f"{low}-{low + width - 1}"
