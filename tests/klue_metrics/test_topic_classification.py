"""ynat: macro F1 against scikit-learn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from klue_metrics import METRICS
from klue_metrics.topic_classification import TOPICS

METRIC = METRICS["ynat"]
pairs = st.lists(
    st.tuples(st.sampled_from(TOPICS.names), st.sampled_from(TOPICS.names)), min_size=1
)


@given(pairs)
def test_equals_scikit_learn(rows: list[tuple[str, str]]) -> None:
    gold, predicted = map(list, zip(*rows, strict=True))
    scores = METRIC.compute(predictions=predicted, references=gold, textbook=True)
    assert scores["macro_f1"] == pytest.approx(100 * f1_score(gold, predicted, average="macro"))
    assert scores["accuracy"] == pytest.approx(100 * accuracy_score(gold, predicted))
    of_all = f1_score(gold, predicted, average="macro", labels=TOPICS.names, zero_division=0)
    assert scores["macro_f1_all_topics"] == pytest.approx(100 * of_all)


def test_the_mean_is_over_topics_that_occur() -> None:
    scores = METRIC.compute(predictions=["사회"] * 2, references=["사회"] * 2, textbook=True)
    assert scores["macro_f1"] == 100
    assert scores["macro_f1_all_topics"] == pytest.approx(100 / 7)


def test_gold_of_hub_rows() -> None:
    gold = METRIC.gold([{"guid": "a", "title": "제목", "label": 2}])
    assert (gold.references, gold.groups["label"], gold.groups["length"]) == (
        ["사회"],
        ["사회"],
        ["0-9"],
    )
