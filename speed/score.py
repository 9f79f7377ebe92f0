"""How long `klue score` takes as a whole, side by side with loading the split as is usual.

    KLUE_DATA_DIR=... python -m speed.score

Each is a process of its own, as a person starts it: imports, reading the dev split and a prediction
file, scores with intervals. Python's own start is measured and taken off. The usual way loads the
split through `datasets.load_dataset`, from a folder that is built and cached already, and scores it
with the same metric. Without KLUE_DATA_DIR the bundled sample is used; then only the fixed part
counts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("HF_HOME", tempfile.mkdtemp(prefix="klue-bench-"))

from klue_datasets import TASKS, DataError, build, read_rows
from klue_datasets.sources import VARIABLE
from klue_metrics import METRICS

ROOT = Path(__file__).parent.parent
REPEATS = 5
IS_SAMPLE = not os.environ.get(VARIABLE)

KLUE = "from klue_cli.app import main; main()"
USUAL = """
import sys

import datasets

from klue_metrics import METRICS

task, file, folder = sys.argv[1:]
metric = METRICS[task]
gold = metric.gold(datasets.load_dataset(folder, task, split="validation"))
print(metric.score(gold, metric.read_predictions(file, gold), confidence=0.95))
"""

Record = dict[str, Any]


def label_record(reference: str) -> Record:
    return {"label": reference}


def relation_record(reference: str) -> Record:
    labels = METRICS["re"].labels
    assert labels is not None
    return {
        "label": reference,
        "probabilities": [float(name == reference) for name in labels.names],
    }


def answer_record(reference: Mapping[str, Any]) -> Record:
    return {"prediction_text": next(iter(reference["answers"]["text"]), "")}


# The record of a model that makes no mistake.
RECORDS: dict[str, Callable[[Any], Record]] = {
    "ynat": label_record,
    "sts": lambda score: {"score": score},
    "nli": label_record,
    "ner": lambda tags: {"tags": tags},
    "re": relation_record,
    "dp": dict,
    "mrc": answer_record,
    "wos": lambda state: {"state": state},
}


def write_predictions(task: str, path: Path) -> int:
    """Write a prediction file for dev; returns how many examples it has."""
    gold = METRICS[task].gold(read_rows(task, "validation", sample=IS_SAMPLE, full=True))
    keyed = zip(gold.guids, gold.references, strict=True)
    records = [{"guid": guid, **RECORDS[task](reference)} for guid, reference in keyed]
    METRICS[task].write_predictions(path, records)
    return len(records)


def seconds_of_scoring(task: str, path: Path) -> float:
    """Return what reading the predictions and scoring take by themselves, in this process."""
    metric = METRICS[task]
    gold = metric.gold(read_rows(task, "validation", sample=IS_SAMPLE, full=True))
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        metric.score(gold, metric.read_predictions(path, gold), confidence=0.95)
        times.append(time.perf_counter() - started)
    return min(times)


def best_seconds(programs: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Return the shortest time of each program, run in turns: what else goes on falls on all."""
    best: dict[str, float] = {}
    for _ in range(REPEATS + 1):
        for name, arguments in programs.items():
            started = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", *arguments], cwd=ROOT, capture_output=True, check=True
            )
            best[name] = min(time.perf_counter() - started, best.get(name, float("inf")))
    return best


def main() -> None:
    """Measure task by task and print the table."""
    print("From the start of the process, Python's own taken off: seconds\n")
    print(f"{'task':6}{'examples':>9} |{'usual':>8}{'klue score':>12}{'faster':>8} |", end="")
    print(f"{'of that scoring':>17}{'the rest':>10}")
    with tempfile.TemporaryDirectory() as folder:
        build(f"{folder}/klue", sample=IS_SAMPLE, full=True)
        for task in TASKS:
            file = Path(folder, f"{task}.jsonl")
            try:
                examples = write_predictions(task, file)
            except DataError as error:
                print(f"{task:6}{error}")
                continue
            sample = ["--sample"] if IS_SAMPLE else []
            best = best_seconds(
                {
                    "python": ["pass"],
                    "usual": [USUAL, task, str(file), f"{folder}/klue"],
                    "klue": [KLUE, "score", task, str(file), *sample],
                }
            )
            usual, klue = (best[name] - best["python"] for name in ("usual", "klue"))
            scoring = seconds_of_scoring(task, file)
            print(
                f"{task:6}{examples:>9,} |{usual:8.2f}{klue:12.2f}{usual / klue:7.1f}x |"
                f"{scoring:17.2f}{klue - scoring:10.2f}"
            )


if __name__ == "__main__":
    main()
