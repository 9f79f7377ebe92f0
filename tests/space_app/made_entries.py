"""Submissions that nobody made, told apart by a number."""

from __future__ import annotations

from dataclasses import replace

from space_app.board.entries import LANGUAGE_MODEL, Entry


def entry(number: int, task: str = "nli") -> Entry:
    return Entry(
        id=f"{number:012x}",
        created="2026-11-25T00:00:00+00:00",
        task=task,
        model=f"모델 {number}",
        link="",
        parameters=None,
        trained_on="train",
        selected_on="held-out",
        scores={"accuracy": 50.0},
        intervals={"accuracy": [40.0, 60.0]},
        split="validation",
        examples=3,
        data="d",
        sample=True,
        predictions="p",
    )


def asked(number: int, task: str = "nli") -> Entry:
    """One of a language model."""
    return replace(
        entry(number, task),
        kind=LANGUAGE_MODEL,
        asked=f"rank, {number} shots, ko",
        trained_on="",
        selected_on="",
        unknown_labels={"invented": 1200, "empty": 3, "missing": 0},
        trivial={"accuracy": 33.333},
    )
