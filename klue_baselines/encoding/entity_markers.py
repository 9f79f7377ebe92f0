"""Two entities of a sentence, marked in its text: the markers in, and out again."""

from __future__ import annotations

import re
from typing import Any

from klue_common.errors import InputError
from klue_text.normal_forms import Normalised

MARKERS = ("<subj>", "</subj>", "<obj>", "</obj>")
MARKER = re.compile("|".join(MARKERS))
Entity = dict[str, Any]
Span = tuple[int, int]


def mark(sentence: str, subject: Entity, object_: Entity) -> str:
    """Return the normalised sentence, the four markers directly around the two spans.

    `start_idx` and `end_idx`, which is inclusive, count the characters of the sentence as given.

    Raises:
        InputError: see `spans_of`.

    >>> mark("세종은 조선의 왕이다", {"start_idx": 0, "end_idx": 1}, {"start_idx": 4, "end_idx": 5})
    '<subj>세종</subj>은 <obj>조선</obj>의 왕이다'
    """
    normal = Normalised.of(sentence)
    spans = zip(
        spans_of(normal, subject=subject, object=object_), (MARKERS[:2], MARKERS[2:]), strict=True
    )
    text = normal.text
    for (start, end), (opening, closing) in sorted(spans, reverse=True):  # the later one first
        text = f"{text[:start]}{opening}{text[start:end]}{closing}{text[end:]}"
    return text


def spans_of(sentence: Normalised, **entities: Entity) -> list[tuple[int, int]]:
    """Return where two entities stand in the normalised sentence, as [start, end) of characters.

    Raises:
        InputError: one is not within the sentence, they have a character in common, or the
            sentence holds a marker already.
    """
    held = [marker for marker in MARKERS if marker in sentence.text]
    if held:
        raise InputError(f"sentence: found {held[0]} in it, expected one without markers")
    spans = []
    for name, entity in entities.items():
        start, last = entity["start_idx"], entity["end_idx"]
        if not 0 <= start <= last < len(sentence.given):
            raise InputError(
                f"{name}_entity: found characters {start} to {last}, expected some of the "
                f"{len(sentence.given)} of the sentence"
            )
        spans.append(sentence.span(start, last + 1))
    if max(start for start, _ in spans) < min(end for _, end in spans):
        found = " and ".join(
            f"{entity['start_idx']} to {entity['end_idx']} as {name}"
            for name, entity in entities.items()
        )
        raise InputError(f"entities: found characters {found}, expected two that do not overlap")
    return spans


def unmarked(text: str) -> tuple[str, Span, Span]:
    """Return the sentence without its markers, and the spans of subject and object in it.

    Raises:
        InputError: a marker is missing, or there twice, or closes before it opens.

    >>> unmarked("<subj>세종</subj>은 <obj>조선</obj>의 왕이다")
    ('세종은 조선의 왕이다', (0, 2), (4, 6))
    """
    pieces, found = MARKER.split(text), MARKER.findall(text)
    places: dict[str, int] = {}
    length = 0
    for piece, marker in zip(pieces, found, strict=False):
        length += len(piece)
        places[marker] = length
    pairs = (MARKERS[:2], MARKERS[2:])
    each_once = len(places) == len(found) == len(MARKERS)
    if not each_once or any(found.index(a) + 1 != found.index(b) for a, b in pairs):
        raise InputError(
            f"text: found {' '.join(found) or 'no markers'}, expected {' '.join(MARKERS)} around "
            "two entities that do not overlap"
        )
    subject, object_ = ((places[opening], places[closing]) for opening, closing in pairs)
    return "".join(pieces), subject, object_
