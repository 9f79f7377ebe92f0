"""NER: a BIO tag for every character, spaces included.

The original copies a piece's tag to its first character and invents the rest, and loses track of
characters behind an [UNK]. Here a piece's state predicts one tag for each place in it, so that a
character's tag comes from the piece that covers it and its place there; which piece that is, the
character offsets say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from klue_datasets import TASKS
from klue_text.normal_forms import Normalised, borders, check_text

from .encoding.encoder import NO_CHANGES, TextEncoder, offsets
from .encoding.pieces import split_unknown_words
from .heads.losses import IGNORED, mean
from .heads.token_classification import build_named, load, places_of
from .task import PLAIN, PUBLISHED_HEAD, Answers, BaselineTask, Columns, Record

STRIDE = 64
CERTAIN = -100.0  # the log-probability of what is out of the question
VALID = "valid"


def build(
    model: str,
    head: str,
    labels: Sequence[str],
    changes: Mapping[str, Any] = NO_CHANGES,
    **_: Any,
) -> PreTrainedModel:
    """An encoder with a linear layer to the tags of each place in a piece.

    Output `place * len(labels) + label` is named `label@place`. The published head has one place:
    a piece's tag is that of its first character.
    """
    names = [f"{label}@{place}" for place in range(places_of(head)) for label in labels]
    return build_named(model, names, changes)


def tags(config: Any) -> list[str]:
    """The tag names of a tagger, in the order of its outputs.

    >>> from types import SimpleNamespace
    >>> tags(SimpleNamespace(id2label={0: "O@0", 1: "B-PS@0", 2: "O@1", 3: "B-PS@1"}))
    ['O', 'B-PS']
    """
    known = config.id2label  # transformers' configurations take their time to be asked
    names = [known[index] for index in range(len(known))]
    return [name.removesuffix("@0") for name in names if name.endswith("@0")]


def places(config: Any) -> int:
    """How many characters of a piece have a tag of their own."""
    return len(config.id2label) // len(tags(config))


def tokenize(
    texts: list[str], encoder: TextEncoder
) -> tuple[list[list[int]], list[np.ndarray], list[int]]:
    """Pieces, their character offsets, and the text that each window is of.

    A word of which the vocabulary lacks a single character becomes one [UNK] as a whole; such a
    text is tokenised again with the characters of those words apart, so that only the characters
    that are really unknown are lost to the model.
    """
    windows: dict[str, Any] = {
        "stride": min(STRIDE, encoder.max_length // 4),
        "return_overflowing_tokens": True,
    }
    unknown = encoder.tokenizer.unk_token_id

    def windowed(encoding: Any, starts: list[list[int]] | None) -> Any:
        owners = list(encoding["overflow_to_sample_mapping"])
        spans = []
        for window, owner in enumerate(owners):
            span = offsets(encoding, window)
            if starts is not None:
                words = [-1 if word is None else word for word in encoding.word_ids(window)]
                span = (
                    span + np.where(np.array(words) < 0, 0, np.array(starts[owner])[words])[:, None]
                )
            spans.append(span)
        return list(encoding["input_ids"]), spans, owners

    ids, spans, owners = windowed(encoder(texts, **windows), None)
    lost = {
        owner
        for row, span, owner in zip(ids, spans, owners, strict=True)
        if any(
            piece == unknown and end - start > 1
            for piece, (start, end) in zip(row, span, strict=True)
        )
    }
    if not lost:
        return ids, spans, owners
    again = sorted(lost)
    parts = [split_unknown_words(texts[index], encoder.tokenizer) for index in again]
    encoding = encoder(
        [[text for _, text in part] for part in parts], is_split_into_words=True, **windows
    )
    ids2, spans2, owners2 = windowed(encoding, [[start for start, _ in part] for part in parts])
    kept = [index for index, owner in enumerate(owners) if owner not in lost]
    return (
        [ids[index] for index in kept] + ids2,
        [spans[index] for index in kept] + spans2,
        [owners[index] for index in kept] + [again[owner] for owner in owners2],
    )


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Sentences as windows of pieces; `labels` has shape (pieces, places).

    `start` and `end` are each piece's character offsets in the normalised sentence.
    """
    sentences = [Normalised.of("".join(tokens)) for tokens in batch["tokens"]]
    ids, spans, owners = tokenize([sentence.text for sentence in sentences], encoder)
    columns: Columns = {
        "input_ids": ids,
        "example": owners,
        "start": [span[:, 0].tolist() for span in spans],
        "end": [span[:, 1].tolist() for span in spans],
        "length": [len(row) for row in ids],
    }
    if encoder.token_types:
        columns["token_type_ids"] = [[0] * len(row) for row in ids]
    if labels:
        names, size = tags(config), places(config)
        owning = map(owning_tokens, batch["tokens"], sentences)
        gold = [
            gone_on(np.asarray(row)[token], token, names)
            for row, token in zip(batch["ner_tags"], owning, strict=True)
        ]
        columns["labels"] = [
            place_labels(gold[owner], span, size).tolist()
            for owner, span in zip(owners, spans, strict=True)
        ]
    return columns


