"""Agreement over all, by person, by group and item by item."""

from __future__ import annotations

import json
from typing import Any

import pytest

from klue_annotation.adjudication import Adjudicated
from klue_annotation.agreement import items_below, report_on
from klue_annotation.estimates import can_estimate, estimate
from klue_annotation.task import Vote
from klue_annotation.tasks import FORMS
from klue_common.errors import InputError

NONE = "해당없음"


def made(task: str, item: dict[str, Any], answers: dict[str, Any]) -> Adjudicated:
    votes = tuple(
        Vote(person, answer, "" if answer is not None else "refused", 4.0)
        for person, answer in answers.items()
    )
    return Adjudicated(item, votes, FORMS[task].gold(item, votes))


def headlines(*topics: str) -> list[Adjudicated]:
    """Headlines with the first letters of three people's topics."""
    names = {"정": "정치", "경": "경제", "사": "사회", "-": None}
    return [
        made(
            "ynat",
            {"guid": f"{number}", "title": "비", "source": "ab"[number % 2]},
            {
                f"{person:02d}": names[topic] and [names[topic], NONE, NONE]
                for person, topic in enumerate(each, 1)
            },
        )
        for number, each in enumerate(topics)
    ]


def test_a_report() -> None:
    items = headlines("정정정", "정정경", "정경사", "사사-")
    report = report_on(FORMS["ynat"], items, below=50)
    assert (report.items, report.undecided) == (4, 2)
    assert report.before[0].pairwise.percent == pytest.approx(100 * (3 + 1 + 0 + 1) / 10)
    assert report.after[0].pairwise.percent == pytest.approx(100 * 4 / 6)
    assert report.below == (("2", 0.0), ("1", pytest.approx(100 / 3)))
    first, _, third = report.annotators
    assert (first.answers, first.refused, first.seconds) == (4, 0, 4.0)
    assert first.with_rest.percent == pytest.approx(100 * (2 + 1 + 0 + 1) / 7)
    assert first.with_gold.percent == 100
    assert (third.answers, third.refused) == (3, 1)
    assert third.with_gold.percent == 50
    low, high = third.with_gold.interval or (0, 0)
    assert low <= 50 <= high
    groups = {(group.kind, group.name): group for group in report.groups}
    assert groups["source", "a"].items == 2
    assert groups["source", "b"].undecided == 1
    assert groups["label", "정치"].agreement.pairwise.percent == pytest.approx(100 * 4 / 6)
    assert groups["label", "정치"].agreement.alpha is None
    assert groups["source", "a"].agreement.alpha is not None
    json.dumps(report.to_json())


def test_nothing_to_compare() -> None:
    report = report_on(FORMS["ynat"], headlines("정--"), below=50)
    assert report.before[0].pairwise.percent is None
    assert report.before[0].alpha is None
    assert report.annotators[0].with_rest.percent is None


def test_trees_agree_by_their_arcs() -> None:
    item = {"guid": "a", "word_form": ["나는", "간다"]}
    one, other = [[2, "NP_SBJ"], [0, "VP"]], [[2, "NP"], [0, "VP"]]
    report = report_on(FORMS["dp"], [made("dp", item, {"01": one, "02": other})], below=0)
    found = {each.measure: each.pairwise.percent for each in report.before}
    assert found == {"LAS": 50, "UAS": 100}


def test_states_agree_by_turns_and_slots() -> None:
    states = [["식당-지역-서울 중앙"], ["식당-지역-서울 중앙", "식당-종류-한식당"]]
    answers = {"01": states, "02": [states[0], states[0]]}
    report = report_on(FORMS["wos"], [made("wos", {"guid": "a"}, answers)], below=0)
    found = {each.measure: each.pairwise.percent for each in report.before}
    assert found == {"joint goal": 50, "slot F1": 80}


def test_entities_agree_by_characters_and_whole() -> None:
    item = {"guid": "a", "sentence": "서울시에"}
    answers = {"01": [(0, 2, "LC")], "02": [(0, 3, "LC")]}
    report = report_on(FORMS["ner"], [made("ner", item, answers)], below=80)
    found = {each.measure: each.pairwise.percent for each in report.before}
    assert found == {"characters": 75, "entity F1": 0}
    assert [guid for guid, _ in report.below] == ["a"]
    assert report.before[1].alpha is None


def test_items_that_agree_are_not_below() -> None:
    assert items_below(headlines("정정정"), FORMS["ynat"].measures[0], 100) == []


@pytest.mark.slow
def test_an_estimate_trusts_those_who_agree() -> None:
    pytest.importorskip("crowdkit", reason="the extra annotate is not installed")
    # The second and the third person take half of everything for 경제, the first one nothing.
    topics = [*["정경정", "정정경", "사경사", "사사경", "경경경"] * 8, "사경경"]
    found = estimate(FORMS["ynat"], headlines(*topics))
    assert found.items == len(topics)
    assert [one.guid for one in found.differences] == ["40"]
    assert found.differences[0].gold == "경제"
    assert found.differences[0].estimated == "사회"


def test_only_labels_given_alone_are_estimated() -> None:
    assert [name for name, task in FORMS.items() if can_estimate(task)] == ["ynat", "nli", "mrc"]
    with pytest.raises(InputError, match="found re, expected a task whose people choose a label"):
        estimate(FORMS["re"], [])
