"""Dependency trees: as lines beside words on a terminal, and as arcs over words in SVG."""

import html
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
LINES = " ╵╷│╴╯╮┤╶╰╭├─┴┬┼"

# Of an SVG picture, in pixels.
LANE = 22  # from one arc to the next one farther from the words
GAP = 14  # between two words
WORD_SIZE, DEPREL_SIZE = 14, 10
DEPREL_WIDTH = 6.2  # of one letter
SVG_STYLE = """
svg.tree { display: block; max-width: none; }
svg.tree text { fill: currentColor; }
svg.tree text.deprel { opacity: .75; }
svg.tree text.root { font-weight: 700; opacity: 1; }
svg.tree path { fill: none; stroke: #888; stroke-width: 1.3; }
svg.tree path.missed { stroke: #c90; background: none; }
svg.tree path.wrong { stroke: #d33; background: none; }
svg.tree path.tip { fill: #888; stroke: none; }
svg.tree path.tip.missed { fill: #c90; } svg.tree path.tip.wrong { fill: #d33; }
svg.tree text.missed { fill: #b80; opacity: 1; } svg.tree text.wrong { fill: #d33; opacity: 1; }
"""


def lanes(arcs: Sequence[tuple[int, int]]) -> list[int]:
    """Return a lane for each arc (top, bottom): 0 next to the words; arcs in a lane do not meet.

    >>> lanes([(0, 1), (1, 2), (0, 2)])
    [0, 1, 2]
    """
    taken: list[list[tuple[int, int]]] = []
    found = [0] * len(arcs)
    for number in sorted(range(len(arcs)), key=lambda n: (arcs[n][1] - arcs[n][0], arcs[n])):
        top, bottom = arcs[number]
        lane = 0
        while lane < len(taken) and any(t <= bottom and top <= b for t, b in taken[lane]):
            lane += 1
        if lane == len(taken):
            taken.append([])
        taken[lane].append((top, bottom))
        found[number] = lane
    return found


def gutter(heads: Sequence[int], right: bool = False) -> list[str]:
    """Return the drawing beside each word: a line from its head to each dependent, arrow there.

    Args:
        heads: of each word, counted from 1; 0 (the root) and heads outside get no arc.
        right: whether the drawing stands to the right of the words instead of the left.

    >>> print("\\n".join(gutter([2, 3, 0])))
     ╭►
    ╭┴►
    ╰──
    """
    n = len(heads)
    pairs = [(at, head - 1) for at, head in enumerate(heads) if 1 <= head <= n and head - 1 != at]
    spans = [(min(pair), max(pair)) for pair in pairs]
    lane_of = lanes(spans)
    width = max(lane_of, default=-1) + 1
    cells = [[0] * width for _ in heads]
    ends = [" "] * n
    for (dependent, head), (top, bottom), lane in zip(pairs, spans, lane_of, strict=True):
        column = width - 1 - lane
        for row in range(top, bottom + 1):
            cells[row][column] |= (UP if row > top else 0) | (DOWN if row < bottom else 0)
        for row in (top, bottom):
            cells[row][column] |= RIGHT
            for crossed in range(column + 1, width):
                cells[row][crossed] |= LEFT | RIGHT
        ends[dependent] = "◄" if right else "►"
        if ends[head] == " ":
            ends[head] = "─"
    if right:
        turned = [[mirrored(cell) for cell in reversed(row)] for row in cells]
        return [end + drawn(row) for row, end in zip(turned, ends, strict=True)]
    return [drawn(row) + end for row, end in zip(cells, ends, strict=True)]


def mirrored(cell: int) -> int:
    """Return a cell with left and right exchanged."""
    kept = cell & (UP | DOWN)
    return kept | (RIGHT if cell & LEFT else 0) | (LEFT if cell & RIGHT else 0)


def drawn(row: Sequence[int]) -> str:
    """Return a row of cells as line-drawing characters."""
    return "".join(LINES[cell] for cell in row)


class Edge(NamedTuple):
    """A word's head, counted from 1 and 0 for the root, and the word's relation to it."""

    head: int
    deprel: str


def edges(heads: Sequence[int], deprels: Sequence[str]) -> list[Edge]:
    """Return the edge of each word."""
    return [Edge(*pair) for pair in zip(heads, deprels, strict=True)]


class Drawing(NamedTuple):
    """A tree's picture: its size in pixels, and the parts of it."""

    width: int
    height: int
    body: str


def svg(
    words: Sequence[str],
    label: str,
    upper: Sequence[Edge],
    lower: Sequence[Edge] | None = None,
) -> str:
    """Return a picture of a sentence, as wide as its words; `SVG_STYLE` has its colours.

    Args:
        words: of the sentence.
        label: what a screen reader says of the picture.
        upper: an edge per word, drawn above. A head outside the sentence gets no arc.
        lower: another edge per word, drawn below. Where the two differ, the upper edge is of the
            class "missed" and the lower one of the class "wrong".

    >>> svg(["비가", "온다."], "a tree", edges([2, 0], ["NP_SBJ", "VP"])).count("<path")
    2
    """
    width, height, body = drawing(words, upper, lower)
    return (
        f'<svg class="tree" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(label)}">{body}</svg>'
    )


