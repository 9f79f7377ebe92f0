"""Entity tags, one per character, and the entities that they make up (strict IOB2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .labels import LabelSet, is_empty

ENTITY_TYPES = ("DT", "LC", "OG", "PS", "QT", "TI")


TAGS = LabelSet((*(f"{prefix}-{t}" for t in ENTITY_TYPES for prefix in "BI"), "O"))


OUTSIDE = TAGS.ids["O"]


# Predicted tags outside the set, behind the 13: one that starts no entity, and B- and I- of an
# invented type. A tag's half tells its type: of O and UNKNOWN none, of the last two INVENTED_TYPE.
UNKNOWN, INVENTED = 13, {"B": 14, "I": 15}


NO_TYPE, INVENTED_TYPE = OUTSIDE >> 1, INVENTED["B"] >> 1


N_TYPES = INVENTED_TYPE + 1


INVENTED_NAME = "invented"


def tag_parts(tag: Any) -> tuple[str, str]:
    """Return prefix and type of a tag, known or not; ("", "") for O and for what is no tag.

    >>> tag_parts("B-PS"), tag_parts("I-FOO"), tag_parts("O"), tag_parts("B-"), tag_parts(None)
    (('B', 'PS'), ('I', 'FOO'), ('', ''), ('', ''), ('', ''))
    """
    if not isinstance(tag, str) or tag[:2] not in ("B-", "I-") or is_empty(tag[2:]):
        return "", ""
    return tag[0], tag[2:]


@dataclass(frozen=True)
class Entities:
    """Entities in the order of their starts: int64 [entities] each, ends exclusive."""

    start: np.ndarray
    end: np.ndarray
    type: np.ndarray


def entities(tags: np.ndarray, sentence: np.ndarray) -> Entities:
    """Return the entities of a tag sequence under strict IOB2.

    Args:
        tags: tag ids [characters].
        sentence: the sentence of each character, which an entity does not leave.
    """
    kind = tags >> 1
    is_inside = (tags & 1).astype(bool) & (kind != NO_TYPE)
    # B-X is 2t and I-X is 2t + 1: an I- goes on with a tag of the same half before it.
    goes_on = is_inside[1:] & (kind[1:] == kind[:-1]) & (sentence[1:] == sentence[:-1])
    breaks = np.concatenate([[0], np.flatnonzero(~goes_on) + 1, [len(tags)]])
    start, end = breaks[:-1], breaks[1:]
    if len(tags) == 0:
        start = end = breaks[:0]
    begins = (kind[start] != NO_TYPE) & ~is_inside[start]
    return Entities(start[begins], end[begins], kind[start[begins]].astype(np.int64))


def entity_spans(tags: Sequence[str], tokens: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return (start, end, type) of the entities of a sentence, spaces passed over as in scoring.

    >>> entity_spans(["B-PS", "I-PS", "I-PS", "O"], ["이", " ", "순", "은"])
    [(0, 3, 'PS')]
    """
    found: list[tuple[int, int, str]] = []
    open_type = ""
    for at, (tag, token) in enumerate(zip(tags, tokens, strict=True)):
        if token == " ":
            continue
        prefix, kind = tag_parts(tag)
        if prefix == "B":
            found.append((at, at + 1, kind))
            open_type = kind
        elif prefix == "I" and kind == open_type:
            found[-1] = (found[-1][0], at + 1, kind)
        else:
            open_type = ""
    return found
