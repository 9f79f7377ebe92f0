"""Dependency arcs drawn beside words that stand one below the other."""

from collections.abc import Sequence

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
LINES = " ╵╷│╴╯╮┤╶╰╭├─┴┬┼"


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
