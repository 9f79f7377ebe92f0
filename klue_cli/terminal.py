"""Results on a terminal or in a pipe: plain tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from rich.console import Console, RenderableType
from rich.table import Column, Table
from rich.text import Text

from klue_common.progress import first_process

PIPE_WIDTH = 1000  # columns; nothing is cut off for a program or a file


def numbers(name: str) -> Column:
    """Return a column of numbers, which stand right."""
    return Column(name, justify="right")


def plain_table(
    columns: Iterable[str | Column], rows: Iterable[Iterable[str | Text]] = ()
) -> Table:
    """Return a table without a frame.

    Args:
        columns: the headings; `numbers(heading)` for a column of numbers.
        rows: the cells of each row.
    """
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*row)
    return table


def heading(title: str) -> Text:
    """Return the line above a table; a table's own title would be wrapped at its width."""
    return Text(title, style="bold")


def show(table: RenderableType, content: Any, as_json: bool) -> None:
    """Print a result on stdout, once, however many processes there are.

    Args:
        table: for people.
        content: the same for a program.
        as_json: whether it is a program that reads.
    """
    if not first_process():
        return
    if as_json:
        print_json(content)
    else:
        render(table, sys.stdout)


def print_json(content: Any) -> None:
    """Print a result for a program on stdout."""
    print(json.dumps(content, ensure_ascii=False, indent=2))


def tell(table: RenderableType) -> None:
    """Print on stderr what is no result."""
    render(table, sys.stderr)


def render(table: RenderableType, stream: TextIO) -> None:
    """Print for people: as wide as the terminal, or in a pipe as wide as it is."""
    plain: Any = {"markup": False, "emoji": False, "highlight": False}  # a cell is no markup
    if stream.isatty():
        Console(file=stream, **plain).print(table)
        return
    console = Console(file=stream, width=PIPE_WIDTH, **plain)
    with console.capture() as rendered:
        console.print(table)
    print("\n".join(line.rstrip() for line in rendered.get().splitlines()), file=stream)
