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
from dataclasses import dataclass
from itertools import chain, compress, repeat
from operator import eq, ne
from typing import Any

import numpy as np

from .checks import check_nested_lengths, nested_lengths
from .error_views import MISSED, RIGHT, WRONG, Confusion, Line, Span, View
from .errors import MetricError, shown
from .f1_counts import f1, grouped_count_block, macro_f1
from .labels import LabelSet, answer_name, is_empty
from .prediction_files import Field, PredictionsIn, label_list_problem
from .resampling import ClassMean, Score, Statistics
from .task_metric import GoldExample, TaskMetric, length_group, row_guid

ENTITY_TYPES = ("DT", "LC", "OG", "PS", "QT", "TI")
TAGS = LabelSet((*(f"{prefix}-{t}" for t in ENTITY_TYPES for prefix in "BI"), "O"))
OUTSIDE = TAGS.ids["O"]
SENTINELS = 2
# Predicted tags outside the set, behind the 13: one that starts no entity, and B- and I- of an
# invented type. A tag's half tells its type: of O and UNKNOWN none, of the last two INVENTED_TYPE.
UNKNOWN, INVENTED = 13, {"B": 14, "I": 15}
NO_TYPE, INVENTED_TYPE = OUTSIDE >> 1, INVENTED["B"] >> 1
N_TYPES = INVENTED_TYPE + 1
INVENTED_NAME = "invented"


@dataclass(frozen=True)
class Characters:
    """The scored characters of a split, one after the other.

    Attributes:
        sentence: the sentence of each character, int32 [characters].
        n_sentences: how many sentences.
        predicted: tag ids, int8 [characters]; those from 13 on are unknown tags.
        gold: tag ids, int8 [characters].
    """

    sentence: np.ndarray
    n_sentences: int
    predicted: np.ndarray
    gold: np.ndarray


def characters(
    predictions: Sequence[Any],
    references: Sequence[Any],
    tokens: Sequence[Any] | None,
    unknown_label: str,
) -> Characters:
    """Return the scored characters: with `tokens`, those that are no space; without, all."""
    lengths = nested_lengths(references, "references")
    predicted_lengths = nested_lengths(predictions, "predictions")
    check_nested_lengths(predicted_lengths, lengths, "predictions", "tags", "references")
    sentence = np.repeat(np.arange(len(references), dtype=np.int32), lengths)
    try:
        predicted, gold = ids_of_names(predictions, references, lengths)
    except (KeyError, TypeError, ValueError):
        gold = ids_of_labels(references, "references", lengths, "error")
        predicted = ids_of_labels(predictions, "predictions", lengths, unknown_label)
    if tokens is not None:
        scored = ~spaces(tokens, lengths)
        sentence, predicted, gold = sentence[scored], predicted[scored], gold[scored]
    return Characters(sentence, len(references), predicted, gold)


def ids_of_names(
    predictions: Sequence[Any], references: Sequence[Any], lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return predicted and gold tag ids, int8 [characters], where all tags are known names.

    Most sentences are predicted right: lists are compared first, and only what differs is looked
    up a second time.

    Raises:
        KeyError, TypeError, ValueError: there is something else among the tags.
    """
    tag_id = TAGS.ids.__getitem__
    gold = np.frombuffer(bytes(map(tag_id, chain.from_iterable(references))), np.int8)
    differs = list(map(ne, predictions, references))
    wrong = bytes(map(tag_id, chain.from_iterable(compress(predictions, differs))))
    predicted = gold.copy()
    predicted[np.repeat(np.array(differs, bool), lengths)] = np.frombuffer(wrong, np.int8)
    return predicted, gold


def ids_of_labels(
    column: Sequence[Any], side: str, lengths: np.ndarray, unknown_label: str
) -> np.ndarray:
    """Return the tag ids of all sentences for names and ids alike, int8 [characters]."""

    def place(number: int) -> str:
        ends = np.cumsum(lengths)
        example = int(np.searchsorted(ends, number, side="right"))
        return f"{side}[{example}][{number - int(ends[example] - lengths[example])}]"

    every = list(chain.from_iterable(column))
    ids = TAGS.encode(every, side, unknown_label, place).astype(np.int8)
    for at in np.flatnonzero(ids == UNKNOWN):
        ids[at] = INVENTED.get(tag_parts(every[at])[0], UNKNOWN)
    return ids


def tag_parts(tag: Any) -> tuple[str, str]:
    """Return prefix and type of a tag, known or not; ("", "") for O and for what is no tag.

    >>> tag_parts("B-PS"), tag_parts("I-FOO"), tag_parts("O"), tag_parts("B-"), tag_parts(None)
    (('B', 'PS'), ('I', 'FOO'), ('', ''), ('', ''), ('', ''))
    """
    if not isinstance(tag, str) or tag[:2] not in ("B-", "I-") or is_empty(tag[2:]):
        return "", ""
    return tag[0], tag[2:]


def spaces(tokens: Sequence[Any], lengths: np.ndarray) -> np.ndarray:
    """Return which characters are spaces, bool [characters]."""
    # A sentence may also be given as one string: its characters are its tokens.
    found = nested_lengths(tokens, "tokens", texts=True)
    check_nested_lengths(found, lengths, "tokens", "tokens", "references")
    try:
        texts = list(map("".join, tokens))
    except TypeError:
        raise MetricError(token_problem(tokens)) from None
    if list(map(len, texts)) == lengths.tolist() and not any("" in one for one in tokens):
        # Each token is one character, as they should be, and all are compared at once.
        characters_ = "".join(texts).encode("utf-32-le", "surrogatepass")
        return np.frombuffer(characters_, "<u4") == ord(" ")
    is_space = map(eq, chain.from_iterable(tokens), repeat(" "))
    return np.frombuffer(bytes(is_space), bool)


def token_problem(tokens: Sequence[Any]) -> str:
    """Return what is wrong with the first token that is no text."""
    for number, sentence in enumerate(tokens):
        for at, token in enumerate(sentence):
            if not isinstance(token, str):
                return f"tokens[{number}][{at}]: found {shown(token)}, expected a character"
    raise AssertionError("all tokens are texts")


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
    """Return the counterparts.

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
    # The corpus is the end of the guid: "-wikitree" in dev, "_wikitree" in train.
    source = guid.replace("_", "-").rsplit("-", 1)[-1]
    groups = {"source": source, "length": length_group(len(tokens), 20)}
    yield GoldExample(guid, tags, guid, {"tokens": tokens}, groups, {"tokens": tokens})


def tags_problem(value: Any, reference: Any, unknown_label: str) -> str | None:
    """Return what is wrong with the field `tags`."""
    return label_list_problem(value, TAGS, len(reference), "character", unknown_label)


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
    return name if is_empty(tag) or tag in TAGS.ids else f"{name} ({INVENTED_NAME})"


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
