"""An error analysis as one HTML page without scripts; every text in it is escaped."""

import html

from .dependency_arcs import SVG_STYLE, edges, svg
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
figure { overflow-x: auto; margin: .3rem 0; }
div.wide { overflow-x: auto; } table { border-collapse: collapse; }
th, td { padding: .1rem .5rem; text-align: right; } th:first-child { text-align: left; }
"""


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
<style>{STYLE}{SVG_STYLE}</style>
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


def tree_part(tree: Tree) -> str:
    """Return a drawing of a sentence: gold arcs above the words, predicted ones below."""
    label = "reference above, prediction below"
    gold = edges(tree.gold_heads, tree.gold_deprels)
    predicted = edges(tree.predicted_heads, tree.predicted_deprels)
    return f"<figure>{svg(tree.words, label, gold, predicted)}</figure>"
