"""An error analysis cut to what a page can show, whatever the predictions hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from klue_metrics.error_analysis import Analysis, CostlyExample
from klue_metrics.error_views import Confusion, Line, Span, Tree, View

NAMES = 60  # predicted names that the confusion table has beside those of the references
NAME_CHARACTERS = 60
LINE_CHARACTERS, LINE_SPANS = 4000, 400  # of one line of an example
OTHER = "(other)"


def excerpt(analysis: Analysis) -> Analysis:
    """Return an analysis with short names, of which there are not many, and lines cut to fit."""
    examples = tuple(short_example(example) for example in analysis.examples)
    return replace(analysis, examples=examples, confusions=few_names(analysis.confusions))


def few_names(confusions: Mapping[Confusion, int]) -> dict[Confusion, int]:
    """Return a confusion table in which rare wrong predictions are one column.

    >>> table = {Confusion("a", str(number), False): 1 for number in range(99)}
    >>> table[Confusion("a", "a", True)] = 1
    >>> len(few_names(table)), few_names(table)[Confusion("a", "(other)", False)]
    (62, 39)
    """
    golds = {confusion.gold for confusion in confusions}
    totals: Counter[str] = Counter()
    for confusion, count in confusions.items():
        if confusion.predicted not in golds and not confusion.right:
            totals[confusion.predicted] += count
    if len(totals) <= NAMES and max(map(len, totals), default=0) <= NAME_CHARACTERS:
        return dict(confusions)
    rare = {name for name, _ in totals.most_common()[NAMES:]}
    table: Counter[Confusion] = Counter()
    for confusion, count in confusions.items():
        name = OTHER if confusion.predicted in rare else short(confusion.predicted)
        table[confusion._replace(predicted=name)] += count
    return dict(table)


def short_example(example: CostlyExample) -> CostlyExample:
    """Return an example with lines and names cut to fit."""
    view = example.view
    tree = short_tree(view.tree) if view.tree else None
    return replace(example, view=View(tuple(map(short_line, view.lines)), tree))


def short_line(line: Line) -> Line:
    """Return a line of few spans and characters, with an ellipsis where something was cut off."""
    spans: list[Span] = []
    left = LINE_CHARACTERS
    for span in line.spans:
        if left <= 0 or len(spans) == LINE_SPANS:
            spans.append(Span("…"))
            break
        spans.append(replace(span, text=short(span.text, left), label=short(span.label)))
        left -= len(span.text)
    return replace(line, spans=tuple(spans))


def short_tree(tree: Tree) -> Tree:
    """Return a tree with short names of relations; a head far outside is one that is not there."""
    most = len(tree.words)
    heads = [head if 0 <= head <= most else -1 for head in tree.predicted_heads]
    names: Sequence[str] = [short(name) for name in tree.predicted_deprels]
    return replace(tree, predicted_heads=heads, predicted_deprels=names)


def short(text: str, most: int = NAME_CHARACTERS) -> str:
    """Return a text of at most so many characters.

    >>> short("abc", 2)
    'a…'
    """
    return text if len(text) <= most else text[: max(most - 1, 0)] + "…"
