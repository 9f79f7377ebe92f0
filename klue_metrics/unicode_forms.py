"""Texts that are the same but for their Unicode form, as macOS file names and PDF texts are (NFD).

Official scores compare code points, so such a text is wrong; whoever made it wants to know why.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from unicodedata import normalize

# What is compared: a predicted text, and the texts that are right.
Compared = tuple[Any, Collection[str]]


def in_form_only(text: Any, known: Collection[str]) -> bool:
    """Return whether a text differs from one of the known ones in its Unicode form only.

    >>> in_form_only(normalize("NFD", "사회"), ["경제", "사회"]), in_form_only("사회", ["사회"])
    (True, False)
    """
    if not isinstance(text, str) or text in known:
        return False
    return normalize("NFC", text) in {normalize("NFC", other) for other in known}


def no_texts(_: Any, __: Mapping[str, Any]) -> Iterable[Compared]:
    """Return nothing: a task whose answers have one form only."""
    return ()


def label_texts(reference: Any, record: Mapping[str, Any]) -> Iterator[Compared]:
    """Yield the label of an example."""
    yield record["label"], (reference,)
