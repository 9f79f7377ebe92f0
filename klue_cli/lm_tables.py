"""Tables of the `klue lm` commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Column, Table

from klue_lm.estimates import Estimate
from klue_lm.probe import BY_HEART, Found

from .terminal import numbers, plain_table


def estimate_table(estimates: Sequence[Estimate]) -> Table:
    """Return what some runs would take, and the sum where there are several."""
    rows = [
        [
            one.task,
            one.mode,
            f"{one.questions:,}",
            f"{one.requests:,}",
            f"{one.prompt_tokens:,}",
            f"{one.new_tokens:,}",
            f"{one.answer_tokens:,}",
            f"{one.hours:.2f}",
            f"{one.dollars:.2f}",
        ]
        for one in estimates
    ]
    columns: list[str | Column] = [
        "task",
        "asked",
        *map(numbers, ("questions", "requests", "prompt tokens", "with a prefix cache")),
        *map(numbers, ("answer tokens", "hours at 5,000 tokens/s", "dollars at 0.15 and 0.60")),
    ]
    return plain_table(columns, rows)


def probe_table(found: Mapping[str, Found]) -> Table:
    """Return how many texts a model went on with by heart."""
    rows = [
        [name, f"{one.texts:,}", f"{one.by_heart:.1f}", f"{one.characters:.1f}"]
        for name, one in found.items()
    ]
    heads = ("texts", f"% by heart ({BY_HEART} characters)", "characters that it went on with")
    return plain_table(["of", *map(numbers, heads)], rows)
