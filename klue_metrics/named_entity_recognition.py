"""ner, named entity recognition: entity macro F1 and character macro F1.

Definitions, on characters other than spaces, the whole split as one sequence in which each
sentence has an O before and an O after it (the original scores its [CLS] and its last position,
here taken as predicted right):

* entity macro F1: an entity starts at B-X and goes on over I-X; an orphan or type-changed I- is no
  entity (strict IOB2); a match has the same start, end and type. Mean of F1 over the types present
  as entities on either side.
* character macro F1: mean of F1 over all 13 tags, O among them; a tag that is on neither side
  counts 1.

Under unknown_label="wrong" no invented tag scores above O:

* entity macro F1: an unknown tag is an O, but that "B-" with something behind it starts an entity
  of an invented type. All invented types are one type of F1 0 in the mean, as any type that is
  predicted and never right.
* character macro F1, whose tags are those 13: an unknown tag counts as the wrong tag that costs
  least: as O where another tag is right, and where O is right, as that one of the others whose F1,
  with all of these among its predictions, falls least.

Prediction file: {"guid": "klue-ner-v1_dev_00000-wikitree", "tags": ["B-PS", "I-PS", "O", ...]},
one tag per character of the sentence, spaces included.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from .characters import Characters, characters
from .entities import (
    ENTITY_TYPES,
    INVENTED,
    INVENTED_NAME,
    N_TYPES,
    OUTSIDE,
    TAGS,
    UNKNOWN,
    entities,
    entity_spans,
    tag_parts,
)
from .error_views import MISSED, RIGHT, WRONG, Confusion, Line, Span, View
from .f1_counts import f1, grouped_count_block, macro_f1
from .gold import GoldExample, guid_source, length_group, row_guid
from .labels import answer_name, is_empty
from .prediction_files import Field, PredictionsIn, label_list_problem
from .resampling import ClassMean, Score, Statistics
from .task import TaskMetric

SENTINELS = 2


def statistics(
    predictions: Sequence[Any],
    references: Sequence[Any],
    unknown_label: str = "error",
    tokens: Sequence[Any] | None = None,
) -> Statistics:
    """Return per sentence [entity counts (8 types) | tag counts (13 tags) | unknown tags for O].

    float64 [sentences, 3 * 8 + 3 * 13 + 1].
    """
    chars = characters(predictions, references, tokens, unknown_label)
    entity_block = entity_counts(chars)
    unknown = np.flatnonzero(chars.predicted >= UNKNOWN)
    outside = chars.gold[unknown] == OUTSIDE
    predicted = chars.predicted.copy()
    predicted[unknown] = np.where(outside, UNKNOWN, OUTSIDE)
    tag_block = grouped_count_block(
        chars.sentence, chars.n_sentences, predicted, chars.gold, len(TAGS)
    )
    tag_block[:, OUTSIDE :: len(TAGS)] += SENTINELS
    for_outside = np.bincount(chars.sentence[unknown[outside]], minlength=chars.n_sentences)
    return Statistics(np.concatenate([entity_block, tag_block, for_outside[:, None]], axis=1))


def entity_counts(chars: Characters) -> np.ndarray:
    """Return a block of entity counts per sentence, float64 [sentences, 3 * 8]."""
    predicted = entities(chars.predicted, chars.sentence)
    gold = entities(chars.gold, chars.sentence)
    # What starts where, on the gold side; an entity is its start, end and type.
    at = np.full(len(chars.gold), -1)
    width = N_TYPES
    at[gold.start] = gold.end * width + gold.type
    right = at[predicted.start] == predicted.end * width + predicted.type
    parts = [
        np.bincount(
            chars.sentence[found.start[chosen]] * width + found.type[chosen],
            minlength=chars.n_sentences * width,
        ).reshape(chars.n_sentences, width)
        for found, chosen in (
            (predicted, right),
            (predicted, slice(None)),
            (gold, slice(None)),
        )
    ]
    return np.concatenate(parts, axis=1).astype(np.float64)


def from_sums(sums: np.ndarray) -> dict[str, Score]:
    """Return both macro F1 of summed counts."""
    width = 3 * N_TYPES
    return {
        "entity_macro_f1": macro_f1(sums[..., :width]),
        "character_macro_f1": character_macro_f1(sums[..., width:-1], sums[..., -1:]),
    }


def character_macro_f1(sums: np.ndarray, for_outside: np.ndarray) -> ClassMean:
    """Return the mean F1 over the 13 tags.

    Args:
        sums: a summed block of tag counts [..., 39].
        for_outside: how many unknown tags stand where O is right [..., 1].
    """
    of_tags = f1(sums, undefined=1.0)
    true, predicted, gold = np.split(sums, 3, axis=-1)
    with_unknown = np.concatenate([true, predicted + for_outside, gold], axis=-1)
    costs = (of_tags - f1(with_unknown, undefined=1.0))[..., :OUTSIDE]
    costs_least = np.arange(len(TAGS)) == costs.argmin(axis=-1)[..., None]
    values = f1(sums, undefined=np.nan)
    values = np.where(costs_least & (for_outside > 0), f1(with_unknown), values)
    return ClassMean(values, absent=1.0)


def textbook(
    predictions: Sequence[Any],
    references: Sequence[Any],
    unknown_label: str = "error",
    tokens: Sequence[Any] | None = None,
) -> dict[str, Any]:
    """Return the textbook scores.

    entity_micro_f1: seqeval's default, F1 pooled over all entities, one sequence per sentence and
        an orphan I- read as the start of an entity.
    entity_f1_by_type: seqeval's strict report, {type: F1}; all invented types are "invented".
    character_macro_f1_without_o: the mean over the tags other than O that occur on either side,
        as the paper describes it; no sentinels and no reward for absent tags.
    """
    from seqeval.metrics import classification_report, f1_score
    from seqeval.scheme import IOB2

    chars = characters(predictions, references, tokens, unknown_label)
    invented = [f"{prefix}-{INVENTED_NAME}" for prefix in INVENTED]
    names = np.array([*TAGS.names, "O", *invented])
    cuts = np.searchsorted(chars.sentence, np.arange(1, chars.n_sentences))
    gold, predicted = (
        [list(map(str, part)) for part in np.split(names[tags], cuts)]
        for tags in (chars.gold, chars.predicted)
    )
    report = classification_report(
        gold, predicted, output_dict=True, mode="strict", scheme=IOB2, zero_division=0
    )
    tags = np.minimum(chars.predicted, UNKNOWN)
    counts = grouped_count_block(np.zeros_like(chars.gold), 1, tags, chars.gold, len(TAGS))
    named = counts.reshape(3, len(TAGS))[:, :OUTSIDE].ravel()
    return {
        "entity_micro_f1": float(100 * f1_score(gold, predicted, zero_division=0)),
        "entity_f1_by_type": {
            t: float(100 * report[t]["f1-score"])
            for t in (*ENTITY_TYPES, INVENTED_NAME)
            if t in report
        },
        "character_macro_f1_without_o": float(macro_f1(named)),
    }


def examples(row: Mapping[str, Any]) -> Iterator[GoldExample]:
    """Yield the one example of a dataset row."""
    guid = row_guid(row)
    tags = TAGS.names_of(row["ner_tags"], f"{guid}: ner_tags")
    tokens = list(row["tokens"])
    groups = {"source": guid_source(guid), "length": length_group(len(tokens), 20)}
    yield GoldExample(guid, tags, guid, {"tokens": tokens}, groups, {"tokens": tokens})


def tags_problem(value: Any, reference: Any, unknown_label: str) -> str | None:
    """Return what is wrong with the field `tags`."""
    return label_list_problem(value, TAGS, len(reference), "character", unknown_label)


def view(parts: Mapping[str, Any], reference: Any, record: Mapping[str, Any]) -> View:
    """Return the sentence twice, with the gold and with the predicted entities."""
    tokens = parts["tokens"]
    gold, predicted = (entity_spans(tags, tokens) for tags in (reference, record["tags"]))
    return View(
        (
            highlighted("reference", tokens, gold, predicted, MISSED),
            highlighted("prediction", tokens, predicted, gold, WRONG),
        )
    )


def highlighted(
    name: str,
    tokens: Sequence[str],
    entities_: Sequence[tuple[int, int, str]],
    others: Sequence[tuple[int, int, str]],
    mark: str,
) -> Line:
    """Return a sentence with its entities marked, right where the other side has them too."""
    spans, at = [], 0
    for start, end, kind in entities_:
        spans.append(Span("".join(tokens[at:start])))
        right = (start, end, kind) in others
        spans.append(Span("".join(tokens[start:end]), RIGHT if right else mark, kind))
        at = end
    return Line(name, (*spans, Span("".join(tokens[at:]))))


def confusions(reference: Any, record: Mapping[str, Any]) -> Iterator[Confusion]:
    """Yield the gold and the predicted type of each character that is part of an entity."""
    for gold, predicted in zip(reference, record["tags"], strict=True):
        if (gold, predicted) != ("O", "O"):
            types = [type_name(tag) for tag in (gold, predicted)]
            yield Confusion(types[0], types[1], types[0] == types[1])


def type_name(tag: Any) -> str:
    """Return what a tag is called in the confusion table: its type, or the tag if it has none.

    >>> type_name("I-PS"), type_name("O"), type_name("B-FOO"), type_name(None)
    ('PS', 'O', 'FOO (invented)', '(no answer)')
    """
    name = tag_parts(tag)[1] or answer_name(tag)
    known = isinstance(tag, str) and tag in TAGS.ids
    return name if is_empty(tag) or known else f"{name} ({INVENTED_NAME})"


def unknown_tags(predictions: Sequence[Any], _: Sequence[Any]) -> list[Any]:
    """Return the tags that are outside the set, of all sentences."""
    return TAGS.unknown(list(chain.from_iterable(predictions)))


def no_tags(reference: Sequence[Any]) -> dict[str, Any]:
    """Return the field `tags` of a sentence that was not answered."""
    return {"tags": [None] * len(reference)}


METRIC = TaskMetric(
    name="ner",
    title="Named entity recognition",
    headings={"entity_macro_f1": "Entity F1", "character_macro_f1": "Character F1"},
    main_score="entity_macro_f1",
    columns={"predictions": ["label"], "references": ["label"], "tokens": ["string"]},
    statistics=statistics,
    from_sums=from_sums,
    textbook=textbook,
    examples=examples,
    fields=(Field("tags", "a list of tags, one per character, spaces included", tags_problem),),
    from_records=PredictionsIn("tags"),
    view=view,
    confusions=confusions,
    undefined={"entity_macro_f1": "an entity in predictions or references"},
    labels=TAGS,
    unknown=unknown_tags,
    missing=no_tags,
)
