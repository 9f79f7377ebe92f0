"""The parts of speech that a parser reads: those given, else an analyser's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from klue_common.progress import note
from klue_text.morphemes import analyser_installed
from klue_text.parts_of_speech import tag_eojeols

from ..heads.modeling_dependency_parsing import ROOT_POS

FOUND = "dp: no parts of speech were given, they are found by the analyser (kiwipiepy)"
MISSING = (
    "dp: no parts of speech were given, and without them this parser's trees are much worse; an "
    "analyser finds them: pip install 'klue-hub[analyser]'"
)

Tags = Sequence[str]


def tags_of(
    given: Sequence[Tags | None], sentences: Sequence[Sequence[str]], known: Sequence[str]
) -> list[Tags]:
    """Return the tags of each sentence's eojeols, "" for an eojeol of which none are known.

    Where none were given, the analyser's are taken if it is installed and the parser reads any.
    Which of the two it was is said once in a process.

    Args:
        given: the tags of each sentence, None where nobody gave any.
        sentences: their eojeols.
        known: the tags that the parser has learned; none of a parser that reads none.
    """
    tags = [
        [""] * len(words) if row is None else row
        for row, words in zip(given, sentences, strict=True)
    ]
    without = [at for at, row in enumerate(given) if row is None]
    if not (without and known):
        return tags
    if not analyser_installed():
        say_once(MISSING)
        return tags
    say_once(FOUND)
    found = tag_eojeols(sentences[at] for at in without)
    for at, row in zip(without, found, strict=True):
        tags[at] = row
    return tags


@cache
def say_once(text: str) -> None:
    """Print a line for people, the first time in this process."""
    note(text)


def pos_rows(pos: Tags, known: Sequence[str]) -> list[int]:
    """Return the row of each word's last part of speech, `ROOT_POS` for an unknown one.

    >>> pos_rows(["NNG+JKS", "", "VV+EF"], ["JKS", "EF"])
    [1, 0, 2]
    """
    rows = {tag: row for row, tag in enumerate(known, start=1)}
    return [rows.get(tags.rpartition("+")[2], ROOT_POS) for tags in pos]
