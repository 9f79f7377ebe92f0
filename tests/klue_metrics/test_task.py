"""What all metrics have in common, on random predictions of every task."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_metrics import METRICS, MetricError, TaskMetric
from klue_metrics.entities import TAGS
from klue_metrics.eojeols import RELATIONS as DEPRELS

ALL = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS.keys())


def gold_of(task: str, rng: np.random.Generator) -> Any:
    """A random reference."""
    metric = METRICS[task]
    if task in ("ynat", "nli", "re"):
        assert metric.labels
        return str(rng.choice(metric.labels.names))
    if task == "sts":
        return float(rng.random() * 5)
    n = int(rng.integers(1, 8))
    if task == "ner":
        return ["B-PS", *map(str, rng.choice(TAGS.names, n))]
    if task == "dp":
        head = [int(h) for h in rng.integers(0, n + 1, n)]
        return {"head": head, "deprel": [str(d) for d in rng.choice(DEPRELS.names, n)]}
    words = [str(word) for word in rng.choice(["가", "나다", "라"], n)]
    if task == "wos":
        return sorted({f"식당-이름-{word}" for word in words})
    guid = f"q{rng.integers(10**12)}"
    return {"guid": guid, "answers": {"text": [" ".join(words)], "answer_start": [0]}}


def perfect(task: str, reference: Any) -> Any:
    if task != "mrc":
        return reference
    return {"guid": reference["guid"], "prediction_text": reference["answers"]["text"][0]}


def altered(task: str, reference: Any, rng: np.random.Generator) -> Any:
    """A prediction for the reference: right, or another one's of the same shape."""
    if rng.random() < 0.5:
        return perfect(task, reference)
    other = perfect(task, gold_of(task, rng))
    if task == "ner":
        return [str(t) for t in rng.choice(TAGS.names, len(reference))]
    if task == "dp":
        n = len(reference["head"])
        return {"head": [int(h) for h in rng.integers(0, n + 1, n)], "deprel": reference["deprel"]}
    return {**other, "guid": reference["guid"]} if task == "mrc" else other


def random_inputs(task: str, n: int, seed: int, right: bool = False) -> dict[str, list[Any]]:
    rng = np.random.default_rng(seed)
    references = [gold_of(task, rng) for _ in range(n)]
    predictions = [perfect(task, r) if right else altered(task, r, rng) for r in references]
    inputs = {"references": references, "predictions": predictions}
    if task == "re":
        scores = np.round(rng.random((n, 30)), 2)
        if right:
            scores[range(n), [METRICS["re"].labels.ids[r] for r in references]] += 2
        inputs["probabilities"] = scores.tolist()
    return inputs


@ALL
@given(seed=st.integers(0, 10**6))
def test_the_order_of_examples_changes_nothing(metric: TaskMetric, seed: int) -> None:
    inputs = random_inputs(metric.name, 12, seed)
    order = np.random.default_rng(seed).permutation(12)
    shuffled = {name: [column[at] for at in order] for name, column in inputs.items()}
    assert metric.compute(**shuffled) == pytest.approx(metric.compute(**inputs), abs=1e-9)


@ALL
@given(seed=st.integers(0, 10**6))
def test_scores_are_percentages(metric: TaskMetric, seed: int) -> None:
    scores = metric.compute(**random_inputs(metric.name, 12, seed))
    assert tuple(scores) == metric.scores
    low = -100 if metric.name == "sts" else 0
    assert all(type(value) is float and low <= value <= 100 for value in scores.values())


@ALL
def test_a_perfect_prediction_scores_100_and_so_does_its_interval(metric: TaskMetric) -> None:
    """AUPRC where every relation occurs in every resample: elsewhere it has its 0.5."""
    n = 1200 if metric.name == "re" else 60
    inputs = random_inputs(metric.name, n, seed=0, right=True)
    scores = metric.compute(**inputs, confidence=0.95, n_resamples=200)
    for name in metric.scores:
        assert scores[name] == pytest.approx(100, abs=1e-9)
        assert scores[f"{name}_ci"] == [100.0, 100.0]


@ALL
def test_the_interval_is_around_the_score(metric: TaskMetric) -> None:
    scores = metric.compute(**random_inputs(metric.name, 200, seed=0), confidence=0.999)
    for name in metric.scores:
        low, high = scores[f"{name}_ci"]
        assert low <= scores[name] <= high


@ALL
def test_textbook_scores_are_added_and_change_nothing(metric: TaskMetric) -> None:
    inputs = random_inputs(metric.name, 20, seed=0)
    plain, detailed = metric.compute(**inputs), metric.compute(**inputs, textbook=True)
    assert {name: detailed[name] for name in plain} == plain
    assert len(detailed) > len(plain)
    assert metric.compute(**inputs, detail=True) == detailed  # its name in the first release
    assert metric.textbook.__doc__
    for name in detailed.keys() - plain.keys():
        assert f"{name}:" in metric.textbook.__doc__, "a textbook score needs a sentence"


