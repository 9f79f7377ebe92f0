"""The best answer spans, of windows of tokens and of whole passages, or no answer.

Logits have shape (windows, tokens, 2 * places): for each token, answers that begin at each of its
first characters, then answers that end at each of its last ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch.nn.functional import pad
from transformers import PreTrainedModel

from klue_common.errors import InputError
from klue_common.own_files import is_number
from klue_datasets.errors import show
from klue_text.normal_forms import Normalised

from ..task import PLAIN, Answers

LONGEST_ANSWER = 30  # tokens
TUNED = "tuned"  # the decoding by the threshold that was tuned on held-out questions

Span = tuple[float, int, int, int, int]


def predict(model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]) -> list[tuple[Span, float]]:
    """Return, for each window, the best span and the score of no answer.

    A span: its score, its first token and the place there, its last token and the place there. All
    spans of at most `LONGEST_ANSWER` tokens of the passage compete, so the best one is exact.
    """
    counts = inputs["passage"]
    output = model(**{name: value for name, value in inputs.items() if name != "passage"})
    start, end = output.logits.float().unflatten(-1, (2, -1)).unbind(2)  # (windows, tokens, places)
    null = start[:, 0, 0] + end[:, 0, 0]
    lowest = torch.finfo(start.dtype).min / 4  # a sum of two is still a number
    outside = torch.arange(start.shape[-1], device=start.device) >= counts[..., None]
    start, end = start.masked_fill(outside, lowest), end.masked_fill(outside, lowest)
    first, first_place = start.max(-1)
    last, last_place = end.max(-1)
    # (windows, tokens, LONGEST_ANSWER): a span's further tokens are a place on the last axis.
    scores = first[..., None] + pad(last, (0, LONGEST_ANSWER - 1), value=lowest).unfold(
        1, LONGEST_ANSWER, 1
    )
    single, single_start, single_end = spans_inside(start, end, counts)
    scores[..., 0] = single
    best, place = scores.flatten(1).max(-1)
    begin, more = place // LONGEST_ANSWER, place % LONGEST_ANSWER
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
    """Return the best span inside each token: score, place of its start, place of its end.

    A span inside a token keeps at least one character.

    Args:
        start: scores (windows, tokens, places) of answers that begin there.
        end: scores, of that shape, of answers that end there.
        counts: (windows, tokens), the places that a token of the passage has, 0 for other tokens.

    Returns:
        Three tensors of shape (windows, tokens).
    """
    size = start.shape[-1]
    place = torch.arange(size, device=start.device)
    nothing_left = place[:, None] + place >= counts[..., None, None].clamp(min=1)
    pairs = (start[..., :, None] + end[..., None, :]).masked_fill(
        nothing_left, torch.finfo(start.dtype).min
    )
    best, at = pairs.flatten(2).max(-1)
    return best, at // size, at % size


def null_threshold(config: Any, decoding: str) -> float:
    """Return by how much more than the best span no answer has to score, to be given.

    >>> from types import SimpleNamespace
    >>> null_threshold(SimpleNamespace(null_threshold=1.5), "plain")
    0.0
    """
    tuned = getattr(config, "null_threshold", 0.0)
    if not is_number(tuned):
        raise InputError(f"config.json: null_threshold: found {show(tuned)}, expected a number")
    return {PLAIN: 0.0, TUNED: tuned}[decoding]


def best_spans(answers: Answers) -> tuple[list[tuple[int, int]], list[float]]:
    """Return each question's best span, in the passage as given, and how far no answer beats it."""
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
