"""wos: joint goal accuracy and slot F1."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_datasets import load, load_ontology
from klue_metrics import METRICS, MetricError
from klue_metrics.slots import SLOTS, entry_problem, is_value

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
    scores = METRIC.compute(predictions=predicted, references=gold, textbook=True)
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


def test_the_slots_are_those_of_the_ontology(data_dir: list[Path]) -> None:
    assert list(SLOTS) == list(load_ontology(data_dir))


def test_the_slots_are_those_of_the_sample() -> None:
    assert list(SLOTS) == list(load_ontology(sample=True))


RIGHT = "식당-종류-한식당"
NO_ENTRIES = [
    "식당-가격대-none",
    "식당-가격대-",
    "식당-가격대",
    "식당-가격대- ",
    "호텔-비밀번호-1234",
    "호텔",
    "",
    "식당_종류=한식당",
    "식당–종류–한식당",
    "식당-종류–한식당",
    "식당-종류-–한식당",
    "- 식당-종류-한식당",
    "식당-종류-- 한식당",
    "식당-종류- 한식당",
    "식당 - 종류 - 한식당",
    " 식당-종류-한식당",
]


@pytest.mark.parametrize("entry", NO_ENTRIES)
def test_what_is_no_entry_is_refused_or_a_wrong_one(entry: str) -> None:
    inputs = {"predictions": [[RIGHT], [RIGHT, entry]], "references": [[RIGHT], [RIGHT]]}
    with pytest.raises(MetricError, match=r"predictions\[1\]\[1\]: found .*, expected"):
        METRIC.compute(**inputs)
    scores = METRIC.compute(**inputs, unknown_label="wrong")
    empty = int(not entry)
    assert scores == {
        "joint_goal_accuracy": 50.0,
        "slot_micro_f1": pytest.approx(100 * (1 + 2 / 3) / 2),
        "unknown_labels": {"invented": 1 - empty, "empty": empty},
    }


def test_references_are_checked() -> None:
    inputs = {"predictions": [[]], "references": [["식당-가격대-none"]]}
    for unknown_label in ("error", "wrong"):
        with pytest.raises(MetricError, match=r"references\[0\]\[0\]: found .*a slot without a va"):
            METRIC.compute(**inputs, unknown_label=unknown_label)


def test_an_entry_in_another_unicode_form_is_said_to_be_one() -> None:
    state = [normalize("NFD", RIGHT)]
    with pytest.raises(MetricError, match="in a Unicode form other than NFC, expected domain-slot"):
        METRIC.compute(predictions=[state], references=[[RIGHT]])


strange = st.lists(st.sampled_from([*ENTRIES.values(), *NO_ENTRIES]) | st.text(max_size=3))


@given(st.lists(st.tuples(strange, state), min_size=1, max_size=4))
def test_whatever_texts_there_are_the_score_is_of_plain_texts(turns: Any) -> None:
    """As the original, which compares texts and knows no slots."""
    predicted, gold = map(list, zip(*turns, strict=True))
    scores = METRIC.compute(predictions=predicted, references=gold, unknown_label="wrong")
    same = [set(p) == set(g) for p, g in turns]
    f1 = [turn_f1(p, g) for p, g in turns]
    assert scores["joint_goal_accuracy"] == pytest.approx(100 * sum(same) / len(same))
    assert scores["slot_micro_f1"] == pytest.approx(100 * sum(f1) / len(f1))
    unknown = [entry for entries in predicted for entry in entries if entry_problem(entry)]
    assert sum(scores["unknown_labels"].values()) == len(unknown)


def test_no_entry_of_klue_is_refused(data_dir: list[Path]) -> None:
    rows = load("wos", "validation", data_dir=data_dir, full=True)
    states = [turn["state"] for row in rows for turn in row["dialogue"]]
    entries = {entry for entries in states for entry in entries}
    assert len(entries) > 1000
    assert not [entry for entry in entries if entry_problem(entry)]


def test_a_value_that_entries_may_have_is_no_problem() -> None:
    for value in ("dontcare", "9:30", "N 서울 타워", "3-4명", "none of them"):
        assert is_value(value) and entry_problem(f"식당-이름-{value}") is None
