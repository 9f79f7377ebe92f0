"""Pictures of the statistics, drawn as SVG by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from ..files import write_text
from .stats import Lengths, TaskStats
from .svg import document, text

COLOURS = {"train": "#0072b2", "validation": "#e69f00"}
"""Blue and orange of Okabe and Ito's palette, told apart by colour-blind readers too."""

WIDTH = 760
LEFT = 250
RIGHT = 70
TOP = 56
ROW = 13


def write_plots(folder: Path, stats: TaskStats) -> list[Path]:
    """Draw the labels and the lengths of a task.

    Args:
        folder: where `<task>-labels.svg` and `<task>-lengths.svg` go; made if need be.
        stats: of the task.

    Returns:
        The files written; a chart without anything in it is left out.
    """
    charts = {"labels": label_chart(stats), "lengths": length_chart(stats)}
    written = []
    for name, chart in charts.items():
        if chart:
            path = folder / f"{stats.task}-{name}.svg"
            write_text(path, chart)
            written.append(path)
    return written


def label_chart(stats: TaskStats) -> str:
    """Draw how often each label occurs, a bar per split, in percent of the split's labels."""
    shares = {}
    for split, of_split in stats.splits.items():
        total = sum(of_split.labels.values())
        if total:
            shares[split] = {name: 100 * n / total for name, n in of_split.labels.items()}
    names = list(dict.fromkeys(name for share in shares.values() for name in share))
    if not names:
        return ""
    highest = max(max(share.values()) for share in shares.values())
    scale = (WIDTH - LEFT - RIGHT) / highest
    body = []
    y = TOP
    for name in names:
        middle = y + ROW * len(shares) / 2
        body.append(text(LEFT - 8, middle, name, anchor="end"))
        for split, share in shares.items():
            value = share.get(name, 0.0)
            body.append(_bar(LEFT, y, scale * value, ROW - 2, split, f"{name}: {value:.1f} %"))
            body.append(text(LEFT + scale * value + 5, y + ROW / 2 - 1, f"{value:.1f}", size=10))
            y += ROW
        y += 7
    title = f"{stats.task}: {stats.label_column}, % of the split"
    return document(title, WIDTH, y + 8, LEFT, [*_legend(shares), *body])


def length_chart(stats: TaskStats) -> str:
    """Draw how long the texts are in characters, a histogram per kind of text and split."""
    panels = [
        (split, lengths)
        for split, of_split in stats.splits.items()
        for lengths in of_split.lengths
        if lengths.unit == "characters"
    ]
    if not panels:
        return ""
    texts = list(dict.fromkeys(lengths.of for _, lengths in panels))
    panels.sort(key=lambda panel: texts.index(panel[1].of))
    height, gap = 90, 46
    body: list[str] = []
    for number, (split, lengths) in enumerate(panels):
        # The splits of one text share an axis, so that they can be compared.
        end = max(other.edges[-1] for _, other in panels if other.of == lengths.of)
        body += _histogram(split, lengths, end, TOP + number * (height + gap), height)
    splits = dict.fromkeys(split for split, _ in panels)
    title = f"{stats.task}: length in characters"
    return document(
        title, WIDTH, TOP + len(panels) * (height + gap), LEFT, [*_legend(splits), *body]
    )


def _histogram(
    split: str, lengths: Lengths, end: float, top: float, height: float
) -> Iterator[str]:
    width = WIDTH - LEFT - RIGHT
    step = width / end
    scale = height / max(lengths.bars)
    yield text(LEFT - 8, top + 14, f"{lengths.of} ({split})", anchor="end")
    yield text(LEFT - 8, top + 32, f"{lengths.count:,} texts", anchor="end", size=10)
    yield text(LEFT - 8, top + 47, f"median {lengths.median:,.0f}", anchor="end", size=10)
    for at, count in enumerate(lengths.bars):
        low, high = lengths.edges[at], lengths.edges[at + 1]
        yield _bar(
            LEFT + low * step,
            top + height - scale * count,
            (high - low) * step - 0.5,
            scale * count,
            split,
            f"{low:.0f} to {high:.0f} characters: {count:,}",
        )
    base = top + height
    yield f'<line x1="{LEFT}" y1="{base}" x2="{LEFT + width}" y2="{base}" stroke="#888"/>'
    for share in (0.0, 0.5, 1.0):
        yield text(LEFT + share * width, base + 13, f"{share * end:,.0f}", anchor="middle", size=10)


def _legend(splits: Mapping[str, object] | Sequence[str]) -> Iterator[str]:
    x = float(LEFT)
    for split in splits:
        yield _bar(x, 36, 11, 11, split, split)
        yield text(x + 16, 42, split, size=11)
        x += 100


def _bar(x: float, y: float, width: float, height: float, split: str, says: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" '
        f'height="{max(height, 0):.1f}" fill="{COLOURS[split]}">'
        f"<title>{escape(says)}</title></rect>"
    )
