"""An error analysis as one HTML page without scripts; every text in it is escaped."""

import html
import unicodedata

from .error_analysis import Analysis, CostlyExample
from .error_views import Line, Tree

STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.6 system-ui, "Noto Sans KR", sans-serif; max-width: 70rem; margin: 2rem auto;
  padding: 0 1rem; }
article { border-top: 1px solid #8888; padding: .6rem 0; }
h2 { font-size: 1rem; margin: 0; } h2 small { font-weight: normal; opacity: .7; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: .3rem 0; }
dt { opacity: .6; } dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.right { background: #3a34; } .missed { background: #db04; text-decoration: underline; }
.wrong { background: #e335; } sub { opacity: .7; }
figure { overflow-x: auto; margin: .3rem 0; } svg text { fill: currentColor; }
svg path { fill: none; stroke: #888; stroke-width: 1.3; }
svg .missed { stroke: #c90; background: none; } svg .wrong { stroke: #d33; }
svg text.missed { stroke: none; fill: #b80; } svg text.wrong { stroke: none; fill: #d33; }
div.wide { overflow-x: auto; } table { border-collapse: collapse; }
th, td { padding: .1rem .5rem; text-align: right; } th:first-child { text-align: left; }
"""

# Pixels per lane, and the most lanes that an arc is high.
LANE, HIGHEST = 16, 12


def page(analysis: Analysis, title: str) -> str:
    """Return the whole page."""
    heading = html.escape(title)
    about = (
        f"{len(analysis.examples)} of {analysis.n_costly:,} examples that cost "
        f"{html.escape(analysis.main_score)}, the costliest first; beside each, the points that "
        "the score would gain without it."
    )
    examples = "\n".join(map(example_part, analysis.examples))
    return f"""<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{heading}</h1>
<p>{about}</p>
<p><span class="right">right</span> <span class="missed">missed</span>
<span class="wrong">wrong</span></p>
{examples}
<h2>Confusions</h2>
<p>Rows are references, columns predictions.</p>
{confusion_part(analysis)}
</body>
</html>
"""


def example_part(example: CostlyExample) -> str:
    """Return one example."""
    lines = "".join(
        f"<dt>{html.escape(line.name)}</dt><dd>{marked(line)}</dd>" for line in example.view.lines
    )
    tree = tree_part(example.view.tree) if example.view.tree else ""
    return (
        f"<article><h2>{html.escape(example.guid)} <small>{example.cost:.4f}</small></h2>"
        f"<dl>{lines}</dl>{tree}</article>"
    )


def marked(line: Line) -> str:
    """Return a line with its marks as classes."""
    parts = []
    for span in line.spans:
        label = f"<sub>{html.escape(span.label)}</sub>" if span.label else ""
        text = html.escape(span.text) + label
        parts.append(f'<span class="{html.escape(span.mark)}">{text}</span>' if span.mark else text)
    return "".join(parts)


def confusion_part(analysis: Analysis) -> str:
    """Return the confusion table."""
    rows, columns = analysis.names()
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in columns)
    body = []
    for gold in rows:
        cells = []
        for column in columns:
            count, right = analysis.count(gold, column)
            kind = "right" if right else "wrong"
            cells.append(f'<td class="{kind}">{count:,}</td>' if count else "<td></td>")
        body.append(f'<tr><th scope="row">{html.escape(gold)}</th>{"".join(cells)}</tr>')
    lines = "\n".join(body)
    return f'<div class="wide"><table><tr><th></th>{head}</tr>\n{lines}</table></div>'


def text_width(text: str) -> int:
    """Return the width of a text in pixels at 14 px: wide characters take a whole square."""
    return sum(14 if unicodedata.east_asian_width(c) in "WF" else 8 for c in text)


def tree_part(tree: Tree) -> str:
    """Return a drawing of a sentence: gold arcs above the words, predicted ones below."""
    centres, x = [], 10.0
    relations = zip(tree.gold_deprels, tree.predicted_deprels, strict=True)
    for word, deprels in zip(tree.words, relations, strict=True):
        width = max(text_width(word), *(6 * len(deprel) for deprel in deprels)) + 24
        centres.append(x + width / 2)
        x += width
    gold = list(zip(tree.gold_heads, tree.gold_deprels, strict=True))
    predicted = list(zip(tree.predicted_heads, tree.predicted_deprels, strict=True))
    reach = max(map(arc_span, range(len(gold)), tree.gold_heads))
    reach = max(reach, *map(arc_span, range(len(gold)), tree.predicted_heads))
    middle = 50 + LANE * reach
    parts = [
        f'<text x="{centre:.0f}" y="{middle}" font-size="14" text-anchor="middle">'
        f"{html.escape(word)}</text>"
        for centre, word in zip(centres, tree.words, strict=True)
    ]
    for edges, others, up, mark in (
        (gold, predicted, True, "missed"),
        (predicted, gold, False, "wrong"),
    ):
        for at, (head, deprel) in enumerate(edges):
            kind = "" if edges[at] == others[at] else f' class="{mark}"'
            parts.append(arc(centres, at, head, deprel, middle, up, kind))
    size = f'width="{x + 10:.0f}" height="{2 * middle}"'
    return f'<figure><svg {size} role="img">{"".join(parts)}</svg></figure>'


def arc_span(at: int, head: int) -> int:
    """Return how many lanes high the arc to a head is; none for the root."""
    return min(abs(head - 1 - at), HIGHEST) if head > 0 else 0


def arc(
    centres: list[float], at: int, head: int, deprel: str, middle: int, up: bool, kind: str
) -> str:
    """Return the arc from a word to its head, its relation written beside the word."""
    label_y, base, sign = (middle - 18, middle - 32, -1) if up else (middle + 18, middle + 26, 1)
    start = f"{centres[at]:.0f}"
    label = (
        f'<text{kind} x="{start}" y="{label_y}" font-size="9" text-anchor="middle">'
        f"{html.escape(deprel)}</text>"
    )
    if not 0 < head <= len(centres) or head - 1 == at:
        return label
    end, peak = f"{centres[head - 1]:.0f}", base + sign * LANE * arc_span(at, head)
    curve = f"M{start} {base} C{start} {peak} {end} {peak} {end} {base}"
    return f'<path{kind} d="{curve}"/>{label}'
