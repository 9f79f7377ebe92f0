"""MRC: the span of a passage that answers a question, or no answer.

An answer is cut out of the passage by character offsets, never put together from tokens. It may
begin or end inside a token: the head scores, for each token, an answer that begins at each of its
first characters and one that ends at each of its last ones, so that nothing is out of reach. The
published head knows whole tokens alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from klue_common.errors import InputError
from klue_datasets import TASKS
from klue_datasets.schema import List, Schema, Value
from klue_metrics import METRICS
from klue_results.model_call import ModelCall
from klue_text.normal_forms import Normalised, check_text, normalise

from .encoding.encoder import NO_CHANGES, TextEncoder
from .heads.answer_spans import (
    TUNED,
    Span,
    best_spans,
    null_threshold,
    predict,
    scored,
    span_scores,
)
from .heads.losses import mean
from .heads.token_classification import build_named, load, places_of
from .pipelines.kinds import QuestionAnswering
from .recipe import BASE, LARGE, NEVER, Recipe
from .task import PLAIN, PUBLISHED_HEAD, Answers, BaselineTask, Columns, Record

STRIDE = 128
QUESTION_LENGTH = 64  # tokens
NO_CHARACTER = -1
BEYOND_CHANCE = 1.96  # standard errors


def build(
    model: str, head: str, changes: Mapping[str, Any] = NO_CHANGES, **_: Any
) -> PreTrainedModel:
    """Return an encoder with a linear layer to the borders of an answer in each token.

    Output `start@k`: the answer begins k characters behind the token's first; output `end@k`: it
    ends k characters before the token's last. The published head has k = 0 alone.
    """
    names = [f"{border}@{k}" for border in ("start", "end") for k in range(places_of(head))]
    return build_named(model, names, changes)


def cut_questions(questions: Sequence[str], encoder: TextEncoder) -> list[str]:
    """Return questions of at most `QUESTION_LENGTH` tokens, cut by offsets."""
    texts = [normalise(question) for question in questions]
    encoding = encoder.tokenizer(texts, add_special_tokens=False, return_offsets_mapping=True)
    return [
        text if len(spans) <= QUESTION_LENGTH else text[: spans[QUESTION_LENGTH - 1][1]]
        for text, spans in zip(texts, encoding["offset_mapping"], strict=True)
    ]


def encode(batch: Columns, encoder: TextEncoder, config: Any, labels: bool) -> Columns:
    """Return windows of question and passage; without an answer the first token is pointed to.

    `start` and `end` are each token's character offsets in the normalised passage, `NO_CHARACTER`
    elsewhere.
    """
    questions = cut_questions(batch["question"], encoder)
    stride = min(STRIDE, (encoder.max_length - QUESTION_LENGTH) // 2)
    if stride < 1:
        raise InputError(
            f"max_length: found {encoder.max_length} tokens, expected more than "
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
    if labels:
        gold = gold_spans(batch, passages)
        columns["labels"] = [
            answer_borders(span, gold[owner], places)
            for owner, span in zip(owners, spans, strict=True)
        ]
    else:
        columns["passage"] = [
            np.where(span[:, 0] < 0, 0, np.minimum(span[:, 1] - span[:, 0], places)).tolist()
            for span in spans
        ]
    return columns


def gold_spans(batch: Columns, passages: Sequence[Normalised]) -> list[tuple[int, int]]:
    """Return the first gold answer's characters in each passage, `NO_CHARACTER` without one."""
    return [
        (NO_CHARACTER, NO_CHARACTER) if impossible else passage.span(*first_answer(answers))
        for passage, impossible, answers in zip(
            passages, batch["is_impossible"], batch["answers"], strict=True
        )
    ]


def passage_offsets(encoding: Any) -> np.ndarray:
    """Return offsets (tokens, 2): of the passage's tokens, `NO_CHARACTER` for every other one."""
    spans = np.asarray(encoding.offsets, dtype=np.int64)
    of_passage = np.array([sequence == 1 for sequence in encoding.sequence_ids])
    return np.where(of_passage[:, None], spans, NO_CHARACTER)


def first_answer(answers: Any) -> tuple[int, int]:
    """Return the first gold answer's characters: its start, and one behind its end."""
    start = answers["answer_start"][0]
    return start, start + len(answers["text"][0])


