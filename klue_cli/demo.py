"""The demonstration: klue-tiny, the bundled sample, all eight tasks, one table.

python -m klue_cli.demo [FOLDER]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from klue_baselines.tiny import KLUE_TINY
from klue_baselines.training.run import Run, train
from klue_common.progress import quiet_libraries
from klue_datasets.files import written_folder
from klue_metrics import METRICS

from .ending import ended
from .terminal import numbers, plain_table, show

OVERRIDES = {
    "epochs": 10,
    "learning_rate": 1e-3,
    "batch_size": 8,
    "evaluations": 1,
    "patience": 100,
    "max_length": 128,
}


def demonstrate(folder: Path) -> list[list[str]]:
    """Fine-tune and score all eight tasks on the sample.

    Args:
        folder: where models and results stay.

    Returns:
        Rows of task, score, value, data and seconds.
    """
    quiet_libraries()
    rows = []
    for task, metric in METRICS.items():
        began = time.monotonic()
        result = train(
            Run(
                task=task,
                model=str(KLUE_TINY),
                output=folder / task,
                overrides=OVERRIDES,
                sample=True,
                results=folder / "results",
                overwrite=True,
                name="klue-tiny",
            )
        )
        seconds = f"{time.monotonic() - began:.1f}"
        for at, score in enumerate(metric.scores):
            value = f"{result.scores[score]:.2f}"
            first = at == 0
            rows.append([task if first else "", score, value, "sample", seconds if first else ""])
    return rows


def main() -> None:
    """Build in a new folder beside the old one, let it take its place, and print the table."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "runs/demo")
    with written_folder(target, replace=True) as building:
        rows = demonstrate(building)
    table = plain_table(["task", "score", numbers("value"), "data", numbers("seconds")], rows)
    show(table, rows, as_json=False)


if __name__ == "__main__":
    sys.exit(ended(main))
