"""KLUE's scores: exact, fast, with error bars.

In go predictions and references, as columns or as a prediction file and dataset rows. Out come the
official scores, 0-100, with bootstrap intervals, breakdowns, paired comparisons and the examples
that cost most. A wrong input is a MetricError: one line with place, found and expected.

>>> METRICS["nli"].compute(predictions=["neutral", 0], references=["neutral", "contradiction"])
{'accuracy': 50.0}
"""

from .errors import MetricError
from .gold import Gold, GoldExample
from .interval_notes import estimates_of, interval_note
from .task import TaskMetric
from .tasks import METRICS

__all__ = [
    "METRICS",
    "Gold",
    "GoldExample",
    "MetricError",
    "TaskMetric",
    "estimates_of",
    "interval_note",
]