@ALL
def test_official_scores_are_documented(metric: TaskMetric) -> None:
    """Every reason for an undefined score names a score, every column has a type."""
    assert set(metric.undefined) <= set(metric.scores)
    assert {"predictions", "references"} <= set(metric.columns)


@ALL
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"confidence": 95}, "confidence: found 95, expected a number between 0 and 1"),
        ({"n_resamples": 0}, "n_resamples: found 0, expected a whole number from 1 on"),
        ({"n_resamples": 10.5, "confidence": 0.9}, r"n_resamples: found 10\.5"),
        ({"seed": -1}, "seed: found -1, expected a whole number from 0 on"),
        ({"units": [1]}, r"units\[1\]: found 1, expected 5 as there are references"),
        ({"by": ["a"] * 6}, r"by\[5\]: found 6, expected 5"),
        ({"by": "source"}, "by: found 'source', expected one value per example"),
        ({"unknown_label": "skip"}, "unknown_label: found 'skip', expected error or wrong"),
        ({"predictions": None}, "predictions: found None"),
        ({"references": []}, "references: found no examples, expected at least one"),
        ({"logits": []}, "logits: found an input, expected for"),
    ],
)
def test_bad_options(metric: TaskMetric, options: dict[str, Any], message: str) -> None:
    with pytest.raises(MetricError, match=message):
        metric.compute(**{**random_inputs(metric.name, 5, seed=0), **options})


def test_gold_needs_guids_once_each() -> None:
    row = {"guid": "a", "title": "제목", "label": "사회"}
    metric = METRICS["ynat"]
    assert metric.gold([row]).guids == ["a"]
    for rows, message in [
        ([], "found no rows"),
        ([row, row], "a: found twice in the rows, expected once"),
        ([{**row, "guid": None}], "row: found no guid among the columns guid, title, label"),
        ([{**row, "label": None}], "a: label: found None, expected one of"),
    ]:
        with pytest.raises(MetricError, match=message):
            metric.gold(rows)


def test_a_group_that_some_rows_lack() -> None:
    pair = {"sentence1": "가", "sentence2": "나", "labels": {"real-label": 3.2}}
    gold = METRICS["sts"].gold([{**pair, "guid": "a"}, {**pair, "guid": "b", "source": "policy"}])
    assert gold.group("source") == ["none", "policy"]
    with pytest.raises(MetricError, match="by: found 'domain', expected one of label, length, sou"):
        gold.group("domain")


WRONG_OPTIONS: dict[str, Any] = {
    "confidence": [0.95],
    "n_resamples": "1000",
    "seed": None,
    "units": [[1], [2]],
    "by": [{}, {}],
}


@pytest.mark.parametrize("name", WRONG_OPTIONS)
def test_options_of_another_kind_are_named(name: str) -> None:
    columns = {"predictions": ["neutral"] * 2, "references": ["neutral"] * 2}
    options = {"confidence": 0.9, "n_resamples": 10, "seed": 0, name: WRONG_OPTIONS[name]}
    with pytest.raises(MetricError, match=rf"^{name}(\[0\])?: found .*, expected a "):
        METRICS["nli"].compute(**columns, **options)


@pytest.mark.parametrize(("name", "value"), [("n_resamples", 10**23), ("seed", 2**64)])
def test_options_are_bounded(name: str, value: int) -> None:
    columns = {"predictions": ["neutral"] * 2, "references": ["neutral"] * 2}
    with pytest.raises(MetricError, match=f"^{name}: found {value}, expected .* at most "):
        METRICS["nli"].compute(**columns, **{"confidence": 0.9, name: value})


NO_LISTS: list[tuple[str, dict[str, Any]]] = [
    ("ner", {"predictions": [np.array(1)], "references": [["O"]]}),
    ("ner", {"predictions": [["O"]], "references": [["O"]], "tokens": [np.array("가")]}),
    ("dp", {
        "predictions": [{"head": [0], "deprel": np.array("NP")}],
        "references": [{"head": [0], "deprel": ["NP"]}],
    }),
    ("wos", {"predictions": [np.array("x")], "references": [[]]}),
    ("re", {
        "predictions": ["no_relation"], "references": ["no_relation"],
        "probabilities": [np.array(1)],
    }),
]  # fmt: skip


@pytest.mark.parametrize(("task", "columns"), NO_LISTS)
@pytest.mark.parametrize("unknown_label", ["error", "wrong"])
def test_an_array_without_a_length_is_no_list(
    task: str, columns: dict[str, Any], unknown_label: str
) -> None:
    with pytest.raises(MetricError, match=r"\[0\].*: found .*array\(.*, expected "):
        METRICS[task].compute(**columns, unknown_label=unknown_label)
