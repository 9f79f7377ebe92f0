"""RE: the relation between two marked entities of a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from klue_common.errors import InputError
from klue_common.progress import note
from klue_datasets import TASKS
from klue_datasets.schema import List, Schema, Value
from klue_results.model_call import ModelCall
from klue_text.normal_forms import check_text

from .encoding.encoder import NO_CHANGES, TextEncoder
from .encoding.entity_markers import MARKERS, mark, unmarked
from .encoding.layout import check_rows
from .heads.sequence_classification import (
    best_labels,
    build_classifier,
    certain,
    label_answer,
    label_scores,
    load,
    probabilities,
    tokens_cut,
)
from .pipelines.kinds import TextClassification
from .recipe import BASE, LARGE, NEVER, Recipe
from .task import PLAIN, Answers, BaselineTask, Columns, Record

FEWEST_TOKENS = 2 * len(MARKERS)  # the markers, and what stands beside them


def build(
    model: str,
    labels: Sequence[str],
    tokenizer: PreTrainedTokenizerBase,
    changes: Mapping[str, Any] = NO_CHANGES,
    **_: Any,
) -> PreTrainedModel:
    """Return a classifier with four more tokens, the markers, which the tokenizer learns too."""
    classifier = build_classifier(model, labels=labels, changes=changes)
    check_rows(classifier, tokenizer)  # before there are rows for the markers
    tokenizer.add_special_tokens({"additional_special_tokens": list(MARKERS)})
    rows = max(len(tokenizer), classifier.get_input_embeddings().num_embeddings)
    # Started at the mean of all tokens, as is the default, the four markers would be one and the
    # same vector, and subject and object could not be told apart.
    classifier.resize_token_embeddings(rows, mean_resizing=False)
    return classifier


def continue_words(
    ids: list[list[int]], sentences: Sequence[str], tokenizer: PreTrainedTokenizerBase
) -> None:
    """Make a particle behind a closing marker a continuation token again, in place.

    A marker cuts its eojeol in two, and WordPiece then takes the particle for a new word: 은
    instead of ##은. As in the original, the token behind a closing marker becomes its `##` form
    where the text has no space there and a Hangul syllable follows; unlike there, a token whose
    `##` form is not in the vocabulary stays as it is instead of becoming [UNK].
    """
    closing = {tokenizer.convert_tokens_to_ids(marker): marker for marker in MARKERS[1::2]}
    for row, sentence in zip(ids, sentences, strict=True):
        for at, token_id in enumerate(row[:-1]):
            if token_id not in closing:
                continue
            follower = sentence.partition(closing[token_id])[2][:1]
            token = tokenizer.convert_ids_to_tokens(row[at + 1])
            if "가" <= follower <= "힣" and not token.startswith("##"):
                continued = tokenizer.convert_tokens_to_ids(f"##{token}")
                if continued not in (None, tokenizer.unk_token_id):
                    row[at + 1] = continued


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Return marked sentences as model inputs; of a long one what stands around its entities.

    Raises:
        InputError: the entities of a sentence overlap, or `max_length` has no room for two.
    """
    sentences = marked_sentences(batch)
    encoding = encoder(sentences)
    ids = list(encoding["input_ids"])
    continue_words(ids, sentences, encoder.tokenizer)
    markers = set(encoder.tokenizer.convert_tokens_to_ids(list(MARKERS)))
    far = []
    for index, row in enumerate(ids):
        if len(row) == encoder.max_length and not markers <= set(row):
            of_text = [at for at, text in enumerate(encoding.sequence_ids(index)) if text == 0]
            tokens, whole = around_entities(sentences[index], len(of_text), encoder, markers)
            for at, token in zip(of_text, tokens, strict=True):
                row[at] = token
            far += [] if whole else [batch["guid"][index]]
    if far:
        first = f" (first {far[0]})" if far[0] else ""
        note(
            f"re: {len(far)} of {len(ids)} sentences{first} have entities further apart than the "
            f"{encoder.max_length} tokens that are read: only what stands next to them is kept"
        )
    columns = {**encoding, "input_ids": ids, "length": list(map(len, ids))}
    return {**columns, "labels": batch["label"]} if labels else columns


def marked_sentences(batch: Columns) -> list[str]:
    """Return a batch's sentences with their markers; what is wrong with one names its guid."""
    rows = zip(
        batch["guid"],
        batch["sentence"],
        batch["subject_entity"],
        batch["object_entity"],
        strict=True,
    )
    sentences = []
    for guid, sentence, subject, object_ in rows:
        try:
            sentences.append(mark(sentence, subject, object_))
        except InputError as error:
            raise InputError(f"{guid}: {error}") from None
    return sentences


