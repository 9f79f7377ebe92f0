"""`klue lm path`, `from-lm-eval` and `from-inspect`: the way into other harnesses, and out of them.

`klue lm` registers these functions.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .doors import a_file
from .options import Json, Task, known_task
from .terminal import numbers, plain_table, show

if TYPE_CHECKING:
    from klue_lm.tally import Tally

Output = Annotated[Path, typer.Option(help="The prediction file (JSON Lines).", callback=a_file)]
Log = Annotated[Path, typer.Argument(help="The harness's log.", callback=a_file)]


def path() -> None:
    """Print the folder of the tasks for lm-evaluation-harness.

    `lm_eval run --include_path "$(klue lm path)" --tasks klue`
    """
    from klue_lm.lm_eval_tasks import folder

    print(folder())


def from_lm_eval(task: Task, log: Log, output: Output, as_json: Json = False) -> None:
    """Write the prediction file of a sample log of lm-evaluation-harness (`--log_samples`)."""
    from klue_lm.foreign_logs import from_lm_eval as read

    converted(read, task, log, output, as_json)


def from_inspect(task: Task, log: Log, output: Output, as_json: Json = False) -> None:
    """Write the prediction file of a log of inspect-ai, .eval or .json."""
    from klue_lm.foreign_logs import from_inspect as read

    converted(read, task, log, output, as_json)


def converted(
    read: Callable[[str, Path, Path], Tally], task: str, log: Path, output: Path, as_json: bool
) -> None:
    """Write a log's predictions and say what became of its answers."""
    from klue_common.progress import note

    counts = read(known_task(task), log, output).counts
    note(f"{output}: {sum(counts.values())} predictions")
    note(f"klue score {task} {output} --unknown-label wrong scores them")
    rows = ((name, str(count)) for name, count in counts.items() if count)
    show(plain_table(["answers", numbers("count")], rows), counts, as_json)
