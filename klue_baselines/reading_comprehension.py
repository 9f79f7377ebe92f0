"""MRC: the span of a passage that answers a question, or no answer.

An answer is cut out of the passage by character offsets, never put together from pieces. It may
begin or end inside a piece: the head scores, for each piece, an answer that begins at each of its
first characters and one that ends at each of its last ones, so that nothing is out of reach. The
published head knows whole pieces alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy, pad
from transformers import PreTrainedModel

from klue_common.errors import InputError
from klue_metrics import METRICS
from klue_text.normal_forms import Normalised, check_text, normalise

from .encoding.encoder import NO_CHANGES, TextEncoder
from .heads.losses import mean
from .heads.token_classification import build_named, load, places_of
from .task import PLAIN, PUBLISHED_HEAD, Answers, BaselineTask, Columns, Record

STRIDE = 128
QUESTION_LENGTH = 64  # pieces
ANSWER_LENGTH = 30  # pieces
NO_CHARACTER = -1
BEYOND_CHANCE = 1.96  # standard errors
TUNED = "tuned"


def build(
    model: str, head: str, changes: Mapping[str, Any] = NO_CHANGES, **_: Any
) -> PreTrainedModel:
    """An encoder with a linear layer to the borders of an answer in each piece.

    Output `start@k`: the answer begins k characters behind the piece's first; output `end@k`: it
    ends k characters before the piece's last. The published head has k = 0 alone.
    """
    names = [f"{border}@{k}" for border in ("start", "end") for k in range(places_of(head))]
    return build_named(model, names, changes)


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

    `start` and `end` are each piece's character offsets in the normalised passage, `NO_CHARACTER`
    elsewhere.
    """
    questions = cut_questions(batch["question"], encoder)
    stride = min(STRIDE, (encoder.max_length - QUESTION_LENGTH) // 2)
    if stride < 1:
        raise InputError(
            f"max_length: found {encoder.max_length} pieces, expected more than "
            f"{QUESTION_LENGTH + 2}, the longest question and a passage"
        )
    passages = [Normalised.of(context) for context in batch["context"]]
    encoding = encoder(
        questions,
        [passage.text for passage in passages],
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
    places = config.num_labels // 2
    if not labels:
        columns["passage"] = [
            np.where(span[:, 0] < 0, 0, np.minimum(span[:, 1] - span[:, 0], places)).tolist()
            for span in spans
        ]
    else:
        gold = [
            (NO_CHARACTER, NO_CHARACTER) if impossible else passage.span(*first_answer(answers))
            for passage, impossible, answers in zip(
                passages, batch["is_impossible"], batch["answers"], strict=True
            )
        ]
        columns["labels"] = [
            answer_borders(span, gold[owner], places)
            for owner, span in zip(owners, spans, strict=True)
        ]
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


def answer_borders(span: np.ndarray, answer: tuple[int, int], places: int) -> list[int]:
    """Where an answer begins and ends: piece * places + place, twice.

    [0, 0], the first piece, where there is no answer or the window lacks a part of it. A border
    deeper inside a piece than there are places moves to the piece's own.
    """
    start, end = answer
    overlap = (span[:, 0] < end) & (span[:, 1] > start) & (span[:, 0] >= 0)
    pieces = overlap.nonzero()[0]
    if not len(pieces) or span[pieces[0], 0] > start or span[pieces[-1], 1] < end:
        return [0, 0]
    first, last = int(pieces[0]), int(pieces[-1])
    before, behind = int(start - span[first, 0]), int(span[last, 1] - end)
    return [
        first * places + (before if before < places else 0),
        last * places + (behind if behind < places else 0),
    ]


def loss(outputs: Any, labels: torch.Tensor, num_items_in_batch: Any = None) -> torch.Tensor:
    """Mean cross-entropy of the beginning and the end over all places of a window."""
    borders = outputs.logits.float().unflatten(-1, (2, -1)).transpose(1, 2).flatten(2).flatten(0, 1)
    return mean(cross_entropy, borders, labels.flatten(), num_items_in_batch)


Span = tuple[float, int, int, int, int]


def predict(model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]) -> list[tuple[Span, float]]:
    """For each window the best span and the score of no answer.

    A span: its score, its first piece and the place there, its last piece and the place there. All
    spans of at most `ANSWER_LENGTH` pieces of the passage compete, so the best one is exact.
    """
    counts = inputs["passage"]
    output = model(**{name: value for name, value in inputs.items() if name != "passage"})
    start, end = output.logits.float().unflatten(-1, (2, -1)).unbind(2)  # (windows, pieces, places)
    null = start[:, 0, 0] + end[:, 0, 0]
    lowest = torch.finfo(start.dtype).min / 4  # a sum of two is still a number
    outside = torch.arange(start.shape[-1], device=start.device) >= counts[..., None]
    start, end = start.masked_fill(outside, lowest), end.masked_fill(outside, lowest)
    first, first_place = start.max(-1)
    last, last_place = end.max(-1)
    # (windows, pieces, ANSWER_LENGTH): a span's further pieces are a place on the last axis.
    scores = first[..., None] + pad(last, (0, ANSWER_LENGTH - 1), value=lowest).unfold(
        1, ANSWER_LENGTH, 1
    )
    single, single_start, single_end = spans_inside(start, end, counts)
    scores[..., 0] = single
    best, place = scores.flatten(1).max(-1)
    begin, more = place // ANSWER_LENGTH, place % ANSWER_LENGTH
    finish = begin + more
    window = torch.arange(len(best), device=best.device)
    alone = more == 0
    found = (
        best,
        begin,
        torch.where(alone, single_start[window, begin], first_place[window, begin]),
        finish,
        torch.where(alone, single_end[window, begin], last_place[window, finish]),
    )
    spans = zip(*(column.tolist() for column in found), strict=True)
    return list(zip(spans, null.tolist(), strict=True))


def spans_inside(
    start: torch.Tensor, end: torch.Tensor, counts: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The best span inside each piece: score, place of its start, place of its end.

    start, end: (windows, pieces, places). A span inside a piece keeps at least one character.
    """
    size = start.shape[-1]
    place = torch.arange(size, device=start.device)
    nothing_left = place[:, None] + place >= counts[..., None, None].clamp(min=1)
    pairs = (start[..., :, None] + end[..., None, :]).masked_fill(
        nothing_left, torch.finfo(start.dtype).min
    )
    best, at = pairs.flatten(2).max(-1)
    return best, at // size, at % size


def perfect(row: Record, config: Any) -> tuple[Span, float]:
    """The gold span, sure of itself, or no answer."""
    places = config.num_labels // 2
    (first, before), (last, behind) = (divmod(border, places) for border in row["labels"])
    return (1.0 if first else -1.0, first, before, last, behind), 0.0


def decode(answers: Answers, decoding: str) -> list[Record]:
    """Records of the best span over a question's windows, or of no answer.

    As in the original, no answer wins where its lowest score over the windows is above the best
    span's; the tuned decoding asks for more than that, or for less, by `config.null_threshold`.
    """
    spans, margins = best_spans(answers)
    threshold = null_threshold(answers.config, decoding)
    return [
        {"guid": example["guid"], "prediction_text": "" if margin > threshold else text}
        for example, text, margin in zip(
            answers.examples, cut_out(answers, spans), margins, strict=True
        )
    ]


def null_threshold(config: Any, decoding: str) -> float:
    """By how much more than the best span no answer has to score, to be given.

    >>> from types import SimpleNamespace
    >>> null_threshold(SimpleNamespace(null_threshold=1.5), "plain")
    0.0
    """
    return {PLAIN: 0.0, TUNED: getattr(config, "null_threshold", 0.0)}[decoding]


def best_spans(answers: Answers) -> tuple[list[tuple[int, int]], list[float]]:
    """Each question's best span, in the passage as given, and by how much no answer beats it."""
    best: dict[int, tuple[float, int, int]] = {}
    null: dict[int, float] = {}
    for row, (span, nothing) in zip(answers.rows, answers.given, strict=True):
        score, first, before, last, behind = span
        owner = row["example"]
        null[owner] = min(nothing, null.get(owner, nothing))
        if owner not in best or score > best[owner][0]:
            best[owner] = (score, row["start"][first] + before, row["end"][last] - behind)
    order = range(len(answers.examples))
    spans = [
        Normalised.of(answers.examples[at]["context"]).given_span(*best[at][1:]) for at in order
    ]
    return spans, [null[at] - best[at][0] for at in order]


def cut_out(answers: Answers, spans: Sequence[tuple[int, int]]) -> list[str]:
    """The text of a span of each question's passage."""
    return [
        example["context"][start:end]
        for example, (start, end) in zip(answers.examples, spans, strict=True)
    ]


def explain(answers: Answers, decoding: str) -> list[Record]:
    """Return for each question its best span, the span's score and that of no answer.

    Args:
        answers: about questions.
        decoding: the one that makes the records.

    Returns:
        {"start", "end": characters of the passage as given, "score", "null_score"} for each
        question. "null_score" is the lowest score of no answer over the windows, less the
        threshold of the decoding: where it is above "score", no answer is given.
    """
    threshold = null_threshold(answers.config, decoding)
    scores: dict[int, float] = {}
    for row, (span, _) in zip(answers.rows, answers.given, strict=True):
        owner = row["example"]
        scores[owner] = max(span[0], scores.get(owner, span[0]))
    found = []
    for at, ((start, end), margin) in enumerate(zip(*best_spans(answers), strict=True)):
        null_score = scores[at] + margin - threshold
        found.append({"start": start, "end": end, "score": scores[at], "null_score": null_score})
    return found


def tune(answers: Answers) -> dict[str, Any]:
    """The threshold under which held-out questions are answered with the highest ROUGE-W.

    Answering has to gain more over silence than chance explains (`BEYOND_CHANCE`): of all
    thresholds one is always best, and a reader that has learned nothing would answer the few
    questions that it happens to be right about.
    """
    metric = METRICS["mrc"]
    spans, margins = best_spans(answers)
    texts = cut_out(answers, spans)
    references = metric.gold(answers.examples).references

    def gains(predicted: Sequence[str]) -> np.ndarray:
        records = [
            {"guid": reference["guid"], "prediction_text": text}
            for reference, text in zip(references, predicted, strict=True)
        ]
        return metric.statistics(records, references).per_example[:, 1]

    order = np.argsort(margins, kind="stable")
    gain = (gains(texts) - gains([""] * len(texts)))[order]
    # Answering the first n of them is worth the sum of their gains.
    answered = int(np.argmax(np.concatenate([[0.0], np.cumsum(gain)])))
    total, squares = gain[:answered].sum(), (gain[:answered] ** 2).sum()
    if total <= BEYOND_CHANCE * np.sqrt(squares - total**2 / len(gain)):
        answered = 0
    borders = np.concatenate(
        [[margins[order[0]] - 1], np.array(margins)[order], [margins[order[-1]]]]
    )
    return {"null_threshold": float((borders[answered] + borders[answered + 1]) / 2)}


def row(question: str, context: str) -> Record:
    """A question and a passage as an example.

    Raises:
        InputError: one of them is no text.
    """
    check_text("question", question)
    return {"guid": "", "question": question, "context": check_text("context", context)}


BASELINE = BaselineTask(
    name="mrc",
    build=build,
    load=load,
    encode=encode,
    predict=predict,
    decode=decode,
    perfect=perfect,
    heads=("characters", PUBLISHED_HEAD),
    decodings=(PLAIN, TUNED),
    tune=tune,
    row=row,
    padding={"passage": 0, "labels": 0},
    holdout_unit="context",
    loss=loss,
    explain=explain,
)
