"""ner, named entity recognition: entity macro F1 and character macro F1.

Definitions, on characters other than spaces, the whole split as one sequence in which each
sentence has an O before and an O after it (the original scores its [CLS] and its last position,
here taken as predicted right):

* entity macro F1: an entity starts at B-X and goes on over I-X; an orphan or type-changed I- is no
  entity (strict IOB2); a match has the same start, end and type. Mean of F1 over the types present
  as entities on either side.
* character macro F1: mean of F1 over all 13 tags, O among them; a tag that is on neither side
  counts 1.

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
from .labels import LabelSet
from .prediction_files import Field, PredictionsIn, label_list_problem
from .resampling import ClassMean, Score, Statistics
from .task_metric import GoldExample, TaskMetric, length_group, row_guid

ENTITY_TYPES = ("DT", "LC", "OG", "PS", "QT", "TI")
TAGS = LabelSet((*(f"{prefix}-{t}" for t in ENTITY_TYPES for prefix in "BI"), "O"))
OUTSIDE = TAGS.ids["O"]
SENTINELS = 2


@dataclass(frozen=True)
class Characters:
    """The scored characters of a split, one after the other.

    Attributes:
        sentence: the sentence of each character, int32 [characters].
        n_sentences: how many sentences.
        predicted: tag ids, int8 [characters]; 13 stands for an unknown tag.
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
    return TAGS.encode(every, side, unknown_label, place).astype(np.int8)


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
    kind, is_inside = tags >> 1, (tags & 1).astype(bool) & (tags < OUTSIDE)
    # B-X is 2t and I-X is 2t + 1: an I- goes on with a tag of the same half before it.
    goes_on = is_inside[1:] & (kind[1:] == kind[:-1]) & (sentence[1:] == sentence[:-1])
    breaks = np.concatenate([[0], np.flatnonzero(~goes_on) + 1, [len(tags)]])
    start, end = breaks[:-1], breaks[1:]
    if len(tags) == 0:
        start = end = breaks[:0]
    begins = (tags[start] < OUTSIDE) & ~is_inside[start]
    return Entities(start[begins], end[begins], kind[start[begins]].astype(np.int64))


def statistics(
    predictions: Sequence[Any],
    references: Sequence[Any],
    unknown_label: str = "error",
    tokens: Sequence[Any] | None = None,
) -> Statistics:
    """Return per sentence a block of entity counts (6 types), then one of tag counts (13 tags).

    float64 [sentences, 3 * 6 + 3 * 13].
    """
    chars = characters(predictions, references, tokens, unknown_label)
    entity_block = entity_counts(chars)
    tag_block = grouped_count_block(
        chars.sentence, chars.n_sentences, chars.predicted, chars.gold, len(TAGS)
    )
    tag_block[:, OUTSIDE :: len(TAGS)] += SENTINELS
    return Statistics(np.concatenate([entity_block, tag_block], axis=1))


def entity_counts(chars: Characters) -> np.ndarray:
    """Return a block of entity counts per sentence, float64 [sentences, 18]."""
    predicted = entities(chars.predicted, chars.sentence)
    gold = entities(chars.gold, chars.sentence)
    # What starts where, on the gold side; an entity is its start, end and type.
    at = np.full(len(chars.gold), -1)
    at[gold.start] = gold.end * len(ENTITY_TYPES) + gold.type
    right = at[predicted.start] == predicted.end * len(ENTITY_TYPES) + predicted.type
    width = len(ENTITY_TYPES)
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
    width = 3 * len(ENTITY_TYPES)
    return {
        "entity_macro_f1": macro_f1(sums[..., :width]),
        "character_macro_f1": ClassMean(f1(sums[..., width:], undefined=np.nan), absent=1.0),
    }


def textbook(
    predictions: Sequence[Any],
    references: Sequence[Any],
    unknown_label: str = "error",
    tokens: Sequence[Any] | None = None,
) -> dict[str, Any]:
    """Return the counterparts.

    entity_micro_f1: seqeval's default, F1 pooled over all entities, one sequence per sentence and
        an orphan I- read as the start of an entity.
    entity_f1_by_type: seqeval's strict report, {type: F1}.
    character_macro_f1_without_o: the mean over the tags other than O that occur on either side,
        as the paper describes it; no sentinels and no reward for absent tags.
    """
    from seqeval.metrics import classification_report, f1_score
    from seqeval.scheme import IOB2

    chars = characters(predictions, references, tokens, unknown_label)
    names = np.array([*TAGS.names, "O"])
    cuts = np.searchsorted(chars.sentence, np.arange(1, chars.n_sentences))
    gold, predicted = (
        [list(map(str, part)) for part in np.split(names[tags], cuts)]
        for tags in (chars.gold, chars.predicted)
    )
    report = classification_report(
        gold, predicted, output_dict=True, mode="strict", scheme=IOB2, zero_division=0
    )
    counts = grouped_count_block(
        np.zeros_like(chars.gold), 1, chars.predicted, chars.gold, len(TAGS)
    )
    named = counts.reshape(3, len(TAGS))[:, :OUTSIDE].ravel()
    return {
        "entity_micro_f1": float(100 * f1_score(gold, predicted, zero_division=0)),
        "entity_f1_by_type": {
            t: float(100 * report[t]["f1-score"]) for t in ENTITY_TYPES if t in report
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
        prefix, _, kind = tag.partition("-")
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
            types = [tag.partition("-")[2] or tag for tag in (gold, predicted)]
            yield Confusion(types[0], types[1], types[0] == types[1])


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
)
