"""Trees in CoNLL-U, the format of Universal Dependencies: ten columns, a line a word.

KLUE's relations and tags are no universal ones: the tags are in the column for a language's own
(XPOS), the relations stand as they are. So files are valid at level 1 of the UD validator.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

NOTHING = "_"  # in place of what is not known of a word


def word_lines(
    words: Sequence[str], tags: Sequence[str], heads: Sequence[int], deprels: Sequence[str]
) -> list[str]:
    """Return a line a word.

    Args:
        words: the eojeols.
        tags: their parts of speech, "" where none are known.
        heads: their heads, counted from 1; 0 for the root.
        deprels: the relations to these.

    Example:
        >>> word_lines(["온다."], ["VV+EF+SF"], [0], ["VP"])[0].split("\\t")
        ['1', '온다.', '_', '_', 'VV+EF+SF', '_', '0', 'VP', '_', '_']
    """
    return [
        "\t".join((str(at), word, *"__", tag or NOTHING, NOTHING, str(head), deprel, *"__"))
        for at, (word, tag, head, deprel) in enumerate(
            zip(words, tags, heads, deprels, strict=True), start=1
        )
    ]


def conllu(answered: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Iterator[str]:
    """Yield each sentence as a block of CoNLL-U, with the empty line that ends it.

    Args:
        answered: sentences, with `guid`, `word_form` and `pos`, each with what the parser says of
            it: `head`, `deprel`, and `pos` where it has found them.
    """
    for example, record in answered:
        words = example["word_form"]
        tags = record.get("pos") or example["pos"] or [""] * len(words)
        comments = [f"# sent_id = {example['guid']}", f"# text = {' '.join(words)}"]
        lines = word_lines(words, tags, record["head"], record["deprel"])
        yield "\n".join((*comments, *lines, "", ""))
