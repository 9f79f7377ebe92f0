r"""KLUE's own mark-up of entities, "<이순신:PS>은 ...", written around and read off a sentence.

A "<" of the sentence itself is written "\<", so that it opens nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from klue_metrics.entities import ENTITY_TYPES, tag_parts

from .forms import one_of, quoted

ESCAPED = r"\<"
PIECE = re.compile(r"\\<|<(?P<text>(?:\\<|[^<])+?):\s*(?P<type>[A-Za-z]{1,12})\s*>")
SYNONYMS = {
    "PER": "PS",
    "PERSON": "PS",
    "LOC": "LC",
    "LOCATION": "LC",
    "ORG": "OG",
    "ORGANIZATION": "OG",
    "DATE": "DT",
    "TIME": "TI",
    "QUANTITY": "QT",
}
ENOUGH = 0.5  # of the sentence's characters: a reply that shares less is about something else


class EntitySpan(NamedTuple):
    """An entity: characters [start, end) of a text, and its type."""

    start: int
    end: int
    type: str


def spans_of(tags: Sequence[str]) -> Iterator[EntitySpan]:
    """Yield the entities of a sentence's tags as they stand, spaces among them.

    >>> list(spans_of(["B-PS", "I-PS", "O", "B-LC"]))
    [EntitySpan(start=0, end=2, type='PS'), EntitySpan(start=3, end=4, type='LC')]
    """
    start, kind = 0, ""
    for at, tag in enumerate([*tags, "O"]):
        prefix, of_tag = tag_parts(tag)
        if kind and (prefix != "I" or of_tag != kind):
            yield EntitySpan(start, at, kind)
            kind = ""
        if prefix == "B":
            start, kind = at, of_tag


def tags_of(spans: Iterable[EntitySpan], size: int) -> list[str]:
    """Return the tags of a sentence of `size` characters; of spans that overlap, the first.

    >>> tags_of([EntitySpan(1, 3, "LC")], 4)
    ['O', 'B-LC', 'I-LC', 'O']
    """
    tags = ["O"] * size
    for start, end, kind in spans:
        part = tags[start:end]
        if part and part.count("O") == len(part):
            tags[start:end] = [f"B-{kind}", *[f"I-{kind}"] * (end - start - 1)]
    return tags


def marked(sentence: str, spans: Iterable[EntitySpan]) -> str:
    """Return a sentence with its entities in mark-up.

    >>> marked("순신은 a<b", [EntitySpan(0, 2, "PS")])
    '<순신:PS>은 a\\\\<b'
    """
    parts, at = [], 0
    for start, end, kind in spans:
        inside = sentence[start:end].replace("<", ESCAPED)
        parts += [sentence[at:start].replace("<", ESCAPED), f"<{inside}:{kind}>"]
        at = end
    return "".join([*parts, sentence[at:].replace("<", ESCAPED)])


def unmarked(text: str) -> tuple[str, list[EntitySpan]]:
    """Return a text without its mark-up, and the entities that it marks in it.

    A "<" that opens no entity stays, and so does what goes around a tag within a tag.

    >>> unmarked("<순신:PS>은 a\\\\<b")
    ('순신은 a<b', [EntitySpan(start=0, end=2, type='PS')])
    """
    parts: list[str] = []
    spans: list[EntitySpan] = []
    at = size = 0
    for piece in PIECE.finditer(text):
        inside, kind = piece.groups()
        before = text[at : piece.start()]
        inside = "<" if inside is None else inside.replace(ESCAPED, "<")
        parts += (before, inside)
        size += len(before)
        if kind is not None:
            kind = kind.upper()
            spans.append(EntitySpan(size, size + len(inside), SYNONYMS.get(kind, kind)))
        size += len(inside)
        at = piece.end()
    return "".join([*parts, text[at:]]), spans


def on_sentence(text: str, spans: Sequence[EntitySpan], sentence: str) -> list[EntitySpan] | None:
    """Return the entities of a copy of a sentence, on the sentence itself.

    Both texts are aligned, so that a changed character, a repeat or a lost particle moves no other
    entity; an entity none of whose characters is in the sentence goes.

    Returns:
        None where the copy shares less than half of the sentence's characters.
    """
    if text == sentence:
        return list(spans)
    # The first place of each: what a model repeats comes after what it copied.
    blocks = SequenceMatcher(None, text, sentence, autojunk=False).get_matching_blocks()
    if sum(block.size for block in blocks) < ENOUGH * len(sentence):
        return None
    to = {block.a + step: block.b + step for block in blocks for step in range(block.size)}
    found = []
    for start, end, kind in spans:
        places = [to[at] for at in range(start, end) if at in to]
        if places and places[-1] - places[0] < 2 * (end - start):
            found.append(EntitySpan(places[0], places[-1] + 1, kind))
    return found


def grammar(sentence: str) -> str:
    """Return the GBNF of a sentence's mark-up: its characters, and entities around them.

    A rule for each place outside an entity and each inside: from outside at a character an entity
    may begin, from inside behind one it may end.
    """
    size = len(sentence)
    rules = ['root ::= " "? o0', f"type ::= {one_of(ENTITY_TYPES)}"]
    for at, character in enumerate(sentence):
        one = quoted(ESCAPED if character == "<" else character)
        rules.append(f'o{at} ::= {one} o{at + 1} | "<" {one} i{at + 1}')
        if at:
            rules.append(f'i{at} ::= {one} i{at + 1} | ":" type ">" o{at}')
    return "\n".join([*rules, f'o{size} ::= ""', f'i{size} ::= ":" type ">" o{size}'])
