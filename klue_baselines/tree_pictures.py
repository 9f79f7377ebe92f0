"""Trees as a picture: a file's sentences one below another, in one SVG."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from klue_datasets.report.svg import document
from klue_metrics.dependency_arcs import SVG_STYLE, drawing, edges

MARGIN, TITLE = 16, 40  # pixels
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def tree_pictures(
    answered: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> Iterator[str]:
    """Yield an SVG picture of sentences, as wide as the longest one.

    Args:
        answered: sentences, with `word_form`, each with what the parser says of it: `head` and
            `deprel`.

    Example:
        >>> [picture] = tree_pictures([({"word_form": ["온다."]}, {"head": [0], "deprel": ["VP"]})])
        >>> picture.count("<svg")
        2
    """
    body = [f"<style>{SVG_STYLE}</style>"]
    widest, top = 0, TITLE
    for example, record in answered:
        words = [NOT_XML.sub("\N{REPLACEMENT CHARACTER}", word) for word in example["word_form"]]
        width, height, parts = drawing(words, edges(record["head"], record["deprel"]))
        body.append(f'<svg class="tree" x="{MARGIN}" y="{top}">{parts}</svg>')
        widest, top = max(widest, width), top + height + MARGIN
    yield document("Dependency trees", widest + 2 * MARGIN, top, MARGIN, body)
