"""How far two answers agree: on the units of an item, or in the entries that they name."""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Literal

from klue_datasets.agreement import interval_alpha, nominal_alpha

ALPHAS = {"nominal": nominal_alpha, "interval": interval_alpha}


@dataclass(frozen=True)
class UnitMeasure:
    """Agreement on each unit of an item: its characters, words, turns, or the item itself.

    Attributes:
        name: what agrees, for tables: "UAS", "first topic".
        units: (item, answer) -> the answer to each unit, in an order of the item's own.
        level: of Krippendorff's alpha: "nominal" where two answers are alike or not, "interval"
            where they are numbers.
        alike: whether two answers to a unit agree.
    """

    name: str
    units: Callable[[Mapping[str, Any], Any], Sequence[Hashable]]
    level: Literal["nominal", "interval"] = "nominal"
    alike: Callable[[Any, Any], bool] = operator.eq

    def pair(self, item: Mapping[str, Any], one: Any, other: Any) -> tuple[int, int]:
        """Return on how many of an item's units two answers agree, and how many there are.

        Example:
            >>> UnitMeasure("UAS", lambda item, heads: heads).pair({}, [2, 0], [2, 1])
            (1, 2)
        """
        pairs = list(zip(self.units(item, one), self.units(item, other), strict=True))
        return sum(self.alike(*pair) for pair in pairs), len(pairs)

    def alpha(self, answered: Iterable[tuple[Mapping[str, Any], Sequence[Any]]]) -> float:
        """Return Krippendorff's alpha over the units of items.

        Args:
            answered: each item with the answers to it.

        Returns:
            1 for full agreement, 0 for chance; nan where there is nothing to compare.
        """
        units: list[Sequence[Any]] = []
        for item, answers in answered:
            units += zip(*(self.units(item, answer) for answer in answers), strict=True)
        return ALPHAS[self.level](units)


@dataclass(frozen=True)
class EntryMeasure:
    """Agreement in what answers name (entities, spans, slots), as the F1 of one against the other.

    Attributes:
        name: what agrees, for tables: "entity F1".
        entries: answer -> what it names.
    """

    name: str
    entries: Callable[[Any], AbstractSet[Hashable]]

    def pair(self, item: Mapping[str, Any], one: Any, other: Any) -> tuple[int, int]:
        """Return twice the number of entries in both answers, and the number in each summed up.

        Example:
            >>> EntryMeasure("F1", set).pair({}, "ab", "bc")
            (2, 4)
        """
        first, second = self.entries(one), self.entries(other)
        return 2 * len(first & second), len(first) + len(second)

    def alpha(self, answered: Iterable[tuple[Mapping[str, Any], Sequence[Any]]]) -> float:
        """Return nan: entries that nobody names cannot be counted, so there is no chance level."""
        return float("nan")
