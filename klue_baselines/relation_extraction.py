"""RE: the relation between two marked entities of a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from klue_datasets import TASKS

from . import sequence_classification as head
from .encoder import NO_CHANGES, TextEncoder, check_rows
from .errors import InputError
from .task import Answers, BaselineTask, Columns, Record
from .text import normalise

MARKERS = ("<subj>", "</subj>", "<obj>", "</obj>")
Entity = dict[str, Any]


def build(
    model: str,
    labels: Sequence[str],
    tokenizer: PreTrainedTokenizerBase,
    changes: Mapping[str, Any] = NO_CHANGES,
    **_: Any,
) -> PreTrainedModel:
    """A classifier with four more pieces, the markers, which the tokenizer learns too."""
    classifier = head.build_classifier(model, labels=labels, changes=changes)
    check_rows(classifier, tokenizer)  # before there are rows for the markers
    tokenizer.add_special_tokens({"additional_special_tokens": list(MARKERS)})
    rows = max(len(tokenizer), classifier.get_input_embeddings().num_embeddings)
    # Started at the mean of all pieces, as is the default, the four markers would be one and the
    # same vector, and subject and object could not be told apart.
    classifier.resize_token_embeddings(rows, mean_resizing=False)
    return classifier


def mark(sentence: str, subject: Entity, object_: Entity) -> str:
    """Put the four markers directly around the two spans (`end_idx` is inclusive).

    >>> mark("세종은 조선의 왕이다", {"start_idx": 0, "end_idx": 1}, {"start_idx": 4, "end_idx": 5})
    '<subj>세종</subj>은 <obj>조선</obj>의 왕이다'
    """
    spans = [(subject, "<subj>", "</subj>"), (object_, "<obj>", "</obj>")]
    for entity, opening, closing in sorted(spans, key=lambda span: -span[0]["start_idx"]):
        start, end = entity["start_idx"], entity["end_idx"] + 1
        sentence = f"{sentence[:start]}{opening}{sentence[start:end]}{closing}{sentence[end:]}"
    return sentence


def continue_words(
    ids: list[list[int]], sentences: Sequence[str], tokenizer: PreTrainedTokenizerBase
) -> None:
    """Make a particle behind a closing marker a continuation piece again, in place.

    A marker cuts its eojeol in two, and WordPiece then takes the particle for a new word: 은
    instead of ##은. As in the original, the piece behind a closing marker becomes its `##` form
    where the text has no space there and a Hangul syllable follows; unlike there, a piece whose
    `##` form is not in the vocabulary stays as it is instead of becoming [UNK].
    """
    closing = {tokenizer.convert_tokens_to_ids(marker): marker for marker in MARKERS[1::2]}
    for row, sentence in zip(ids, sentences, strict=True):
        for at, piece in enumerate(row[:-1]):
            if piece not in closing:
                continue
            follower = sentence.partition(closing[piece])[2][:1]
            token = tokenizer.convert_ids_to_tokens(row[at + 1])
            if "가" <= follower <= "힣" and not token.startswith("##"):
                continued = tokenizer.convert_tokens_to_ids(f"##{token}")
                if continued not in (None, tokenizer.unk_token_id):
                    row[at + 1] = continued


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Marked sentences as model inputs."""
    entities = zip(batch["sentence"], batch["subject_entity"], batch["object_entity"], strict=True)
    sentences = [
        mark(normalise(sentence), subject, object_) for sentence, subject, object_ in entities
    ]
    columns = encoder.sentences(sentences)
    continue_words(columns["input_ids"], sentences, encoder.tokenizer)
    return {**columns, "labels": batch["label"]} if labels else columns


def decode(answers: Answers, decoding: str) -> list[Record]:
    """Records with the best relation and all 30 probabilities in relation_list order."""
    records = head.best_labels(answers, decoding)
    return [
        {**record, "probabilities": given}
        for record, given in zip(records, answers.given, strict=True)
    ]


def row(sentence: str, subject: tuple[int, int], object_: tuple[int, int]) -> Record:
    """A sentence and two spans (first character, one behind the last) as an example.

    Raises:
        InputError: a span is empty or not within the sentence.
    """
    spans = {"subject_entity": subject, "object_entity": object_}
    for name, span in spans.items():
        if len(span) != 2 or not all(isinstance(place, int) for place in span):
            raise InputError(f"{name}: found {span!r}, expected two places in the sentence")
        if not 0 <= span[0] < span[1] <= len(sentence):
            raise InputError(
                f"{name}: found {tuple(span)}, expected a span within the {len(sentence)} "
                "characters of the sentence"
            )
    entities = {
        name: {"word": sentence[start:end], "start_idx": start, "end_idx": end - 1}
        for name, (start, end) in spans.items()
    }
    return {"guid": "", "sentence": sentence, **entities}


BASELINE = BaselineTask(
    name="re",
    labels=tuple(TASKS["re"].features["label"].names),
    build=build,
    load=head.load,
    encode=encode,
    predict=head.probabilities,
    decode=decode,
    perfect=head.certain,
    row=row,
    padding={"labels": -100},
    holdout_unit="sentence",
)
