"""How sure a tagger is of the tags of a text's units, and of the entities that they make up.

A unit is what has a tag, in KLUE a character.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from klue_metrics.entities import entity_spans
from klue_text.normal_forms import Normalised, borders

from ..task import Answers, Record
from .tag_sequences import continued


class TaggedUnits(NamedTuple):
    """The units of a text.

    scores: the log-probabilities of their tags (units, tags). known: which of them have any of
    their own (units,); the others no token covers, or they belong to the unit before them. source:
    the character of the normalised text whose tag each has (units,).
    """

    scores: np.ndarray
    known: np.ndarray
    source: np.ndarray


def tagged_units(answers: Answers) -> list[TaggedUnits]:
    """Return the units of each example's text."""
    names = tags(answers.config)
    sentences = [Normalised.of("".join(example["tokens"])) for example in answers.examples]
    lengths = [len(sentence.text) + 1 for sentence in sentences]
    scores, covered = character_scores(answers, lengths, names)
    units = [example["tokens"] for example in answers.examples]
    sources = map(first_characters, units, sentences)
    return [
        TaggedUnits(rows[source], known[source] & (np.diff(source, prepend=-1) != 0), source)
        for rows, known, source in zip(scores, covered, sources, strict=True)
    ]


def tag_scores(
    answers: Answers, records: Sequence[Record], decoding: str
) -> list[list[float | None]]:
    """Return for each record the probability of each tag, None where a unit has none of its own."""
    return [
        [share if known else None for share, known in zip(shares.tolist(), one.known, strict=True)]
        for one, shares in zip(*shares_of(answers, records), strict=True)
    ]


def shares_of(
    answers: Answers, records: Sequence[Record]
) -> tuple[list[TaggedUnits], list[np.ndarray]]:
    """Return the units of each record's text, and the probabilities of the tags that they have."""
    ids = {name: at for at, name in enumerate(tags(answers.config))}
    sentences = tagged_units(answers)
    shares = []
    for record, one in zip(records, sentences, strict=True):
        chosen = np.array([ids[tag] for tag in record["tags"]], dtype=np.int64)
        shares.append(np.exp(one.scores[np.arange(len(chosen)), chosen].astype(np.float64)))
    return sentences, shares


def entity_scores(answers: Answers, records: Sequence[Record]) -> list[list[Record]]:
    """Return for each record its entities: text, type, where in the text as given, and a score.

    The score is the mean probability of the tags of its characters.
    """
    found = []
    for example, record, one, shares in zip(
        answers.examples, records, *shares_of(answers, records), strict=True
    ):
        units = example["tokens"]
        text, places = "".join(units), borders(units).tolist()
        entities = []
        for first, behind, kind in entity_spans(record["tags"], units):
            start, end = places[first], places[behind]
            score = float(shares[first:behind][one.known[first:behind]].mean())
            entity = {"text": text[start:end], "type": kind, "start": start, "end": end}
            entities.append({**entity, "score": score})
        found.append(entities)
    return found


def tags(config: Any) -> list[str]:
    """Return the tag names of a tagger, in the order of its outputs.

    >>> from types import SimpleNamespace
    >>> tags(SimpleNamespace(id2label={0: "O@0", 1: "B-PS@0", 2: "O@1", 3: "B-PS@1"}))
    ['O', 'B-PS']
    """
    known = config.id2label  # transformers' configurations take their time to be asked
    names = [known[index] for index in range(len(known))]
    return [name.removesuffix("@0") for name in names if name.endswith("@0")]


def first_characters(units: Sequence[str], sentence: Normalised) -> np.ndarray:
    """Return, for each unit, the character of the normalised sentence whose tag it has.

    An empty unit has that of a character behind the last one, which no token covers.
    """
    if one_to_one(units, sentence):
        return np.arange(len(units))
    starts, end = borders(units), len(sentence.text)
    places = np.append(sentence.places(), end)
    return np.where(np.diff(starts) == 0, end, places[starts[:-1]])


def one_to_one(units: Sequence[str], sentence: Normalised) -> bool:
    """Return whether each unit is a character, before and after the sentence was normalised."""
    single = len(units) == len(sentence.given) and max(map(len, units), default=1) == 1
    return single and sentence.given_borders is None


def character_scores(
    answers: Answers, lengths: Sequence[int], names: Sequence[str]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return, per example, its characters' scores (characters, tags), and which have any."""
    scores = [np.zeros((length, len(names)), np.float32) for length in lengths]
    margins = [np.full(length, -1) for length in lengths]
    for row, given in zip(answers.rows, answers.given, strict=True):
        spread(np.asarray(given), row, names, scores[row["example"]], margins[row["example"]])
    return scores, [margin >= 0 for margin in margins]


def spread(
    given: np.ndarray, row: Record, names: Sequence[str], scores: np.ndarray, margin: np.ndarray
) -> None:
    """Give each character the scores of its place in its token, in place.

    Where windows overlap, the one in which the character stands further from a border wins.
    """
    start, end = np.asarray(row["start"]), np.asarray(row["end"])
    tokens = np.repeat(np.arange(len(start)), end - start)
    if not len(tokens):
        return
    place = np.arange(len(tokens)) - np.repeat(np.cumsum(end - start) - (end - start), end - start)
    characters = start[tokens] + place
    depth = np.minimum(tokens, len(start) - 1 - tokens)
    better = depth > margin[characters]
    last = given.shape[1] - 1
    found = given[tokens, np.minimum(place, last)]
    # Behind the last place an entity goes on as its last known character has it.
    found = np.where((place > last)[:, None], continued(found, names), found)
    scores[characters[better]] = found[better]
    margin[characters[better]] = depth[better]
