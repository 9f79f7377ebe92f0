"""Logs of other harnesses, which `klue_lm` reads."""

from __future__ import annotations

from klue_lm.foreign_logs import inspect_tally, lm_eval_tally
from klue_lm.tally import Tally

from .asked import Answer, Answers, Asked
from .head import Head

ZIP = b"PK\x03\x04"
KEYS = (b'"status"', b'"eval"')  # that a log of inspect-ai begins with


def fits_lm_eval(head: Head, _: Asked) -> bool:
    """Return whether the first line is a sample of lm-evaluation-harness."""
    return head.object.keys() >= {"doc", "filtered_resps"}


def fits_inspect(head: Head, _: Asked) -> bool:
    """Return whether it is a packed log of inspect-ai, or one in JSON."""
    packed = head.start.startswith(ZIP) and head.path.suffix == ".eval"
    return packed or (head.first.startswith("{") and all(key in head.start for key in KEYS))


def read_lm_eval(asked: Asked) -> Answers:
    """Return the answers of a sample log of lm-evaluation-harness."""
    return answers_of(asked, lm_eval_tally(asked.metric.name, asked.path))


def read_inspect(asked: Asked) -> Answers:
    """Return the answers of a log of inspect-ai."""
    return answers_of(asked, inspect_tally(asked.metric.name, asked.path))


def answers_of(asked: Asked, made: Tally) -> Answers:
    """Return the records of a log as answers."""
    found = [
        Answer(
            f"{asked.path}: {record['guid']}",
            {name: value for name, value in record.items() if name != "guid"},
            record["guid"],
        )
        for record in made.records
    ]
    counts = ", ".join(f"{count:,} {name}" for name, count in made.counts.items() if count)
    return Answers(found, keyed=True, notes=(f"answers: {counts}",))
