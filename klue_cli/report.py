"""`klue report`: the table of all results."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.text import Text

from klue_common.errors import InputError

from .doors import a_folder
from .options import DataDir, Json
from .score import load_gold
from .score_tables import order_tables
from .terminal import show


def report(
    folder: Annotated[
        Path, typer.Argument(help="The folder that collects results.", callback=a_folder)
    ] = Path("results"),
    markdown: Annotated[bool, typer.Option("--markdown", help="For a document.")] = False,
    ties: Annotated[
        bool,
        typer.Option(
            "--ties",
            help="Which models cannot be told apart: from the predictions in the folders of runs, "
            "where klue bench has its --output.",
        ),
    ] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Print the table of all results: mean and deviation over the seeds."""
    if ties and markdown:
        raise InputError("--markdown: found it with --ties, expected one of the two")
    if ties:
        show(*all_ties(folder, data_dir), as_json)
        return
    from klue_common.progress import note
    from klue_results.lm_tables import encoders, language_models, lm_markdown, lm_notes, lm_rows
    from klue_results.results import read_results
    from klue_results.tables import markdown_table, notes_on, result_rows

    from .result_tables import shown_results

    broken: list[InputError] = []
    found = list(read_results(folder, broken))
    tuned, asked = encoders(found), language_models(found)
    if markdown:
        parts = [markdown_table(tuned)] if tuned else []
        parts += [lm_markdown(asked), *lm_notes(asked)] if asked else []
        print("\n\n".join(parts))
    else:
        show(shown_results(found), [*result_rows(tuned), *lm_rows(asked)], as_json)
    for remark in notes_on(found) if as_json else ():
        note(remark)
    # What can be shown is shown first.
    for error in broken[:-1]:
        note(f"klue: error: {error}")
    if broken:
        raise broken[-1]


def all_ties(folder: Path, data_dir: str | None) -> tuple[Group, list[dict[str, Any]]]:
    """Return what is known about the order of models, a board a task and split."""
    from klue_common.progress import note
    from klue_metrics import METRICS
    from klue_results.stored_runs import boards, order_of, stored_runs

    parts: list[Any] = []
    content = []
    for board in boards(stored_runs(folder)):
        note(f"{board.task} {board.split}: {len(board.systems)} systems")

        @cache
        def gold_of(split: str, task: str = board.task, sample: bool = board.sample) -> Any:
            return load_gold(task, split, data_dir, sample)

        found = order_of(board, gold_of)
        examples = len(gold_of(board.split))
        about = {"task": board.task, "split": board.split, "sample": board.sample}
        about |= {"examples": examples, "seeds": board.seeds}
        if board.left_out:
            note(f"{board.task}: the first {board.seeds} of a system's seeds, as many as all have")
        parts += [order_tables(METRICS[board.task], found, about), Text("")]
        content.append({**about, "scores": {name: of.as_dict() for name, of in found.items()}})
    if not parts:
        raise InputError(f"{folder}: found no task with two systems, expected one at least")
    return Group(*parts[:-1]), content
