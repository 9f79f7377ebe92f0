"""For each task the prediction file that costs a scorer most, within a page's limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from klue_metrics import Gold

LINE_BYTES = 200_000

Worst = Callable[[int, Any, int], dict[str, Any]]


def distinct_label(number: int, reference: Any, size: int) -> dict[str, Any]:
    return {"label": f"{number}-" + "x" * size}


def distinct_heads(number: int, reference: Any, size: int) -> dict[str, Any]:
    words = len(reference["head"])
    heads = [10 * number * words + at + 10**6 for at in range(words)]
    return {"head": heads, "deprel": [f"{number}-{at}-" + "x" * (size // words) for at in heads]}


def distinct_right_heads(number: int, reference: Any, size: int) -> dict[str, Any]:
    words = len(reference["head"])
    names = [f"{number}-{at}-" + "x" * (size // words) for at in range(words)]
    return {"head": reference["head"], "deprel": names}


def distinct_tags(number: int, reference: Any, size: int) -> dict[str, Any]:
    tags = tags_of(reference)
    return {"tags": [f"B-{number}-{at}" + "x" * (size // len(tags)) for at in range(len(tags))]}


def tags_of(reference: Any) -> Any:
    return reference["tags"] if isinstance(reference, dict) else reference


def large_state(number: int, reference: Any, size: int) -> dict[str, Any]:
    return {"state": [f"관광-이름-{number}-{at}" for at in range(size // 30 + 1)]}


def long_answer(number: int, reference: Any, size: int) -> dict[str, Any]:
    words = [f"{number}{at} " for at in range(size // 8)]
    return {"prediction_text": "".join(words)}


def huge_number(number: int, reference: Any, size: int) -> dict[str, Any]:
    return {"score": 10.0**300 * (number + 1)}


WORST: dict[str, tuple[Worst, ...]] = {
    "ynat": (distinct_label,),
    "nli": (distinct_label,),
    "re": (distinct_label,),
    "sts": (huge_number,),
    "ner": (distinct_tags,),
    "mrc": (long_answer,),
    "wos": (large_state,),
    "dp": (distinct_right_heads, distinct_heads),
}


def worst_files(task: str, gold: Gold, folder: Path, megabytes: int = 60) -> Iterator[Path]:
    """Write and yield the files of a task.

    Args:
        task: one of `WORST`.
        gold: its references.
        folder: where they go.
        megabytes: how large a file is, about.
    """
    size = min(LINE_BYTES, (megabytes << 20) // len(gold))
    for make in WORST[task]:
        path = folder / f"{task}-{make.__name__}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for number, (guid, reference) in enumerate(
                zip(gold.guids, gold.references, strict=True)
            ):
                record = {"guid": guid, **make(number, reference, size)}
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
        yield path
