"""KLUE's scores: exact, fast, with error bars.

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
