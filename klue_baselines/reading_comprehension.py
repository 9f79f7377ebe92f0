"""MRC: the span of a passage that answers a question, or no answer.

An answer is cut out of the passage by character offsets, never put together from pieces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForQuestionAnswering, PreTrainedModel

from .encoder import TextEncoder, open_weights
from .errors import InputError
from .task import BaselineTask, Columns, Record
from .text import normalise

STRIDE = 128
QUESTION_LENGTH = 64  # pieces
ANSWER_LENGTH = 30  # pieces
NO_CHARACTER = -1


def build(model: str, **_: Any) -> PreTrainedModel:
    """An encoder with a new head for the start and the end of an answer."""
    return open_weights(AutoModelForQuestionAnswering, model)


def load(model: str, **options: Any) -> PreTrainedModel:
    """A fine-tuned reader."""
    return open_weights(AutoModelForQuestionAnswering, model, **options)


def cut_questions(questions: Sequence[str], encoder: TextEncoder) -> list[str]:
    """Questions of at most `QUESTION_LENGTH` pieces, cut by offsets."""
    texts = [normalise(question) for question in questions]
    encoding = encoder.tokenizer(texts, add_special_tokens=False, return_offsets_mapping=True)
    return [
        text if len(spans) <= QUESTION_LENGTH else text[: spans[QUESTION_LENGTH - 1][1]]
        for text, spans in zip(texts, encoding["offset_mapping"], strict=True)
    ]


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Windows of question and passage; an unanswerable question points to the first piece.

    `start` and `end` are the passage's character offsets of each piece, `NO_CHARACTER` elsewhere.
    """
    questions = cut_questions(batch["question"], encoder)
    stride = min(STRIDE, (encoder.max_length - QUESTION_LENGTH) // 2)
    if stride < 1:
        raise InputError(
            f"max_length: found {encoder.max_length} pieces, expected more than "
            f"{QUESTION_LENGTH + 2}, the longest question and a passage"
        )
    encoding = encoder(
        questions,
        [normalise(context) for context in batch["context"]],
        truncation="only_second",
        stride=stride,
        return_overflowing_tokens=True,
    )
    owners = list(encoding["overflow_to_sample_mapping"])
    spans = [passage_offsets(encoding[window]) for window in range(len(owners))]
    columns: Columns = {
        "input_ids": list(encoding["input_ids"]),
        "example": owners,
        "start": [span[:, 0].tolist() for span in spans],
        "end": [span[:, 1].tolist() for span in spans],
        "length": [len(ids) for ids in encoding["input_ids"]],
    }
    if encoder.token_types:
        columns["token_type_ids"] = list(encoding["token_type_ids"])
    if not labels:
        columns["passage"] = [(span[:, 0] >= 0).astype(int).tolist() for span in spans]
    else:
        gold = [
            (NO_CHARACTER, NO_CHARACTER) if impossible else first_answer(answers)
            for impossible, answers in zip(batch["is_impossible"], batch["answers"], strict=True)
        ]
        borders = [
            answer_pieces(span, *gold[owner]) for owner, span in zip(owners, spans, strict=True)
        ]
        columns["start_positions"] = [start for start, _ in borders]
        columns["end_positions"] = [end for _, end in borders]
    return columns


def passage_offsets(encoding: Any) -> np.ndarray:
    """Offsets (pieces, 2) of the passage's pieces, `NO_CHARACTER` for every other piece."""
    spans = np.asarray(encoding.offsets, dtype=np.int64)
    of_passage = np.array([sequence == 1 for sequence in encoding.sequence_ids])
    return np.where(of_passage[:, None], spans, NO_CHARACTER)


def first_answer(answers: Any) -> tuple[int, int]:
    """The first gold answer's characters: its start, and one behind its end."""
    start = answers["answer_start"][0]
    return start, start + len(answers["text"][0])


def answer_pieces(span: np.ndarray, start: int, end: int) -> tuple[int, int]:
    """The first and the last piece of an answer, (0, 0) where the window lacks a part of it."""
    overlap = (span[:, 0] < end) & (span[:, 1] > start) & (span[:, 0] >= 0)
    pieces = overlap.nonzero()[0]
    if not len(pieces) or span[pieces[0], 0] > start or span[pieces[-1], 1] < end:
        return 0, 0
    return int(pieces[0]), int(pieces[-1])


def predict(
    model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]
) -> list[tuple[float, int, int, float]]:
    """For each window: the best span's score, first and last piece, and the score of no answer.

    All spans of at most `ANSWER_LENGTH` pieces of the passage compete, so the best one is exact.
    """
    passage = inputs["passage"].bool()
    output = model(**{name: value for name, value in inputs.items() if name != "passage"})
    start, end = output.start_logits.float(), output.end_logits.float()
    lowest = torch.finfo(start.dtype).min
    null = start[:, 0] + end[:, 0]
    first = start.masked_fill(~passage, lowest)
    last = torch.nn.functional.pad(
        end.masked_fill(~passage, lowest), (0, ANSWER_LENGTH - 1), value=lowest
    )
    # (windows, pieces, ANSWER_LENGTH): a span's length is a place on the last axis.
    scores = first[..., None] + last.unfold(1, ANSWER_LENGTH, 1)
    best, place = scores.flatten(1).max(-1)
    begin = place // ANSWER_LENGTH
    finish = begin + place % ANSWER_LENGTH
    return list(zip(best.tolist(), begin.tolist(), finish.tolist(), null.tolist(), strict=True))


def decode(
    examples: Sequence[Record],
    rows: Sequence[Record],
    answers: Sequence[Any],
    encoder: Any,
    config: Any,
) -> list[Record]:
    """Records of the best span over a question's windows, or of no answer.

    As in the original, no answer wins where its lowest score over the windows is above the best
    span's; `config.null_threshold` shifts that.
    """
    best: dict[int, tuple[float, str]] = {}
    null: dict[int, float] = {}
    for row, (score, first, last, nothing) in zip(rows, answers, strict=True):
        owner = row["example"]
        null[owner] = min(nothing, null.get(owner, nothing))
        if owner not in best or score > best[owner][0]:
            context = examples[owner]["context"]
            best[owner] = (score, context[row["start"][first] : row["end"][last]])
    threshold = getattr(config, "null_threshold", 0.0)
    return [
        {
            "guid": example["guid"],
            "prediction_text": "" if null[at] - best[at][0] > threshold else best[at][1],
        }
        for at, example in enumerate(examples)
    ]


def row(question: str, context: str) -> Record:
    """A question and a passage as an example."""
    return {"guid": "", "question": question, "context": context}


BASELINE = BaselineTask(
    name="mrc",
    build=build,
    load=load,
    encode=encode,
    predict=predict,
    decode=decode,
    row=row,
    padding={"passage": 0, "start_positions": 0, "end_positions": 0},
    holdout_unit="context",
)