def around_entities(
    sentence: str, size: int, encoder: TextEncoder, markers: set[int]
) -> tuple[list[int], bool]:
    """Return `size` tokens of a longer marked sentence, and whether they are one stretch of it.

    The stretch has both entities in its middle. Where they are further apart than that, the tokens
    next to the markers are taken.
    """
    if size < FEWEST_TOKENS:
        raise InputError(
            f"max_length: found {encoder.max_length} tokens, expected at least "
            f"{encoder.max_length - size + FEWEST_TOKENS}, for two entities in their markers"
        )
    ids = encoder.tokenizer(sentence, add_special_tokens=False, verbose=False)["input_ids"]
    continue_words([ids], [sentence], encoder.tokenizer)
    places = [at for at, token in enumerate(ids) if token in markers]
    first, behind = places[0], places[-1] + 1
    if behind - first <= size:
        middle = (first + behind - size) // 2
        start = min(max(middle, 0), len(ids) - size)
        return ids[start : start + size], True
    distance = np.abs(np.arange(len(ids))[:, None] - places).min(1)
    nearest = np.sort(np.argsort(distance, kind="stable")[:size])
    return [ids[at] for at in nearest], False


def decode(answers: Answers) -> list[Record]:
    """Return records with the best relation and all 30 probabilities in relation_list order."""
    records = best_labels(answers)
    return [
        {**record, "probabilities": given}
        for record, given in zip(records, answers.given, strict=True)
    ]


def cut(answers: Answers) -> list[int]:
    """Return how many tokens of each sentence, its markers among them, were left out."""
    names = ("guid", "sentence", "subject_entity", "object_entity")
    batch = {name: [example[name] for example in answers.examples] for name in names}
    return tokens_cut(answers, marked_sentences(batch))


def is_span(value: Any) -> bool:
    """Return whether a value is two places in a text.

    Example:
        >>> is_span((0, 4)), is_span("세종"), is_span(None)
        (True, False, False)
    """
    return isinstance(value, list | tuple) and [type(place) for place in value] == [int, int]


def span_of(entity: Any) -> Any:
    """Return the span of an entity as the raw file has it; anything else as it is.

    Example:
        >>> span_of({"word": "세종", "start_idx": 0, "end_idx": 1}), span_of((0, 2))
        ((0, 2), (0, 2))
    """
    if not isinstance(entity, Mapping):
        return entity
    start, last = (entity.get(name) for name in ("start_idx", "end_idx"))
    return (start, last + 1) if isinstance(last, int) and not isinstance(last, bool) else entity


def row(sentence: str, subject: Any, object_: Any) -> Record:
    """Return a sentence and two entities as an example.

    Args:
        sentence: the text.
        subject: a span (first character, one behind the last), or an entity of the raw file.
        object_: the same.

    Raises:
        InputError: a span is empty or not within the sentence, or the two overlap.
    """
    check_text("sentence", sentence)
    spans = {"subject_entity": span_of(subject), "object_entity": span_of(object_)}
    for name, span in spans.items():
        if not is_span(span):
            raise InputError(f"{name}: found {span!r:.60}, expected two places in the sentence")
        if not 0 <= span[0] < span[1] <= len(sentence):
            raise InputError(
                f"{name}: found {tuple(span)!r:.60}, expected a span within the {len(sentence)} "
                "characters of the sentence"
            )
    entities = {
        name: {"word": sentence[start:end], "start_idx": start, "end_idx": end - 1}
        for name, (start, end) in spans.items()
    }
    mark(sentence, entities["subject_entity"], entities["object_entity"])  # refuses an overlap
    return {"guid": "", "sentence": sentence, **entities}


LABELS = TASKS["re"].schema.label_names("label")
ANSWER = Schema({**label_answer(LABELS), "probabilities": List(Value("float64"))})
RECIPE = Recipe("micro_f1", epochs=3, warmup=0.1, max_length=256, patience=NEVER)

BASELINE = BaselineTask(
    name="re",
    labels=LABELS,
    build=build,
    load=load,
    encode=encode,
    predict=probabilities,
    decodings={PLAIN: decode},
    perfect=certain,
    row=row,
    expected="a sentence and two spans of it",
    scores=label_scores,
    cut=cut,
    unmarked=unmarked,
    fields=(("sentence", "subject_entity", "object_entity"),),
    answer=ANSWER,
    padding={"labels": -100},
    holdout_unit=TASKS["re"].holdout_unit,
    recipes={
        BASE: RECIPE,
        LARGE: replace(RECIPE, learning_rate=2e-5, epochs=10, batch_size=16, warmup=0.2),
    },
    # transformers' own text-classification takes a particle behind a marked entity for a new word.
    pipeline=TextClassification,
    card=ModelCall(
        "AutoModelForSequenceClassification",
        '"세종대왕은 조선의 왕이다.", (0, 4), (6, 8)',
        asked='"<subj>세종대왕</subj>은 <obj>조선</obj>의 왕이다."',
        own_pipeline="text-classification",
    ),
)
