"""The demonstration: klue-tiny, the bundled sample, all eight tasks, one table.

python -m klue_cli.demo [FOLDER]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from klue_baselines.tiny import KLUE_TINY
from klue_baselines.training.run import Run, train
from klue_common.progress import quiet_libraries
from klue_datasets.files import written_folder
from klue_metrics import METRICS

OVERRIDES = {
    "epochs": 10,
    "learning_rate": 1e-3,
    "batch_size": 8,
    "evaluations": 1,
    "patience": 100,
    "max_length": 128,
}


def demonstrate(folder: Path) -> Table:
    """Fine-tune and score all eight tasks on the sample; models and results stay under `folder`."""
    quiet_libraries()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, side in (
        ("task", "left"),
        ("score", "left"),
        ("value", "right"),
        ("data", "left"),
    ):
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    table.add_column("seconds", justify="right")
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
            table.add_row(
                task if at == 0 else "", score, value, "sample", seconds if at == 0 else ""
            )
    return table


def main() -> None:
    """Build in a fresh folder beside the old one, then take its place."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "runs/demo")
    with written_folder(target, replace=True) as building:
        table = demonstrate(building)
    Console(width=None if sys.stdout.isatty() else 100).print(table)


if __name__ == "__main__":
    main()
