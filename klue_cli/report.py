"""`klue report`: the table of all results."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .doors import a_folder
from .options import Json
from .terminal import show


def report(
    folder: Annotated[
        Path, typer.Argument(help="The folder that collects results.", callback=a_folder)
    ] = Path("results"),
    markdown: Annotated[bool, typer.Option("--markdown", help="For a document.")] = False,
    as_json: Json = False,
) -> None:
    """Print the table of all results: mean and deviation over the seeds."""
    from klue_common.errors import InputError
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
