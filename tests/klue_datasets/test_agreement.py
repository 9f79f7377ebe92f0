from __future__ import annotations

import itertools
import math

from hypothesis import given
from hypothesis import strategies as st

from klue_datasets.agreement import interval_alpha, nominal_alpha

units = st.lists(st.lists(st.integers(0, 4), max_size=5), min_size=1, max_size=8)


def alpha_by_pairs(ratings: list[list[int]], nominal: bool) -> float:
    """The definition word by word, pair by pair."""
    rated = [unit for unit in ratings if len(unit) > 1]
    everything = [value for unit in rated for value in unit]

    def difference(a: int, b: int) -> float:
        return float(a != b) if nominal else float((a - b) ** 2)

    n = len(everything)
    if n == 0:
        return math.nan
    observed = sum(
        difference(a, b) / (len(unit) - 1)
        for unit in rated
        for a, b in itertools.permutations(unit, 2)
    )
    expected = sum(difference(a, b) for a, b in itertools.permutations(everything, 2))
    return 1 - (observed / n) / (expected / (n * (n - 1))) if expected else math.nan


def same(a: float, b: float) -> bool:
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, abs_tol=1e-9)


@given(units)
def test_equals_the_definition(ratings: list[list[int]]) -> None:
    assert same(interval_alpha(ratings), alpha_by_pairs(ratings, nominal=False))
    assert same(nominal_alpha(ratings), alpha_by_pairs(ratings, nominal=True))


def test_krippendorff_s_own_example() -> None:
    # Krippendorff (2011), section C: four observers, twelve units, missing values left out.
    observers = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    ratings = [
        [value for value in unit if value is not None] for unit in zip(*observers, strict=True)
    ]
    assert round(nominal_alpha(ratings), 3) == 0.743
    assert round(interval_alpha(ratings), 3) == 0.849


def test_nothing_to_compare_is_no_number() -> None:
    assert math.isnan(nominal_alpha([]))
    assert math.isnan(interval_alpha([[1.0], [2.0]]))
    assert math.isnan(nominal_alpha([["a", "a"], ["a", "a"]]))
