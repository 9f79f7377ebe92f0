"""What `klue annotate screen` and `train-screen` show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from klue_annotation.screening.page import group_rows, reason_rows

from .data_tables import part
from .score_tables import interval
from .terminal import heading, numbers

if TYPE_CHECKING:
    from klue_annotation.screening.report import Report
    from klue_baselines.screening.results import ScreenResult


def report_table(report: Report) -> Group:
    """Return the tables of what a screened file holds, and examples."""
    counts = f"{report.all.rows:,} rows, {report.all.kept:,} kept, {report.all.flagged:,} flagged"
    unread = f", {report.unread:,} without a text" if report.unread else ""
    parts: list[RenderableType] = [heading(f"{report.file}: {counts}{unread}"), Text()]
    parts += part("reasons", ["reason", numbers("rows"), numbers("%")], reason_rows(report))
    if report.groups:
        columns = ("rows", "kept", "flagged", "%")
        parts += part("from", ["", *map(numbers, columns)], group_rows(report.groups))
    examples = [[reason, text] for reason, texts in report.examples.items() for text in texts[:2]]
    parts += part("examples (boxes for personal data)", ["reason", "text"], examples)
    return Group(*parts)


def screen_table(result: ScreenResult) -> Group:
    """Return the tables of a screen's scores and of how its thresholds work."""
    parts: list[RenderableType] = [heading(f"{result.model}, seed {result.seed}"), Text()]
    scores = (
        [name, f"{value:.2f}", interval(result.intervals[name]) or "-"]
        for name, value in result.scores.items()
    )
    parts += part("scores on dev", ["score", numbers("value"), numbers("95 %")], scores)
    title = f"thresholds for a recall of {100 * result.recall:g} % on the held-out part"
    columns = ("threshold", "recall", "95 %", "precision", "95 %", "false alarms", "95 %")
    clean = ("other texts flagged", "95 %")
    rows = (
        [kind, threshold(result, kind), *dev_cells(working), *clean_cells(result, kind)]
        for kind, working in result.dev.items()
    )
    parts += part(title, ["", *map(numbers, (*columns, *clean))], rows)
    return Group(*parts)


def threshold(result: ScreenResult, kind: str) -> str:
    """Return the threshold of a kind; "-" for that of either."""
    return f"{result.thresholds[kind]:.3f}" if kind in result.thresholds else "-"


def dev_cells(working: Mapping[str, Any]) -> list[str]:
    """Return recall, precision and false alarms, each with its interval."""
    names = ("recall", "precision", "false_alarms")
    return [cell for name in names for cell in share_cells(working[name])]


def clean_cells(result: ScreenResult, kind: str) -> list[str]:
    """Return how many texts of other origin are flagged."""
    return share_cells(result.clean[kind]) if kind in result.clean else ["-", "-"]


def share_cells(share: Mapping[str, Any]) -> list[str]:
    """Return a share and its interval."""
    if share["value"] is None:
        return ["-", "-"]
    return [f"{share['value']:.1f}", interval(share["interval"], 1) or "-"]
