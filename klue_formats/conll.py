"""CoNLL's form: a word or character a line in columns, with or without empty lines between."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from klue_common.errors import InputError

from .asked import Answer, Answers, Asked
from .cells import whole
from .head import Head
from .lines import texts
from .tables import JSON

Word = tuple[int, list[str]]  # its line and its columns


def fits_conll(head: Head, asked: Asked) -> bool:
    """Return whether the first word has a column for each field: numbers, and labels."""
    kinds = [asked.kinds[one.name] for one in asked.required]
    if not all(isinstance(kind, list) and kind != ["string"] for kind in kinds):
        return False
    word = next((line for line in head.lines if line.strip() and not is_comment(line)), "")
    cells = columns_of(word)
    if word.lstrip()[:1] in JSON or len(cells) < len(kinds) or "," in word:
        return False
    numbers = sum(whole(cell) is not None for cell in cells)
    labels = sum(cell in asked.order for cell in cells)
    return numbers >= sum(kind == ["int32"] for kind in kinds) and numbers + labels >= len(kinds)


def is_comment(line: str) -> bool:
    """Return whether a line is about a sentence: "# text = ..." or, as in KLUE, "## guid ...".

    >>> is_comment("## klue-dp"), is_comment("#\\tO")
    (True, False)
    """
    return line.startswith(("##", "# "))


def columns_of(line: str) -> list[str]:
    """Return the columns of a line: between tabs, or between blanks where there are none.

    >>> columns_of("6 3"), columns_of(" \\tO")
    (['6', '3'], [' ', 'O'])
    """
    return line.split("\t") if "\t" in line else line.split()


def read_conll(asked: Asked) -> Answers:
    """Return the answers of a file with a word a line, cut into sentences as KLUE's are.

    Raises:
        InputError: there are other sentences or words than KLUE's, or a column is missing.
    """
    blocks: list[list[Word]] = [[]]
    for number, line in texts(asked):
        if is_comment(line):
            continue
        if line.strip() or "\t" in line:
            blocks[-1].append((number, columns_of(line)))
        elif blocks[-1]:
            blocks.append([])
    sentences = [block for block in blocks if block]
    lengths = [length_of(reference) for reference in asked.gold.references]
    if len(sentences) == 1:
        sentences = cut(asked, sentences[0], lengths)
    if len(sentences) != len(lengths):
        found = f"{len(sentences)} sentences"
        raise InputError(f"{asked.path}: found {found}, expected {len(lengths)}: KLUE's, in order")
    return Answers(
        [answer_of(asked, *one) for one in zip(sentences, lengths, asked.gold.guids, strict=True)]
    )


def length_of(reference: Any) -> int:
    """Return how many words a reference has.

    >>> length_of({"head": [2, 0], "deprel": ["NP", "VP"]}), length_of(["O", "O", "O"])
    (2, 3)
    """
    parts = next(iter(reference.values())) if isinstance(reference, dict) else reference
    return len(parts)


def cut(asked: Asked, words: Sequence[Word], lengths: Sequence[int]) -> list[list[Word]]:
    """Return the words of a file without sentences as KLUE's sentences.

    Raises:
        InputError: there are more words or fewer.
    """
    if len(words) != sum(lengths):
        expected = f"{sum(lengths):,}: those of KLUE's sentences, in order"
        raise InputError(f"{asked.path}: found {len(words):,} words, expected {expected}")
    left = iter(words)
    return [list(islice(left, length)) for length in lengths]


def answer_of(asked: Asked, words: Sequence[Word], length: int, guid: str) -> Answer:
    """Return the answer of one sentence.

    Raises:
        InputError: it has other words than KLUE's, or a column is missing.
    """
    place = f"{asked.path}:{words[0][0]}"
    if len(words) != length:
        expected = f"{length}, as {guid} has"
        raise InputError(f"{place}: found a sentence of {len(words)} words, expected {expected}")
    at = positions_of(asked, words[0])
    for number, cells in words:
        if len(cells) <= max(at):
            there = f"{len(cells)} columns"
            raise InputError(f"{asked.path}:{number}: found {there}, expected {max(at) + 1}")
    found = {
        one.name: [None if cells[column] == "_" else cells[column] for _, cells in words]
        for one, column in zip(asked.required, at, strict=True)
    }
    return Answer(place, found)


def positions_of(asked: Asked, word: Word) -> list[int]:
    """Return which column holds each field, from 0.

    Raises:
        InputError: nobody said so, and there are other columns than fields.
    """
    names = [one.name for one in asked.required]
    if asked.columns:
        if not all(name.isdecimal() and int(name) > 0 for name in asked.columns):
            found = ", ".join(asked.columns)
            raise InputError(f"--column: found {found:.60}, expected numbers from 1 on")
        return [int(name) - 1 for name in asked.columns]
    number, cells = word
    if len(cells) != len(names):
        option = " ".join(f"--column {at}" for at in range(1, len(names) + 1))
        raise InputError(
            f"{asked.path}:{number}: found {len(cells)} columns, expected {' and '.join(names)} "
            f"alone: {option} reads the first ones"
        )
    return list(range(len(names)))
