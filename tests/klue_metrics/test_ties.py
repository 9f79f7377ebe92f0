"""Several systems: corrected p-values, ranks and letters."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_metrics import METRICS, MetricError
from klue_metrics.comparison import compare
from klue_metrics.ties import Ties, holm, letters_of, smallest_difference, tail_p, ties
from tests.klue_metrics.test_comparison import NLI, gold_of, records


def three() -> tuple[Any, dict[str, Any]]:
    """A system that is better, and two that are one."""
    gold = gold_of()
    same = records(gold, 0.6, seed=2)
    return gold, {"low": same, "high": records(gold, 0.9, seed=1), "same": same}


def test_what_is_better_stands_first_and_alone() -> None:
    gold, systems = three()
    (order,) = ties(NLI, gold, systems).values()
    assert order.systems == ("high", "low", "same")
    assert order.values[0] == pytest.approx(NLI.score(gold, systems["high"])["accuracy"])
    assert order.ranks == [(1, 1), (2, 3), (2, 3)]
    assert order.letters == ["a", "b", "b"]
    assert order.p[1, 2] == 1 and order.p[0, 1] < 1e-6
    assert (order.p == order.p.T).all()


def test_a_pair_is_tested_as_by_compare() -> None:
    gold = gold_of()
    a, b = records(gold, 0.72, seed=1), records(gold, 0.68, seed=2)
    (order,) = ties(NLI, gold, {"a": a, "b": b}).values()
    assert order.p[0, 1] == compare(NLI, gold, a, b)["accuracy"]["p_randomisation"]


def test_the_order_in_which_systems_are_given_changes_nothing() -> None:
    gold, systems = three()
    (order,) = ties(NLI, gold, systems).values()
    (turned,) = ties(NLI, gold, dict(reversed(systems.items()))).values()
    assert order.letters == turned.letters and order.ranks == turned.ranks


def test_one_system_is_no_board() -> None:
    gold, systems = three()
    with pytest.raises(MetricError, match="systems: found 1, expected two at least"):
        ties(NLI, gold, {"high": systems["high"]})


def test_a_score_that_a_system_lacks_has_no_order() -> None:
    metric = METRICS["re"]
    named = {"sentence": "", "source": "", "subject_entity": {"word": ""}}
    row = {**named, "object_entity": named["subject_entity"]}
    gold = metric.gold([{**row, "guid": str(at), "label": at % 3} for at in range(12)])
    sure = np.eye(30)[[at % 3 for at in range(12)]].tolist()
    bare = [{"guid": guid, "label": "no_relation"} for guid in gold.guids]
    full = [{**one, "probabilities": row} for one, row in zip(bare, sure, strict=True)]
    assert set(ties(metric, gold, {"a": full, "b": full})) == {"micro_f1", "auprc"}
    assert set(ties(metric, gold, {"a": full, "b": full, "c": bare})) == {"micro_f1"}


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_never_lowers_and_keeps_the_order(p: list[float]) -> None:
    raised = holm(p)
    assert all(after >= before for before, after in zip(p, raised, strict=True))
    order = np.argsort(p, kind="stable")
    assert (np.diff(np.array(raised)[order]) >= 0).all()
    assert raised[order[0]] == min(1, p[order[0]] * len(p))  # Bonferroni for the smallest


@given(st.integers(1, 7), st.integers(0, 2**21 - 1))
def test_two_share_a_letter_if_and_only_if_they_are_tied(n: int, bits: int) -> None:
    apart = np.zeros((n, n), bool)
    for at, (a, b) in enumerate(combinations(range(n), 2)):
        apart[a, b] = apart[b, a] = bool(bits >> at & 1)
    letters = letters_of(apart)
    for a, b in combinations(range(n), 2):
        assert bool(set(letters[a]) & set(letters[b])) != apart[a, b]
    assert all(letters)
    order = Ties(tuple(map(str, range(n))), (0.0,) * n, np.where(apart, 0.0, 1.0), 0.05, 1.0)
    assert all(1 <= low <= at <= high <= n for at, (low, high) in enumerate(order.ranks, 1))


def test_a_p_value_beyond_what_swaps_can_show() -> None:
    swapped = np.random.default_rng(0).normal(0, 1, 1000)
    assert tail_p(0.5, swapped) == pytest.approx(0.617, abs=0.05)
    assert tail_p(6.0, swapped) == pytest.approx(2e-9, rel=2)
    assert tail_p(0.0, np.zeros(10)) == 1
    assert smallest_difference(2.0, 0.05) == pytest.approx(5.6, abs=0.01)
