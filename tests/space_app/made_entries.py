"""Submissions that nobody made, told apart by a number."""

from __future__ import annotations

from space_app.board.entries import Entry


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
