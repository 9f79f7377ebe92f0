"""Tables of scores and differences on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group
from rich.table import Column, Table
from rich.text import Text

from .terminal import heading, numbers, plain_table


def unknown_note(counts: dict[str, int]) -> str:
    """Return in words what was counted as wrong without being an answer of the task.

    Args:
        counts: how many were invented, empty and missing.

    Example:
        >>> unknown_note({"invented": 903, "empty": 20, "missing": 2})
        'counted as wrong: 903 invented, 20 empty (guids missing: 2)'
    """
    return (
        f"counted as wrong: {counts['invented']:,} invented, {counts['empty']:,} empty "
        f"(guids missing: {counts['missing']:,})"
    )


def title_of(metric: Any, about: dict[str, Any]) -> str:
    """Return the title of a report: task, split, number of examples.

    Args:
        metric: of the task.
        about: task, split, sample and examples.
    """
    where = f"{about['split']}, {about['examples']:,} examples"
    mark = "the bundled sample, no KLUE score: " if about["sample"] else ""
    return f"{metric.title} ({about['task']}): {mark}{where}"


def score_table(scores: dict[str, Any], confidence: float | None) -> Table:
    """Return the table of official scores, then of the textbook ones.

    Args:
        scores: name -> 0-100, or part -> 0-100 for a score of several parts.
        confidence: of the intervals, which stand in `scores` as `<name>_ci`; None without.
    """
    columns: list[str | Column] = ["score", numbers("value")]
    if confidence is not None:
        columns.append(numbers(f"{100 * confidence:g} % interval"))
    rows = []
    for name, value in scores.items():
        if name.endswith("_ci"):
            continue
        if isinstance(value, dict):
            rows += [[f"{name}, {part}", f"{number:.2f}"] for part, number in value.items()]
        else:
            row = [name, f"{value:.2f}", interval(scores.get(f"{name}_ci"))]
            rows.append(row[: len(columns)])
    return plain_table(columns, rows)


def breakdown_table(metric: Any, groups: dict[str, dict[str, Any]], by: str) -> Table:
    """Return a table with a row per group; a score that is undefined there is a dash.

    Args:
        metric: of the task.
        groups: group -> its number of examples, its scores and their intervals.
        by: what the examples were grouped by.
    """
    names = [name for name in metric.scores if all(name in part for part in groups.values())]
    rows = []
    for group, part in groups.items():
        cells = [
            "–"
            if part[name] is None
            else f"{part[name]:.2f} {interval(part.get(f'{name}_ci'))}".rstrip()
            for name in names
        ]
        rows.append([group, f"{part['examples']:,}", *cells])
    return plain_table([by, numbers("examples"), *map(numbers, names)], rows)


def comparison_table(
    metric: Any,
    found: dict[str, dict[str, Any]],
    about: dict[str, Any],
    names: dict[str, str],
    confidence: float,
) -> Group:
    """Return the table of differences, and a line on each score that says who is better.

    Args:
        metric: of the task.
        found: what `klue_metrics.comparison.compare` returns.
        about: task, split, sample and examples.
        names: "a" and "b" -> their files.
        confidence: of the intervals.
    """
    compared = ("A", "B", "A - B", f"{100 * confidence:g} % interval")
    table = plain_table(
        ["score", *map(numbers, (*compared, "p (bootstrap)", "p (randomisation)"))],
        (
            [
                name,
                f"{part['a']:.2f}",
                f"{part['b']:.2f}",
                f"{part['difference']:+.2f}",
                interval(part["difference_ci"]),
                p_value(part["p_bootstrap"]),
                p_value(part["p_randomisation"]),
            ]
            for name, part in found.items()
        ),
    )
    lines = [Text(f"{name}: {verdict(part, confidence)}") for name, part in found.items()]
    files = [Text(f"{side.upper()}: {path}") for side, path in names.items()]
    return Group(heading(title_of(metric, about)), table, *files, *lines)


def order_tables(metric: Any, found: dict[str, Any], about: dict[str, Any]) -> Group:
    """Return a table a score of systems in order: their ranks, and which are not told apart.

    Args:
        metric: of the task.
        found: what `klue_metrics.ties.ties` returns.
        about: task, split, sample and examples.
    """
    parts: list[Any] = [heading(title_of(metric, about))]
    for name, order in found.items():
        columns: list[str | Column] = [name, numbers("value"), numbers("ranks"), "tied"]
        rows = [
            [system, f"{value:.2f}", f"{low}–{high}" if low < high else f"{low}", letters]
            for system, value, (low, high), letters in zip(
                order.systems, order.values, order.ranks, order.letters, strict=True
            )
        ]
        parts += [plain_table(columns, rows), Text(order_note(order)), Text("")]
    return Group(*parts[:-1])


def order_note(order: Any) -> str:
    """Return in words how the ranks of a table are meant."""
    level = f"{100 * order.level:g} %"
    return (
        f"Systems that share a letter cannot be told apart at the {level} level, all pairs "
        f"together. A pair by itself has to differ by about {order.smallest:.1f} points to be told "
        "apart four times in five."
    )


def verdict(part: dict[str, Any], confidence: float) -> str:
    """Return in words what a comparison of one score says."""
    level = f"at the {100 * (1 - confidence):g} % level"
    if not part["told_apart"]:
        return f"A and B cannot be told apart {level}."
    return f"{'A' if part['difference'] > 0 else 'B'} is better {level}."


def p_value(value: float) -> str:
    """Return a p-value in three digits."""
    return f"{value:.3f}" if value >= 0.001 else "< 0.001"


def interval(bounds: Sequence[float] | None, digits: int = 2) -> str:
    """Return an interval, and nothing where there is none.

    >>> interval([1, 2.346]), interval([1, 2.346], 1), interval(None)
    ('[1.00, 2.35]', '[1.0, 2.3]', '')
    """
    return f"[{bounds[0]:.{digits}f}, {bounds[1]:.{digits}f}]" if bounds else ""
