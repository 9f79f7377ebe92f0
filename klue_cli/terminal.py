"""Results on stdout: a table for people, JSON for a program."""

from __future__ import annotations

import json
import sys
from typing import Any

from klue_common.progress import first_process

PIPE_WIDTH = 1000  # columns; nothing is cut off for a program or a file


def show(table: Any, content: Any, as_json: bool) -> None:
    """Print a result: a table for people, or JSON; once, however many processes there are."""
    from rich.console import Console

    if not first_process():
        return
    if as_json:
        print(json.dumps(content, ensure_ascii=False, indent=2))
    elif sys.stdout.isatty():
        Console().print(table)
    else:
        console = Console(width=PIPE_WIDTH)
        with console.capture() as rendered:
            console.print(table)
        print("\n".join(line.rstrip() for line in rendered.get().splitlines()))
