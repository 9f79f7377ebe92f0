"""An error analysis on a terminal."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from klue_metrics.dependency_arcs import gutter
from klue_metrics.error_analysis import Analysis, CostlyExample
from klue_metrics.error_views import MISSED, PLAIN, RIGHT, WRONG, Line, Tree

from .terminal import heading, numbers, plain_table

STYLES = {PLAIN: "", RIGHT: "green", MISSED: "yellow underline", WRONG: "red bold"}
# Larger confusion tables become a list of the most frequent mistakes.
LARGEST_TABLE = 8
MOST_MISTAKES = 15


def rendered(analysis: Analysis) -> Group:
    """Return the analysis for a rich console."""
    shown, costly = len(analysis.examples), analysis.n_costly
    title = (
        f"{shown} of {costly:,} examples that cost {analysis.main_score}, the costliest first "
        "(points gained without it)"
        if costly
        else f"No example costs {analysis.main_score}."
    )
    key = Text.assemble(
        ("right", STYLES[RIGHT]), "  ", ("missed", STYLES[MISSED]), "  ", ("wrong", STYLES[WRONG])
    )
    parts: list[RenderableType] = [Text(), heading(title), key, Text()]
    examples = [example_part(example) for example in analysis.examples]
    return Group(*parts, *examples, confusion_part(analysis))


def example_part(example: CostlyExample) -> Group:
    """Return one example: guid and cost, then its lines and its trees."""
    name = Text.assemble((example.guid, "bold"), f"  {example.cost:.4f}")
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for line in example.view.lines:
        grid.add_row(line.name, marked(line))
    parts: list[RenderableType] = [name, Padding(grid, (0, 0, 0, 2))]
    if example.view.tree:
        parts.append(Padding(tree_part(example.view.tree), (0, 0, 0, 2)))
    return Group(*parts, Text())


def marked(line: Line) -> Text:
    """Return a line with its marks as styles."""
    text = Text()
    for span in line.spans:
        # Brackets, because colours are lost in a pipe.
        whole = f"[{span.text} {span.label}]" if span.label else span.text
        text.append(whole, STYLES[span.mark])
    return text


def tree_part(tree: Tree) -> Table:
    """Return both trees around the words: gold arcs to the left, predicted ones to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim")
    table.add_column("reference", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("prediction", no_wrap=True)
    table.add_column("reference", no_wrap=True)
    table.add_column("prediction", no_wrap=True)
    rows = zip(
        gutter(tree.gold_heads),
        tree.words,
        gutter(tree.predicted_heads, right=True),
        zip(tree.gold_heads, tree.gold_deprels, strict=True),
        zip(tree.predicted_heads, tree.predicted_deprels, strict=True),
        strict=True,
    )
    for number, (left, word, right, gold, predicted) in enumerate(rows, start=1):
        same = gold == predicted
        table.add_row(
            Text(left),
            Text(f"{number} {word}"),
            Text(right),
            Text("{} {}".format(*gold), STYLES[RIGHT if same else MISSED]),
            Text(edge_text(*predicted), STYLES[RIGHT if same else WRONG]),
        )
    return table


def edge_text(head: int, deprel: str) -> str:
    """Return head and relation of a word; a head that is not there is a dash."""
    return f"{head if head >= 0 else '–'} {deprel}"


def confusion_part(analysis: Analysis) -> Group:
    """Return the confusion table, or the most frequent mistakes where it would be too large."""
    rows, columns = analysis.names()
    if max(len(rows), len(columns)) > LARGEST_TABLE:
        mistakes = (
            [gold, predicted, f"{count:,}"]
            for (gold, predicted, _), count in analysis.mistakes()[:MOST_MISTAKES]
        )
        table = plain_table(["reference", "prediction", numbers("count")], mistakes)
    else:
        cells: list[list[str | Text]] = [[gold, *counts(analysis, gold)] for gold in rows]
        table = plain_table(["reference \\ prediction", *map(numbers, columns)], cells)
    return Group(heading("confusions"), table)


def counts(analysis: Analysis, gold: str) -> list[Text]:
    """Return a row of the confusion table: how often each column was answered for a reference."""
    cells = [analysis.count(gold, column) for column in analysis.names()[1]]
    return [
        Text(f"{n:,}", STYLES[RIGHT] if is_right else STYLES[WRONG] if n else "dim")
        for n, is_right in cells
    ]
