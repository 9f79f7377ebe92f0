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
from typing import Any

import numpy as np

from .checks import check_nested_lengths, flat, nested_lengths
from .error_views import MISSED, RIGHT, WRONG, Confusion, Line, Span, View
from .f1_counts import f1, grouped_count_block, macro_f1
from .labels import LabelSet
from .prediction_files import Field, label_list_problem
from .resampling import Statistics
from .task_metric import GoldExample, TaskMetric, length_group, row_guid

ENTITY_TYPES = ("DT", "LC", "OG", "PS", "QT", "TI")
TAGS = LabelSet((*(f"{prefix}-{t}" for t in ENTITY_TYPES for prefix in "BI"), "O"))
OUTSIDE = TAGS.ids["O"]
SENTINELS = 2


@dataclass(frozen=True)
class Characters:
    """The scored characters of a split, one after the other.

    Attributes:
        sentence: the sentence of each character, int64 [characters].
        n_sentences: how many sentences.
        predicted: tag ids [characters]; 13 stands for an unknown tag.
        gold: tag ids [characters].
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
    sentence = np.repeat(np.arange(len(references)), lengths)
    gold = _tag_ids(references, "references", lengths, "error")
    predicted = _tag_ids(predictions, "predictions", lengths, unknown_label)
    if tokens is not None:
        scored = ~_spaces(tokens, lengths)
        sentence, predicted, gold = sentence[scored], predicted[scored], gold[scored]
    return Characters(sentence, len(references), predicted, gold)


def _tag_ids(
    column: Sequence[Any], side: str, lengths: np.ndarray, unknown_label: str
) -> np.ndarray:
    def place(number: int) -> str:
        ends = np.cumsum(lengths)
        example = int(np.searchsorted(ends, number, side="right"))
        return f"{side}[{example}][{number - int(ends[example] - lengths[example])}]"

    return TAGS.encode(flat(column), side, unknown_label, place)


def _spaces(tokens: Sequence[Any], lengths: np.ndarray) -> np.ndarray:
    # A sentence may also be given as one string: its characters are its tokens.
    found = nested_lengths(tokens, "tokens", texts=True)
    check_nested_lengths(found, lengths, "tokens", "tokens", "references")
    every = flat(tokens)
    return np.fromiter(map(" ".__eq__, every), bool, len(every))


def entities(tags: np.ndarray, starts_sentence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the entities of a tag sequence under strict IOB2.

    Args:
        tags: tag ids [characters].
        starts_sentence: bool [characters].

    Returns:
        type [characters]: the entity type that starts here, -1 where none does;
        end [characters]: where an entity that starts here ends (exclusive).
    """
    kind, inside = tags // 2, tags % 2 == 1  # B-X is 2t, I-X is 2t + 1, O is 12
    named = tags < OUTSIDE
    before = np.concatenate([[-1], np.where(named, kind, -1)[:-1]])
    goes_on = named & inside & (before == kind) & ~starts_sentence
    breaks = np.append(np.flatnonzero(~goes_on), len(tags))
    type_ = np.where(named & ~inside, kind, -1)
    # Each break owns the characters up to the next one, so a start (a break) ends there.
    end = np.repeat(breaks[1:], np.diff(breaks)) if len(tags) else breaks[1:]
    return type_, end


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
    starts_sentence = np.diff(chars.sentence, prepend=-1) != 0
    predicted, predicted_end = entities(chars.predicted, starts_sentence)
    gold, gold_end = entities(chars.gold, starts_sentence)
    at = np.flatnonzero((predicted >= 0) | (gold >= 0))
    none = len(ENTITY_TYPES)
    predicted, gold = predicted[at], gold[at]
    same = (predicted == gold) & (predicted_end[at] == gold_end[at])
    group = chars.sentence[at]
    predicted_class, gold_class = (np.where(t >= 0, t, none) for t in (predicted, gold))
    block = grouped_count_block(group, chars.n_sentences, predicted_class, gold_class, none)
    # The block took equal types for a match; here the ends have to be equal too.
    right = np.bincount(group[same] * none + gold[same], minlength=chars.n_sentences * none)
    block[:, :none] = right.reshape(chars.n_sentences, none)
    return block


def from_sums(sums: np.ndarray) -> dict[str, np.ndarray]:
    """Return both macro F1 of summed counts."""
    width = 3 * len(ENTITY_TYPES)
    return {
        "entity_macro_f1": macro_f1(sums[..., :width]),
        "character_macro_f1": 100 * f1(sums[..., width:], undefined=1.0).mean(axis=-1),
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
    from_records=lambda records: {"predictions": [r["tags"] for r in records]},
    view=view,
    confusions=confusions,
    undefined={"entity_macro_f1": "an entity in predictions or references"},
    labels=TAGS,
)
