"""Comparing two systems."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from klue_metrics import METRICS, Gold, MetricError
from klue_metrics.comparison import bootstrap_p, compare, doubled, randomisation_p
from klue_metrics.resampling import percentile_interval

NLI = METRICS["nli"]
N = 400


def gold_of(n: int = N) -> Gold:
    row = {"premise": "가", "hypothesis": "나", "source": "NSMC"}
    labels = np.random.default_rng(0).integers(0, 3, n).tolist()
    return NLI.gold([{**row, "guid": str(at), "label": y} for at, y in enumerate(labels)])


def records(gold: Gold, accuracy: float, seed: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    names = NLI.labels.names if NLI.labels else ()
    return [
        {"guid": g, "label": y if rng.random() < accuracy else str(rng.choice(names))}
        for g, y in zip(gold.guids, gold.references, strict=True)
    ]


def test_a_system_and_itself() -> None:
    gold = gold_of()
    one = records(gold, 0.7, seed=1)
    found = compare(NLI, gold, one, one)["accuracy"]
    assert (found["difference"], found["difference_ci"]) == (0, [0, 0])
    assert (found["p_bootstrap"], found["p_randomisation"]) == (1, 1)
    assert not found["told_apart"]


def test_a_clear_difference() -> None:
    gold = gold_of()
    a, b = records(gold, 0.9, seed=1), records(gold, 0.5, seed=2)
    found = compare(NLI, gold, a, b)["accuracy"]
    assert found["told_apart"]
    assert found["difference"] == pytest.approx(found["a"] - found["b"])
    assert found["difference_ci"][0] > 0
    assert max(found["p_bootstrap"], found["p_randomisation"]) < 0.01
    assert NLI.score(gold, a)["accuracy"] == pytest.approx(found["a"])
    turned = compare(NLI, gold, b, a)["accuracy"]
    assert turned["difference_ci"][1] < 0


def test_the_paired_interval_is_that_of_the_differences() -> None:
    """For a mean, the bootstrap of the difference is the bootstrap of the pairs' differences."""
    gold = gold_of()
    a, b = records(gold, 0.8, seed=1), records(gold, 0.7, seed=2)
    found = compare(NLI, gold, a, b, n_resamples=4000)["accuracy"]
    right = [
        np.array([r["label"] == y for r, y in zip(side, gold.references, strict=True)], float)
        for side in (a, b)
    ]
    paired = 100 * (right[0] - right[1])
    drawn = np.random.default_rng(9).integers(0, N, (4000, N))
    expected = percentile_interval(paired[drawn].mean(axis=1), 0.95)
    assert found["difference_ci"] == pytest.approx(expected, abs=0.5)


def test_equal_systems_are_told_apart_as_often_as_the_level_says() -> None:
    """Under the null hypothesis p-values are uniform: below 0.1 in about a tenth of the trials."""
    gold = gold_of(200)
    small = 0
    for trial in range(200):
        a, b = records(gold, 0.7, 2 * trial), records(gold, 0.7, 2 * trial + 1)
        found = compare(NLI, gold, a, b, n_resamples=100, seed=trial)["accuracy"]
        small += found["p_randomisation"] < 0.1
    assert 8 <= small <= 34


def test_every_task_on_its_sample_predictions() -> None:
    """AUPRC swaps whole rankings; its own rows, doubled, score as they do alone."""
    metric = METRICS["re"]
    rng = np.random.default_rng(0)
    entity = {"word": "가"}
    row = {"sentence": "가", "subject_entity": entity, "object_entity": entity}
    gold = metric.gold(
        [{**row, "guid": str(at), "label": int(y)} for at, y in enumerate(rng.integers(0, 30, 90))]
    )
    names = metric.labels.names if metric.labels else ()
    systems = []
    for _ in range(2):
        scores = rng.random((90, 30))
        labels = [names[at] for at in scores.argmax(axis=1)]
        systems.append(
            [
                {"guid": g, "label": y, "probabilities": p.tolist()}
                for g, y, p in zip(gold.guids, labels, scores, strict=True)
            ]
        )
    found = compare(metric, gold, *systems, n_resamples=50)
    for side, one in zip("ab", systems, strict=True):
        alone = metric.score(gold, one)
        assert {name: part[side] for name, part in found.items()} == pytest.approx(alone)
    without = [{k: v for k, v in r.items() if k != "probabilities"} for r in systems[1]]
    assert list(compare(metric, gold, systems[0], without, n_resamples=10)) == ["micro_f1"]


def test_columns_are_doubled_in_order() -> None:
    gold = gold_of(2)
    a, b = [{"label": "neutral"}] * 2, [{"label": "entailment"}] * 2
    columns = doubled(NLI, gold, a, b, "error")
    assert columns["predictions"] == ["neutral"] * 2 + ["entailment"] * 2
    assert columns["references"] == gold.references * 2


def test_p_values_are_never_0() -> None:
    drawn = np.full(99, 3.0)
    assert bootstrap_p(drawn) == pytest.approx(0.02)
    assert randomisation_p(3.0, np.zeros(99)) == pytest.approx(0.01)


def test_bad_options() -> None:
    gold = gold_of(2)
    both = records(gold, 1.0, 0)
    with pytest.raises(MetricError, match=r"confidence: found 1\.5"):
        compare(NLI, gold, both, both, confidence=1.5)


RELATIONS = ["no_relation", "per:title"]
ENTITY = {"word": "가"}


def test_inventions_are_compared_as_they_are_scored() -> None:
    """With all answers right against one half invented and one half not given."""
    metric = METRICS["re"]
    row = {"sentence": "가", "subject_entity": ENTITY, "object_entity": ENTITY}
    gold = metric.gold([{**row, "guid": str(at), "label": RELATIONS[at % 2]} for at in range(60)])
    right = [{"guid": g, "label": y} for g, y in zip(gold.guids, gold.references, strict=True)]
    invented = [{**r, "label": (None, "per:foo")[at % 2]} for at, r in enumerate(right)]
    found = compare(metric, gold, right, invented, unknown_label="wrong")["micro_f1"]
    assert (found["a"], found["b"], found["told_apart"]) == (100, 0, True)
    half = [*right[:30], *invented[30:]]
    found = compare(metric, gold, half, right, unknown_label="wrong")["micro_f1"]
    score = metric.score(gold, half, unknown_label="wrong")
    assert found["a"] == pytest.approx(score["micro_f1"]) == 40
    assert score["unknown_labels"] == {"invented": 15, "empty": 15, "missing": 0}
