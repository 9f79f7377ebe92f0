"""Ranks among models of one kind on the same examples, and orders that keep what is equal."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klue_metrics import METRICS
from klue_results.published import PUBLISHED as TABLE
from space_app.board.entries import Entry
from space_app.board.filters import REVERSE, Filters, orders
from space_app.board.overview import ENCODERS, KINDS, PUBLISHED, model_rows
from space_app.board.standings import in_order, key_of, ranked, standings
from tests.space_app.board.test_overview import entries
from tests.space_app.made_entries import asked, entry


def of(name: str, task: str, value: float, **others: object) -> Entry:
    made = replace(entry(1, task), model=name, intervals={}, **others)  # type: ignore[arg-type]
    return replace(made, scores={METRICS[task].main_score: value})


def of_kind(made: list[Entry], kind: str = ENCODERS) -> dict[str, object]:
    groups = standings(model_rows(made), Filters())
    return {one.row.model: one for group in groups if group.kind == kind for one in group.standings}


def test_the_mean_rank_is_over_the_tasks_that_a_model_has() -> None:
    made = [of("a", "nli", 70), of("b", "nli", 80), of("c", "nli", 70), of("a", "sts", 50)]
    found = {name: one.mean_rank for name, one in of_kind(made).items()}  # type: ignore[attr-defined]
    assert found == {"a": fmean([2, 1]), "b": 1.0, "c": 2.0}


def test_more_tasks_stand_first_by_rank() -> None:
    assert list(of_kind([of("one", "nli", 90), of("two", "nli", 80), of("two", "sts", 50)])) == [
        "two",
        "one",
    ]


def test_other_examples_and_gold_take_no_ranks() -> None:
    made = [
        of("a", "nli", 70),
        of("other data", "nli", 90, data="e"),
        of("gold", "nli", 100, equal_to_gold=True),
    ]
    found = of_kind(made)
    ranks = {name: one.mean_rank for name, one in found.items()}  # type: ignore[attr-defined]
    assert ranks == {"a": 1.0, "other data": 1.0, "gold": None}
    assert not found["gold"].best and found["a"].best == {("nli", "accuracy")}  # type: ignore[attr-defined]


def test_kinds_are_not_ranked_among_each_other() -> None:
    groups = standings(
        model_rows([entry(1), replace(asked(2), scores={"accuracy": 99.0})]), Filters()
    )
    assert [group.kind for group in groups] == list(KINDS)
    assert [group.standings[0].mean_rank for group in groups[:2]] == [1.0, 1.0]


def test_ranks_are_among_those_that_pass_the_filters_whatever_is_looked_for() -> None:
    rows = model_rows([of("our-own", "nli", 70, parameters=60.0), of("large", "nli", 80)])
    (group,) = standings(rows, Filters(most=100.0))
    assert [(one.row.model, one.mean_rank) for one in group.standings] == [("our-own", 1.0)]
    (group,) = standings(rows, Filters(search="our-own"))
    assert [(one.row.model, one.mean_rank) for one in group.standings] == [("our-own", 2.0)]


def test_the_published_table_in_order() -> None:
    (group,) = standings(model_rows([]), Filters())
    assert group.kind == PUBLISHED
    first = group.standings[0]
    assert first.row.model == "KLUE-RoBERTa-large"
    values = TABLE["KLUE-RoBERTa-large"]
    mains = [values[task][metric.main_score] for task, metric in METRICS.items()]
    assert first.average == pytest.approx(fmean(mains))


@settings(max_examples=30)
@given(entries(), st.sampled_from([*orders(), *(REVERSE + order for order in orders())]))
def test_an_order_is_stable_and_what_is_missing_stands_last(made: list[Entry], sort: str) -> None:
    found = ranked(row for row in model_rows(made) if row.kind == ENCODERS)
    key = key_of(sort.removeprefix(REVERSE))
    result = in_order(found, sort)
    assert sorted(map(id, result)) == sorted(map(id, found))
    known = [one for one in result if key(one) is not None]
    assert list(result[: len(known)]) == known
    for one, other in pairwise(known):
        if key(one) == key(other):
            assert found.index(one) < found.index(other)
    rising = [key(one) for one in known]
    assert rising == sorted(rising) or rising == sorted(rising, reverse=True)


@settings(max_examples=30)
@given(entries())
def test_one_is_best_wherever_somebody_ranks(made: list[Entry]) -> None:
    for group in standings(model_rows(made), Filters()):
        ranks = [one.ranks for one in group.standings]
        for task, metric in METRICS.items():
            having = [one[task] for one in ranks if task in one]
            assert not having or min(having) == 1
            column = (task, metric.main_score)
            for one in group.standings:
                assert (one.ranks.get(task) == 1) == (column in one.best)
