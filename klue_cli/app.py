"""The `klue` command.

Results go to stdout, everything else to stderr. Exit code 0: done, 1: a run failed, 2: wrong input.
"""

from __future__ import annotations

import io
import os
import sys

import typer

from . import (
    annotate,
    bench,
    compare,
    data,
    export,
    label,
    leaderboard,
    lm,
    predict,
    pretrain,
    push,
    report,
    score,
    space,
    sweep,
    train,
)
from .ending import ended

app = typer.Typer(
    name="klue",
    help="KLUE, the Korean Language Understanding Evaluation: data, metrics and baselines.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(train.train)
app.command()(predict.predict)
app.command()(export.export)
app.command()(label.label)
app.command()(report.report)
app.add_typer(data.app, name="data")
app.add_typer(push.app, name="push")
app.command()(leaderboard.leaderboard)
app.command()(bench.bench)
app.command()(sweep.sweep)
app.add_typer(lm.app, name="lm")
app.add_typer(annotate.app, name="annotate")
app.add_typer(pretrain.app, name="pretrain")
app.command()(score.score)
app.command()(compare.compare)
app.command()(space.space)


def main() -> None:
    """Run the command and turn what goes wrong into one line and an exit code."""
    # Quiet and local unless asked otherwise; read by the libraries when they are imported.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that lacks a letter shows its number; the command goes on.
            stream.reconfigure(errors="backslashreplace")
    # Typer prints what is wrong with the arguments itself, and exits: 2, or 130 for Ctrl-C.
    sys.exit(ended(app))


if __name__ == "__main__":
    main()