def owning_tokens(tokens: Sequence[str], sentence: Normalised) -> np.ndarray:
    """For each character of a normalised sentence, the token that it begins in."""
    if one_to_one(tokens, sentence):
        return np.arange(len(tokens))
    token = np.repeat(np.arange(len(tokens)), [len(token) for token in tokens])
    return token[sentence.origins()]


def first_characters(tokens: Sequence[str], sentence: Normalised) -> np.ndarray:
    """For each token, the character of the normalised sentence whose tag it has.

    An empty token has that of a character behind the last one, which no piece covers.
    """
    if one_to_one(tokens, sentence):
        return np.arange(len(tokens))
    starts, end = borders(tokens), len(sentence.text)
    places = np.append(sentence.places(), end)
    return np.where(np.diff(starts) == 0, end, places[starts[:-1]])


def one_to_one(tokens: Sequence[str], sentence: Normalised) -> bool:
    """Whether each token is a character, before and after the sentence was normalised."""
    single = len(tokens) == len(sentence.given) and max(map(len, tokens), default=1) == 1
    return single and sentence.given_borders is None


def gone_on(tags: np.ndarray, source: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Tags of which those that come from the same source as the one before go on in its tag.

    >>> gone_on(np.array([0, 0, 0, 2]), np.array([0, 0, 0, 1]), ["B-PS", "I-PS", "O"]).tolist()
    [0, 1, 1, 2]
    """
    found = tags.copy()
    for at in np.flatnonzero(source[1:] == source[:-1]) + 1:
        found[at] = names.index(names[found[at - 1]].replace("B-", "I-"))
    return found


def place_labels(gold: np.ndarray, span: np.ndarray, places: int) -> np.ndarray:
    """The tag of each place of each piece, `IGNORED` where the piece has no such character."""
    characters = span[:, :1] + np.arange(places)
    inside = characters < span[:, 1:]
    return np.where(inside, gold[np.minimum(characters, len(gold) - 1)], IGNORED)


def loss(outputs: Any, labels: torch.Tensor, num_items_in_batch: Any = None) -> torch.Tensor:
    """Mean cross-entropy over the characters that have a tag of their own.

    Of labels behind the last piece there are none: they pad what the batch's longest text needs.
    """
    labels = labels[:, : outputs.logits.shape[1]]
    logits = outputs.logits.reshape(-1, outputs.logits.shape[-1] // labels.shape[-1])
    flat = labels.reshape(-1)
    return mean(cross_entropy, logits, flat, num_items_in_batch)


def predict(model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]) -> list[np.ndarray]:
    """The log-probability of each tag at each place of each piece, (pieces, places, tags)."""
    size = places(model.config)
    logits = model(**inputs).logits.float().unflatten(-1, (size, -1))
    scores = logits.log_softmax(-1).cpu().numpy().astype(np.float16)
    lengths = inputs["attention_mask"].sum(-1).tolist()
    return [row[:length] for row, length in zip(scores, lengths, strict=True)]


def perfect(row: Record, config: Any) -> np.ndarray:
    """Log-probabilities that leave no doubt about the gold tags."""
    labels = np.asarray(row["labels"])
    return np.where(labels[..., None] == np.arange(len(tags(config))), 0.0, CERTAIN)


def decode(answers: Answers, decoding: str) -> list[Record]:
    """Records with one tag a token, which is a character as it was given."""
    names = tags(answers.config)
    choose = {PLAIN: most_probable, VALID: valid_sequences}[decoding]
    sentences = [Normalised.of("".join(example["tokens"])) for example in answers.examples]
    lengths = [len(sentence.text) + 1 for sentence in sentences]
    scores, known = character_scores(answers, lengths, names)
    tokens = [example["tokens"] for example in answers.examples]
    sources = list(map(first_characters, tokens, sentences))
    known = [
        covered[source] & (np.diff(source, prepend=-1) != 0)
        for covered, source in zip(known, sources, strict=True)
    ]
    sequences = choose(
        [
            rows[source][covered]
            for rows, source, covered in zip(scores, sources, known, strict=True)
        ],
        names,
    )
    records = []
    for example, source, covered, sequence in zip(
        answers.examples, sources, known, sequences, strict=True
    ):
        ids = np.full(len(covered), -1)
        ids[covered] = sequence
        filled = np.array(fill_gaps(ids, names, names.index("O")), dtype=np.int64)
        chosen = gone_on(filled, source, names).tolist()
        records.append({"guid": example["guid"], "tags": [names[tag] for tag in chosen]})
    return records


def character_scores(
    answers: Answers, lengths: Sequence[int], names: Sequence[str]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Per example the scores of its characters (characters, tags), and which have any."""
    scores = [np.zeros((length, len(names)), np.float32) for length in lengths]
    margins = [np.full(length, -1) for length in lengths]
    for row, given in zip(answers.rows, answers.given, strict=True):
        spread(np.asarray(given), row, names, scores[row["example"]], margins[row["example"]])
    return scores, [margin >= 0 for margin in margins]


def spread(
    given: np.ndarray, row: Record, names: Sequence[str], scores: np.ndarray, margin: np.ndarray
) -> None:
    """Give each character the scores of its place in its piece, in place.

    Where windows overlap, the one in which the character stands further from a border wins.
    """
    start, end = np.asarray(row["start"]), np.asarray(row["end"])
    pieces = np.repeat(np.arange(len(start)), end - start)
    if not len(pieces):
        return
    place = np.arange(len(pieces)) - np.repeat(np.cumsum(end - start) - (end - start), end - start)
    characters = start[pieces] + place
    depth = np.minimum(pieces, len(start) - 1 - pieces)
    better = depth > margin[characters]
    last = given.shape[1] - 1
    found = given[pieces, np.minimum(place, last)]
    # Behind the last place an entity goes on as its last known character has it.
    found = np.where((place > last)[:, None], continued(found, names), found)
    scores[characters[better]] = found[better]
    margin[characters[better]] = depth[better]


def continued(scores: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Scores of a character that has the tag of the one before it, continued.

    >>> continued(np.array([[0.5, 0.3, 0.2]]), ["B-PS", "I-PS", "O"]).tolist()
    [[-100.0, 0.5, 0.2]]
    """
    after = scores.copy()
    for at, name in enumerate(names):
        if name.startswith("B-"):
            inside = names.index(f"I-{name[2:]}")
            after[..., inside] = np.maximum(scores[..., at], scores[..., inside])
            after[..., at] = CERTAIN
    return after


def most_probable(scores: Sequence[np.ndarray], names: Sequence[str]) -> list[np.ndarray]:
    """The most probable tag of each character by itself."""
    return [rows.argmax(-1) for rows in scores]


def valid_sequences(scores: Sequence[np.ndarray], names: Sequence[str]) -> list[np.ndarray]:
    """The most probable sequence in which I-X follows B-X or I-X alone (Viterbi's algorithm).

    All sentences go on together, character by character.

    >>> odd = np.log([[0.1, 0.4, 0.5], [0.1, 0.8, 0.1]])    # O, then an I without its B
    >>> [tags.tolist() for tags in valid_sequences([odd], ["B-PS", "I-PS", "O"])]
    [[0, 1]]
    """
    forbidden = np.array([[not may_follow(one, two) for two in names] for one in names])
    penalty = np.where(forbidden, -np.inf, 0.0)
    lengths = np.array([len(rows) for rows in scores])
    longest = max(lengths, default=0)
    padded = np.zeros((len(scores), longest, len(names)))
    for row, rows in zip(padded, scores, strict=True):
        row[: len(rows)] = rows
    back = np.zeros((longest, len(scores), len(names)), np.int8)
    best = np.where(np.array([may_follow("O", name) for name in names]), 0.0, -np.inf)
    best = np.broadcast_to(best, (len(scores), len(names)))
    ends = np.zeros_like(best)
    for at in range(longest):
        if at:
            paths = best[:, :, None] + penalty
            back[at] = paths.argmax(1)
            best = paths.max(1)
        best = best + padded[:, at]
        ends = np.where((lengths == at + 1)[:, None], best, ends)
    tag = ends.argmax(-1)
    found = np.zeros((len(scores), longest), np.int64)
    for at in range(longest - 1, -1, -1):
        inside = at < lengths
        found[inside, at] = tag[inside]
        tag = np.where(inside, back[at][np.arange(len(scores)), tag], tag)
    return [row[:length] for row, length in zip(found, lengths, strict=True)]


def may_follow(before: str, tag: str) -> bool:
    """Whether a tag may follow another.

    >>> may_follow("O", "I-PS"), may_follow("B-PS", "I-PS"), may_follow("I-LC", "B-PS")
    (False, True, True)
    """
    return not tag.startswith("I-") or before[2:] == tag[2:]


def fill_gaps(ids: np.ndarray, names: Sequence[str], outside: int) -> list[int]:
    """Tag the characters that no piece covers: spaces, and what the tokenizer deletes.

    Such a character is inside an entity exactly if the entity goes on behind it.
    """
    filled = ids.tolist()
    following = outside
    for at in range(len(filled) - 1, -1, -1):
        if filled[at] < 0:
            filled[at] = following if names[following].startswith("I-") else outside
        following = filled[at]
    return filled


def row(sentence: str) -> Record:
    """A sentence as an example: a token is a character.

    Raises:
        InputError: it is no text.
    """
    return {"guid": "", "tokens": list(check_text("sentence", sentence))}


BASELINE = BaselineTask(
    name="ner",
    labels=tuple(TASKS["ner"].features["ner_tags"].feature.names),
    build=build,
    load=load,
    encode=encode,
    predict=predict,
    decode=decode,
    perfect=perfect,
    heads=("characters", PUBLISHED_HEAD),
    decodings=(PLAIN, VALID),
    row=row,
    padding={"labels": IGNORED},
    loss=loss,
)
