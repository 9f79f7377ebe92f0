"""re: micro F1 against scikit-learn; AUPRC is in test_precision_recall.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score

from klue_metrics import METRICS, MetricError
from klue_metrics.relation_extraction import RELATIONS

METRIC = METRICS["re"]
pairs = st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), min_size=1)


@given(pairs)
def test_equals_scikit_learn(rows: list[tuple[int, int]]) -> None:
    gold, predicted = map(list, zip(*rows, strict=True))
    scores = METRIC.compute(predictions=predicted, references=gold)
    expected = f1_score(gold, predicted, average="micro", labels=range(1, 30), zero_division=0)
    assert scores == {"micro_f1": pytest.approx(100 * expected)}


def test_average_precision_equals_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 5, 200)
    scores = np.round(rng.random((200, 30)), 1)
    found = METRIC.compute(predictions=gold, references=gold, probabilities=scores, textbook=True)
    expected = np.mean([average_precision_score(gold == c, scores[:, c]) for c in range(5)])
    assert found["average_precision"] == pytest.approx(100 * expected)
    assert found["accuracy"] == 100


@pytest.mark.parametrize("label", ["per:foo", "per:spouse", "", None, float("nan")])
def test_an_invented_relation_is_a_wrong_one(label: Any) -> None:
    """A false positive, as a known wrong relation is."""
    scores = METRIC.compute(
        predictions=[label] * 50 + ["per:title"] * 50,
        references=["no_relation"] * 50 + ["per:title"] * 50,
        unknown_label="wrong",
    )
    assert scores["micro_f1"] == pytest.approx(200 / 3)


def test_an_invented_relation_misses_the_gold_one() -> None:
    scores = METRIC.compute(
        predictions=["작가", "per:title", "", None],
        references=["per:title", "per:title", "no_relation", "per:title"],
        unknown_label="wrong",
        textbook=True,
    )
    # One right of four predicted and three gold.
    assert scores["micro_f1"] == pytest.approx(200 / 7)
    assert scores["accuracy"] == pytest.approx(25)
    assert scores["unknown_labels"] == {"invented": 1, "empty": 2}


RELATION = st.sampled_from(("no_relation", "per:title", "per:spouse", "org:founded"))
INVENTED = st.sampled_from(("per:foo", "", None, "no relation", "per:title "))


@given(st.lists(st.tuples(RELATION, RELATION | INVENTED), min_size=1, max_size=8))
def test_no_invention_scores_above_no_relation_or_a_wrong_one(rows: list[Any]) -> None:
    gold, predicted = map(list, zip(*rows, strict=True))

    def micro_f1(labels: list[Any]) -> float:
        found = METRIC.compute(predictions=labels, references=gold, unknown_label="wrong")
        return float(found["micro_f1"])

    score = micro_f1(predicted)
    inventions = [at for at, label in enumerate(predicted) if label not in RELATIONS.ids]
    nothing = ["no_relation" if at in inventions else p for at, p in enumerate(predicted)]
    assert score <= micro_f1(nothing) + 1e-9
    for at in inventions:
        others = [name for name in RELATIONS.names if name not in (gold[at], "no_relation")]
        for name in (others[0], others[-1]):
            assert score == pytest.approx(micro_f1([*predicted[:at], name, *predicted[at + 1 :]]))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([0.5] * 29, r"probabilities\[1\]: found 29 values, expected 30 finite numbers"),
        ([0.5] * 29 + [float("nan")], r"probabilities\[1\]: found nan for per:title"),
        (["a"] * 30, r"probabilities\[1\]: found 'a' for no_relation"),
        (None, r"probabilities\[1\]: found None"),
    ],
)
def test_bad_probabilities(row: Any, message: str) -> None:
    with pytest.raises(MetricError, match=message):
        METRIC.compute(predictions=[0, 1], references=[0, 1], probabilities=[[0.5] * 30, row])


def test_whole_numbers_do_as_scores() -> None:
    right = np.eye(30, dtype=int)
    scores = METRIC.compute(predictions=range(30), references=range(30), probabilities=right)
    assert scores == {"micro_f1": 100, "auprc": 100}
    assert len(RELATIONS) == 30