def drawing(
    words: Sequence[str], upper: Sequence[Edge], lower: Sequence[Edge] | None = None
) -> Drawing:
    """Return what `svg` draws of a sentence, without the element around it."""
    sides = [upper] if lower is None else [upper, lower]
    widths = [
        max(text_width(word), *(DEPREL_WIDTH * len(side[at].deprel) for side in sides)) + GAP
        for at, word in enumerate(words)
    ]
    centres = [sum(widths[:at]) + width / 2 for at, width in enumerate(widths)]
    differ = [len(set(pair)) > 1 for pair in zip(*sides, strict=True)]
    base = depth(upper)
    middle = base + 36
    bottom = middle + 12
    parts = edge_parts(centres, upper, base, -1, ["missed" if odd else "" for odd in differ])
    for at, word in enumerate(words):
        classes = "root" if upper[at].head == 0 else ""
        parts.append(text_part(centres[at], middle, word, WORD_SIZE, classes))
    if lower is not None:
        base = middle + 24
        bottom = base + depth(lower)
        parts += edge_parts(centres, lower, base, 1, ["wrong" if odd else "" for odd in differ])
    return Drawing(round(sum(widths) + 4), bottom, "".join(parts))


def text_width(text: str) -> int:
    """Return the width of a text in pixels at `WORD_SIZE`: wide characters take a whole square.

    >>> text_width("가a"), text_width("\u1100\u1161")
    (22, 14)
    """
    composed = unicodedata.normalize("NFC", text)
    return sum(14 if unicodedata.east_asian_width(c) in "WF" else 8 for c in composed)


def drawn_arcs(side: Sequence[Edge]) -> dict[int, int]:
    """Return {dependent: head}, both counted from 0, of the edges that are drawn as arcs."""
    return {
        at: edge.head - 1
        for at, edge in enumerate(side)
        if 1 <= edge.head <= len(side) and edge.head - 1 != at
    }


def arc_lanes(side: Sequence[Edge]) -> list[int]:
    """Return the lane of each of the drawn arcs."""
    return lanes([(min(arc), max(arc)) for arc in drawn_arcs(side).items()])


def depth(side: Sequence[Edge]) -> int:
    """Return how many pixels the arcs of a side take."""
    return LANE * (max(arc_lanes(side), default=0) + 1) + 10


def edge_parts(
    centres: Sequence[float], side: Sequence[Edge], base: int, away: int, marks: Sequence[str]
) -> list[str]:
    """Return the arcs on one side of the words and the relations between arcs and words.

    Args:
        centres: of the words, pixels from the left.
        side: an edge per word.
        base: where the arcs end, pixels from the top.
        away: the direction away from the words: -1 is up, 1 is down.
        marks: a class per edge, "" for none.
    """
    parts = []
    for (dependent, head), lane in zip(drawn_arcs(side).items(), arc_lanes(side), strict=True):
        top = base + away * LANE * (lane + 1)
        parts.append(arc_part(centres[head], centres[dependent], base, top, marks[dependent]))
    below = base + 14 if away < 0 else base - 6
    for at, edge in enumerate(side):
        classes = f"deprel {'root' if edge.head == 0 else ''} {marks[at]}"
        parts.append(text_part(centres[at], below, edge.deprel, DEPREL_SIZE, classes))
    return parts


def arc_part(head: float, dependent: float, base: int, top: int, mark: str) -> str:
    """Return an arc from a head to its dependent, with an arrow there.

    It leaves the head a little to the dependent's side, so that arcs of one head stay apart.

    Args:
        head, dependent: pixels from the left.
        base, top: where the arc ends and where it is farthest from the words.
        mark: a class, "" for none.
    """
    side, away = (1 if dependent > head else -1), (1 if top > base else -1)
    start, end = head + 5 * side, dependent + 2 * side
    bend = min(10.0, abs(end - start) / 2)
    shoulder = top - away * bend
    line = f' class="{mark}"' if mark else ""
    return (
        f'<path{line} d="M{start:.1f} {base} V{shoulder:.1f} Q{start:.1f} {top} '
        f"{start + bend * side:.1f} {top} H{end - bend * side:.1f} Q{end:.1f} {top} "
        f'{end:.1f} {shoulder:.1f} V{base + 3 * away}"/>'
        f'<path class="{f"tip {mark}".strip()}" '
        f'd="M{end:.1f} {base - 2 * away} l-3.5 {7 * away} h7 z"/>'
    )


def text_part(x: float, y: int, text: str, size: int, classes: str) -> str:
    """Return a text whose middle is at x, of some classes."""
    names = " ".join(classes.split())
    kind = f' class="{names}"' if names else ""
    return (
        f'<text{kind} x="{x:.1f}" y="{y}" font-size="{size}" text-anchor="middle">'
        f"{html.escape(text)}</text>"
    )
