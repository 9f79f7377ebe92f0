"""`klue leaderboard`: what the models on the Hub say of themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table

from .options import Json
from .terminal import heading, numbers, plain_table, show


def leaderboard(
    org: Annotated[
        str | None, typer.Option(help="Only models of this owner; default: all on the Hub.")
    ] = None,
    community: Annotated[
        bool,
        typer.Option(
            "--community", help="Scores of open pull requests too, which no owner has agreed to."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Collect the results of all models tagged klue on the Hub into one table."""
    from klue_common.progress import note
    from klue_hub.busy_hub import PushError
    from klue_hub.leaderboard import board

    try:
        rows = board(org, community)
    except PushError as error:
        note(f"klue: {error}")
        raise typer.Exit(1) from None
    show(shown_board(rows), rows, as_json)


def shown_board(rows: list[dict[str, Any]]) -> Group:
    """Return the table of fine-tuned encoders, and that of language models below it."""
    tuned = [row for row in rows if not row["language_model"]]
    asked = [row for row in rows if row["language_model"]]
    parts: list[RenderableType] = [board_table(tuned)] if tuned or not asked else []
    if asked:
        parts += [heading("\nlanguage models" if tuned else "language models"), board_table(asked)]
    return Group(*parts)


def board_table(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Return the board as a table; a date is a day there."""
    return plain_table(
        ["task", "score", numbers("value"), "model", "notes", "date"],
        (
            [
                row["task"],
                row["score"],
                f"{row['value']:.2f}",
                row["model"],
                proposed(row) + (row["notes"] or ""),
                str(row["date"] or "")[:10],
            ]
            for row in rows
        ),
    )


def proposed(row: Mapping[str, Any]) -> str:
    """Return which pull request a row is from, "" where the model's owner says it.

    >>> proposed({"pull_request": 3}), proposed({"pull_request": None})
    ('pull request 3; ', '')
    """
    number = row["pull_request"]
    return "" if number is None else f"pull request {number}; "
