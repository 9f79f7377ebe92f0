"""What somebody else's language model answered to all of dev, read by the tasks' own readers."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from klue_datasets import read_rows
from klue_lm.results import scored
from klue_lm.task import UNREADABLE
from klue_lm.tasks import LMS
from klue_metrics import METRICS


def answers(folder: Path, task: str) -> dict[str, str]:
    """Return the replies by guid, those of dp by the sentence: they have numbers of their own."""
    place = next(folder.glob(f"{task}_dev_gemini25flash.*"))
    if place.suffix == ".csv":
        with place.open(encoding="utf-8") as file:
            rows: list[dict[str, Any]] = list(csv.DictReader(file))
    else:
        rows = json.loads(place.read_text("utf-8"))
    if task == "dp":
        return {" ".join(row["words"]): row["raw_response"] for row in rows}
    field = "predicted_relation" if task == "re" else "prediction_text"
    return {row["id"]: row[field] for row in rows}


def read(folder: Path, data_dir: list[Path], task: str) -> tuple[dict[str, Any], Counter[str]]:
    """Return the scores of the replies, and how many were of which kind."""
    said, lm = answers(folder, task), LMS[task]
    rows = list(read_rows(task, "validation", data_dir=data_dir, full=True))
    records, kinds = [], Counter[str]()
    for row in rows:
        (question,) = lm.questions(row, "ko" if task in ("ynat", "dp") else "en")
        key = " ".join(row["word_form"]) if task == "dp" else question.guid
        reading = lm.read(question, said[key])
        kinds[reading.kind] += 1
        records.append({"guid": question.guid, **reading.fields})
    return scored(METRICS[task], METRICS[task].gold(rows), records), kinds


@pytest.mark.parametrize(
    ("task", "score", "value", "invented", "empty"),
    [
        ("ynat", "macro_f1", 72.45, 1, 692),
        # Published as 32.13: two labels had been taken for each other.
        ("nli", "accuracy", 86.57, 1, 276),
        ("re", "micro_f1", 45.92, 923, 0),
    ],
)
def test_labels(
    shared: Path,
    data_dir: list[Path],
    task: str,
    score: str,
    value: float,
    invented: int,
    empty: int,
) -> None:
    scores, kinds = read(shared / "predictions", data_dir, task)
    assert round(scores[score], 2) == value
    assert scores["unknown_labels"] == {"invented": invented, "empty": empty, "missing": 0}
    assert kinds[UNREADABLE] == empty


def test_trees(shared: Path, data_dir: list[Path]) -> None:
    """Its relations are those of another scheme. 464 answers are empty, 6 have another form.

    The heads that were published with them have 51.31: where an answer names the eojeols, theirs
    are all 0.
    """
    scores, kinds = read(shared / "predictions", data_dir, "dp")
    assert round(scores["uas_micro_f1"], 2) == 53.43
    assert scores["las_micro_f1"] == 0
    assert kinds[UNREADABLE] == 470
