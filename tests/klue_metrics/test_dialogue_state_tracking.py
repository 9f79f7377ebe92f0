"""wos: joint goal accuracy and slot F1."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_metrics import METRICS, MetricError

METRIC = METRICS["wos"]
ENTRIES = {letter: f"식당-이름-{letter}" for letter in "abcdx"}
state = st.lists(st.sampled_from([ENTRIES[letter] for letter in "abcd"]), max_size=5)


def turn_f1(predicted: list[str], gold: list[str]) -> float:
    """The definition, word for word: right and missed over gold, wrong over predicted."""
    if not gold:
        return float(not predicted)
    right = sum(entry in predicted for entry in gold)
    wrong = sum(entry not in gold for entry in predicted)
    if right == 0:
        return 0.0
    precision, recall = right / (right + wrong), right / len(gold)
    return 2 * precision * recall / (precision + recall)


@given(st.lists(st.tuples(state, state), min_size=1, max_size=6))
def test_definition(turns: list[tuple[list[str], list[str]]]) -> None:
    predicted, gold = map(list, zip(*turns, strict=True))
    scores = METRIC.compute(predictions=predicted, references=gold)
    same = [set(p) == set(g) for p, g in turns]
    assert scores["joint_goal_accuracy"] == pytest.approx(100 * sum(same) / len(same))
    f1 = [turn_f1(p, g) for p, g in turns]
    assert scores["slot_micro_f1"] == pytest.approx(100 * sum(f1) / len(f1))


def test_the_true_micro_f1() -> None:
    gold, predicted = (
        [[ENTRIES[letter] for letter in turn] for turn in turns]
        for turns in (("a", "abcd"), ("a", "abcx"))
    )
    scores = METRIC.compute(predictions=predicted, references=gold, detail=True)
    assert (scores["slot_micro_f1"], scores["slot_micro_f1_pooled"]) == (87.5, 80.0)


def test_one_example_per_user_turn() -> None:
    turns = [
        {"role": "user", "text": "안녕", "state": []},
        {"role": "sys", "text": "네", "state": []},
        {"role": "user", "text": "식당", "state": ["식당-종류-한식당"]},
    ]
    gold = METRIC.gold([{"guid": "d", "domains": ["식당"], "dialogue": turns}])
    assert gold.guids == ["d-0", "d-1"]
    assert gold.references == [[], ["식당-종류-한식당"]]
    assert gold.units == ["d", "d"]


@pytest.mark.parametrize("bad", ["관광-지역-중앙", None, [3], [None]])
def test_bad_states(bad: Any) -> None:
    with pytest.raises(MetricError, match=r"predictions\[1\]: found .*domain-slot-value"):
        METRIC.compute(predictions=[[], bad], references=[[], []])