def answer_borders(span: np.ndarray, answer: tuple[int, int], places: int) -> list[int]:
    """Return where an answer begins and ends: token * places + place, twice.

    [0, 0], the first token, where there is no answer or the window lacks a part of it. A border
    deeper inside a token than there are places moves to the token's own.
    """
    start, end = answer
    overlap = (span[:, 0] < end) & (span[:, 1] > start) & (span[:, 0] >= 0)
    tokens = overlap.nonzero()[0]
    if not len(tokens) or span[tokens[0], 0] > start or span[tokens[-1], 1] < end:
        return [0, 0]
    first, last = int(tokens[0]), int(tokens[-1])
    before, behind = int(start - span[first, 0]), int(span[last, 1] - end)
    return [
        first * places + (before if before < places else 0),
        last * places + (behind if behind < places else 0),
    ]


def loss(outputs: Any, labels: torch.Tensor, num_items_in_batch: Any = None) -> torch.Tensor:
    """Return mean cross-entropy of the beginning and the end over all places of a window."""
    borders = outputs.logits.float().unflatten(-1, (2, -1)).transpose(1, 2).flatten(2).flatten(0, 1)
    return mean(cross_entropy, borders, labels.flatten(), num_items_in_batch)


def perfect(row: Record, config: Any) -> tuple[Span, float]:
    """Return the gold span, sure of itself, or no answer."""
    places = config.num_labels // 2
    (first, before), (last, behind) = (divmod(border, places) for border in row["labels"])
    return (1.0 if first else -1.0, first, before, last, behind), 0.0


def plain(answers: Answers) -> list[Record]:
    """Return records in which no answer wins where it scores above the best span.

    So does the original: no answer has its lowest score over a question's windows.
    """
    return decode(answers, null_threshold(answers.config, PLAIN))


def tuned(answers: Answers) -> list[Record]:
    """Return records in which no answer wins by more than `config.null_threshold`."""
    return decode(answers, null_threshold(answers.config, TUNED))


def decode(answers: Answers, threshold: float) -> list[Record]:
    """Return records of the best span over a question's windows, or of no answer."""
    spans, margins = best_spans(answers)
    return [
        {"guid": example["guid"], "prediction_text": "" if margin > threshold else text}
        for example, text, margin in zip(
            answers.examples, cut_out(answers, spans), margins, strict=True
        )
    ]


def cut_out(answers: Answers, spans: Sequence[tuple[int, int]]) -> list[str]:
    """Return the text of a span of each question's passage."""
    return [
        example["context"][start:end]
        for example, (start, end) in zip(answers.examples, spans, strict=True)
    ]


def tune(answers: Answers) -> dict[str, Any]:
    """Return the threshold under which held-out questions are answered with the highest ROUGE-W.

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
    """Return a question and a passage as an example.

    Raises:
        InputError: one of them is no text.
    """
    check_text("question", question)
    return {"guid": "", "question": question, "context": check_text("context", context)}


SPAN = {
    "text": Value("string"),
    **dict.fromkeys(("start", "end"), Value("int64")),
    "score": Value("float64"),
}
ANSWER = Schema(
    {
        "prediction_text": Value("string"),
        "scores": {"null_score": Value("float64"), "spans": List(SPAN)},
    }
)
RECIPE = Recipe(
    "rouge_w", learning_rate=3e-5, epochs=5, batch_size=16, max_length=510, patience=NEVER
)

BASELINE = BaselineTask(
    name="mrc",
    build=build,
    load=load,
    encode=encode,
    predict=predict,
    perfect=perfect,
    heads=("characters", PUBLISHED_HEAD),
    decodings={PLAIN: plain, TUNED: tuned},
    tune=tune,
    row=row,
    expected="a question and a passage",
    scores=span_scores,
    scored=scored,
    fields=(("question", "context"),),
    answer=ANSWER,
    padding={"passage": 0, "labels": 0},
    holdout_unit=TASKS["mrc"].holdout_unit,
    windows=True,
    loss=loss,
    recipes={BASE: RECIPE, LARGE: RECIPE},
    pipeline=QuestionAnswering,
    card=ModelCall(
        "AutoModelForTokenClassification",
        '"어디에서 태어났나?", "세종대왕은 한양에서 태어났다."',
        asked='{"question": "어디에서 태어났나?", "context": "세종대왕은 한양에서 태어났다."}',
        own_pipeline="question-answering",
    ),
)
