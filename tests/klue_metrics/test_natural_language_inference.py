"""nli: accuracy, labels as names or ids."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from klue_metrics import METRICS

METRIC = METRICS["nli"]


@pytest.mark.parametrize(
    "predictions",
    [["neutral", "entailment"], [1, 0], ["neutral", 0], np.array([1, 0], np.int8), (1, 0)],
)
def test_names_and_ids(predictions: object) -> None:
    """The ids are the Hub's (neutral 1), not the original code's (neutral 2)."""
    scores = METRIC.compute(predictions=predictions, references=["neutral", "contradiction"])
    assert scores == {"accuracy": 50.0}


def test_macro_f1() -> None:
    gold, predicted = [0, 0, 1, 2], [0, 1, 1, 1]
    scores = METRIC.compute(predictions=predicted, references=gold, textbook=True)
    assert scores["macro_f1"] == pytest.approx(100 * f1_score(gold, predicted, average="macro"))
