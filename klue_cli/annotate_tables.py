"""What the `klue annotate` commands show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Column
from rich.text import Text

from .data_tables import part
from .terminal import heading, numbers

if TYPE_CHECKING:
    from klue_annotation.adjudication import Imported
    from klue_annotation.agreement import Agreement, Report, Share
    from klue_annotation.estimates import Estimates

ABSENT = "-"


def import_table(task: str, out: Path, imported: Imported) -> Group:
    """Return what an import wrote."""
    items, undecided = len(imported.items), len(imported.undecided)
    counts = f"{items:,} items, {items - undecided:,} with gold, {undecided:,} without"
    return Group(heading(f"{task}: {counts}"), *(Text(f"{out / name}") for name in imported.files))


def report_tables(report: Report) -> Group:
    """Return the tables of how far people agree."""
    name = f"{report.task}: {report.items:,} items, {report.undecided:,} without gold"
    parts: list[RenderableType] = [heading(name), Text()]
    names = ("items", "two agree, %", "95 %", "alpha")
    columns: list[str | Column] = ["measure", *map(numbers, names)]
    for title, found in (("all items", report.before), ("items with gold", report.after)):
        parts += part(title, columns, map(agreement_cells, found))
    parts += annotators_part(report)
    parts += groups_part(report)
    if report.below:
        rows = ([guid, f"{percent:.1f}"] for guid, percent in report.below)
        parts += part("for a second pass", ["item", numbers("two agree, %")], rows)
    return Group(*parts)


def agreement_cells(found: Agreement) -> list[str]:
    """Return the cells of a measure."""
    return [found.measure, f"{found.items:,}", *share_cells(found.pairwise), alpha(found.alpha)]


def annotators_part(report: Report) -> list[RenderableType]:
    """Return the table of the people."""
    names = ("answers", "refused", "seconds", "with the rest, %", "95 %", "with gold, %", "95 %")
    rows = (
        [
            one.annotator,
            f"{one.answers:,}",
            f"{one.refused:,}",
            ABSENT if one.seconds is None else f"{one.seconds:.1f}",
            *share_cells(one.with_rest),
            *share_cells(one.with_gold),
        ]
        for one in report.annotators
    )
    measure = report.before[0].measure
    return part(f"people ({measure})", ["annotator", *map(numbers, names)], rows)


def groups_part(report: Report) -> list[RenderableType]:
    """Return the table of sources and labels, none where there are none."""
    if not report.groups:
        return []
    names = ("items", "without gold", "two agree, %", "95 %", "alpha")
    rows = (
        [
            one.kind,
            one.name,
            f"{one.items:,}",
            f"{one.undecided:,}",
            *share_cells(one.agreement.pairwise),
            alpha(one.agreement.alpha),
        ]
        for one in report.groups
    )
    measure = report.before[0].measure
    return part(f"sources and labels ({measure})", ["", "name", *map(numbers, names)], rows)


def estimate_table(estimates: Estimates) -> Group:
    """Return the table of items whose estimated label is not gold."""
    title = f"Dawid-Skene: {len(estimates.differences):,} of {estimates.items:,} labels differ"
    rows = (
        [one.guid, one.gold or ABSENT, one.estimated, f"{one.probability:.3f}"]
        for one in estimates.differences
    )
    return Group(*part(title, ["item", "gold", "estimated", numbers("probability")], rows))


def share_cells(share: Share) -> Sequence[str]:
    """Return a share and its interval."""
    if share.percent is None:
        return ABSENT, ABSENT
    low, high = share.interval or (float("nan"), float("nan"))
    return f"{share.percent:.1f}", f"[{low:.1f}, {high:.1f}]"


def alpha(value: float | None) -> str:
    """Return Krippendorff's alpha, "-" where there is none."""
    return ABSENT if value is None else f"{value:.3f}"
