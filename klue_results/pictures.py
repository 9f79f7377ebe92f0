"""A picture of results beside the published ones, drawn as SVG by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from klue_datasets.report.svg import document, text
from klue_metrics import METRICS
from klue_metrics.interval_notes import interval_note

from .published import Published
from .results import Result
from .tables import result_rows

WIDTH, LEFT, RIGHT, TOP, ROW = 860, 190, 120, 74, 30
BLUE, GREY = "#0072b2", "#9a9a9a"


def results_picture(results: Iterable[Result], published: Published, title: str) -> str:
    """Return a picture as SVG: a line a score, published models as ticks beside it.

    Args:
        results: of one encoder.
        published: model -> task -> score -> value, 0-100.
        title: what stands above.

    Returns:
        The text of the picture. A line shows the mean over seeds, its interval and the deviation.
    """
    rows = result_rows(results)
    remark = interval_note(
        {f"{row['task']} {row['score']}": (row["mean"], row["interval"]) for row in rows}
    )
    height = TOP + ROW * len(rows) + (50 if remark else 34)
    body = [*_scale(len(rows))]
    for at, row in enumerate(rows):
        y = TOP + ROW * at + ROW / 2
        body.append(text(LEFT - 12, y, f"{row['task']} {_heading(row)}", anchor="end"))
        for model, tasks in published.items():
            value = tasks.get(row["task"], {}).get(row["score"])
            if value is not None:
                body.append(_tick(value, y, f"{model}: {value:.2f}"))
        body += _estimate(row, y)
    if remark:
        body.append(text(12, height - 10, remark, size=11))
    return document(title, WIDTH, height, LEFT, [*_legend(), *body])


def place(value: float) -> float:
    """Return the x of a score in pixels; scores beyond 0 and 100 stand at the edge.

    Example:
        >>> place(0), place(100), place(250)
        (190.0, 740.0, 740.0)
    """
    return LEFT + (WIDTH - LEFT - RIGHT) * min(max(value, 0), 100) / 100


def _heading(row: Mapping[str, Any]) -> str:
    """Return a score's heading in the paper's table, its name where it has none."""
    metric = METRICS.get(row["task"])
    score: str = row["score"]
    return metric.headings.get(score, score) if metric else score


def _scale(rows: int) -> Iterable[str]:
    bottom = TOP + ROW * rows
    for value in range(0, 101, 20):
        x = place(value)
        yield f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}" stroke="#e4e4e4"/>'
        yield text(x, bottom + 14, str(value), anchor="middle", size=11)


def _estimate(row: Mapping[str, Any], y: float) -> Iterable[str]:
    mean, deviation = row["mean"], row["deviation"]
    shown = f"{mean:.2f}" if deviation is None else f"{mean:.2f} ± {deviation:.2f}"
    says = f"{row['model']}: {shown}"
    if row["interval"] is not None:
        low, high = row["interval"]
        says += f", 95 % interval {low:.2f} to {high:.2f}"
        yield _line(low, high, y, 1.5, says)
    if deviation is not None:
        yield _line(mean - deviation, mean + deviation, y, 6, says)
    dot = f'<circle cx="{place(mean):.1f}" cy="{y:.1f}" r="4.5" fill="{BLUE}">'
    yield f"{dot}<title>{escape(says)}</title></circle>"
    yield text(WIDTH - RIGHT + 14, y, shown)


def _line(low: float, high: float, y: float, width: float, says: str) -> str:
    return (
        f'<line x1="{place(low):.1f}" y1="{y:.1f}" x2="{place(high):.1f}" y2="{y:.1f}" '
        f'stroke="{BLUE}" stroke-width="{width}"><title>{escape(says)}</title></line>'
    )


def _tick(value: float, y: float, says: str) -> str:
    x = place(value)
    return (
        f'<line x1="{x:.1f}" y1="{y - 7:.1f}" x2="{x:.1f}" y2="{y + 7:.1f}" '
        f'stroke="{GREY}" stroke-width="2"><title>{escape(says)}</title></line>'
    )


def _legend() -> Iterable[str]:
    y = 50
    yield f'<circle cx="{LEFT + 6}" cy="{y}" r="4.5" fill="{BLUE}"/>'
    yield text(LEFT + 18, y, "mean; thin: 95 % interval, thick: ± over seeds", size=11)
    x = LEFT + 318
    yield f'<line x1="{x}" y1="{y - 7}" x2="{x}" y2="{y + 7}" stroke="{GREY}" stroke-width="2"/>'
    yield text(x + 8, y, "published models (split not named)", size=11)
