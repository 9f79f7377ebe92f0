"""Every record goes to another process and back, as pools, Ray and dask send it."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator, Mapping
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest

from klue_baselines.tasks import BASELINES
from klue_datasets import TASKS, load
from klue_metrics import METRICS
from klue_metrics.resampling import scores_of
from klue_pretraining.presets import PRESETS
from klue_text.personal_kinds import KINDS
from model_cards.encoders import ENCODERS

TABLES: dict[str, Mapping[str, Any]] = {
    "TASKS": TASKS,
    "METRICS": METRICS,
    "BASELINES": BASELINES,
    "ENCODERS": ENCODERS,
    "PRESETS": PRESETS,
    "KINDS": {kind.name: kind for kind in KINDS},
}
RECORDS = {f"{table}.{name}": one for table, all_ in TABLES.items() for name, one in all_.items()}


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Any]:
    """A fresh process, which inherits nothing; it reads what it is given and sends back a copy."""
    with get_context("spawn").Pool(1) as pool:
        yield lambda things: pool.map(copy.copy, things)


def test_every_record_pickles() -> None:
    """Which one does not, by name."""
    for name, record in RECORDS.items():
        assert pickle.loads(pickle.dumps(record)) == record, name


def test_every_demo_pickles() -> None:
    pytest.importorskip("gradio")
    from space_app.tasks import DEMOS

    for name, demo in DEMOS.items():
        assert pickle.loads(pickle.dumps(demo)) == demo, name


@pytest.mark.slow
def test_records_go_to_another_process_and_back(elsewhere: Any) -> None:
    assert elsewhere(RECORDS.values()) == list(RECORDS.values())


@pytest.mark.slow
@pytest.mark.parametrize("task", METRICS)
def test_a_metric_that_was_elsewhere_scores_as_before(task: str, elsewhere: Any) -> None:
    """Its predictions of the bundled sample are the gold ones, through records and back."""
    rows = load(task, "validation", sample=True, full=True)
    metric, gold = elsewhere([METRICS[task], METRICS[task].gold(rows)])
    assert gold == METRICS[task].gold(rows)
    assert metric.labels == METRICS[task].labels
    columns = {"predictions": gold.references, "references": gold.references, **gold.inputs}
    if task == "mrc":
        texts = [
            {**r, "prediction_text": "".join(r["answers"]["text"][:1])} for r in gold.references
        ]
        columns["predictions"] = texts
    assert metric.compute(**columns) == METRICS[task].compute(**columns)


def test_statistics_and_their_curves_pickle() -> None:
    """The area under a curve is a function of weights; it may be asked for anywhere."""
    rng = np.random.default_rng(0)
    gold, scores = rng.integers(0, 30, 60), rng.random((60, 30))
    metric = METRICS["re"]
    statistics = metric.statistics(scores.argmax(axis=1), gold, probabilities=scores)
    again = pickle.loads(pickle.dumps(statistics))
    assert scores_of(again, metric.from_sums) == scores_of(statistics, metric.from_sums)
    assert list(again.curves) == ["auprc"]
