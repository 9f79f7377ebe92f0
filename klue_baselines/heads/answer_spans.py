"""The best answer spans, of windows of tokens and of whole passages, or no answer.

Logits have shape (windows, tokens, 2 * places): for each token, answers that begin at each of its
first characters, then answers that end at each of its last ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional
from transformers import PreTrainedModel

from klue_common.errors import InputError
from klue_common.own_files import is_number
from klue_datasets.errors import show
from klue_text.normal_forms import Normalised

from ..task import PLAIN, Answers, Record

LONGEST_ANSWER = 30  # tokens
SHOWN = 5  # spans of a question
TUNED = "tuned"  # the decoding by the threshold that was tuned on held-out questions

Span = tuple[float, int, int, int, int]


@dataclass(frozen=True)
class SpanScores:
    """The scores of all spans of at most `LONGEST_ANSWER` tokens in windows, and of no answer.

    scores: (windows, tokens, LONGEST_ANSWER), by a span's first token and its further ones; of each
    the best places in these tokens. inside: those places of spans in one token, of their starts and
    their ends. across: of longer ones, at the first token and at the last. null: (windows,).
    """

    scores: torch.Tensor
    inside: tuple[torch.Tensor, torch.Tensor]
    across: tuple[torch.Tensor, torch.Tensor]
    null: torch.Tensor

    @classmethod
    def of(cls, model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]) -> SpanScores:
        """Ask a model about windows."""
        counts = inputs["passage"]
        output = model(**{name: value for name, value in inputs.items() if name != "passage"})
        start, end = output.logits.float().unflatten(-1, (2, -1)).unbind(2)
        null = start[:, 0, 0] + end[:, 0, 0]  # of (windows, tokens, places)
        lowest = torch.finfo(start.dtype).min / 4  # a sum of two is still a number
        outside = torch.arange(start.shape[-1], device=start.device) >= counts[..., None]
        start, end = start.masked_fill(outside, lowest), end.masked_fill(outside, lowest)
        first, first_place = start.max(-1)
        last, last_place = end.max(-1)
        scores = first[..., None] + functional.pad(
            last, (0, LONGEST_ANSWER - 1), value=lowest
        ).unfold(1, LONGEST_ANSWER, 1)
        single, *inside = spans_inside(start, end, counts)
        scores[..., 0] = single
        return cls(scores, (inside[0], inside[1]), (first_place, last_place), null)

    def best(self) -> list[Span]:
        """Return the best span of each window."""
        return [found[0] for found in self.at(self.scores.flatten(1).max(-1).indices[:, None])]

    def some(self, count: int) -> list[list[Span]]:
        """Return up to `count` spans of each window, the best first."""
        flat = self.scores.flatten(1)
        lowest = torch.finfo(flat.dtype).min / 8  # of what is no span of the passage
        windows = self.at(flat.topk(min(count, flat.shape[1])).indices)
        return [[span for span in window if span[0] > lowest] for window in windows]

    def at(self, place: torch.Tensor) -> list[list[Span]]:
        """Return the spans at places (windows, n) of the flattened scores."""
        begin, more = place // LONGEST_ANSWER, place % LONGEST_ANSWER
        finish = (begin + more).clamp(max=self.scores.shape[1] - 1)
        window = torch.arange(len(place), device=place.device)[:, None]
        alone = more == 0
        columns = (
            self.scores.flatten(1).gather(1, place),
            begin,
            torch.where(alone, self.inside[0][window, begin], self.across[0][window, begin]),
            finish,
            torch.where(alone, self.inside[1][window, begin], self.across[1][window, finish]),
        )
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [list(zip(*row, strict=True)) for row in rows]


def predict(model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]) -> list[tuple[Span, float]]:
    """Return, for each window, the best span and the score of no answer.

    A span: its score, its first token and the place there, its last token and the place there. All
    spans of at most `LONGEST_ANSWER` tokens of the passage compete, so the best one is exact.
    """
    found = SpanScores.of(model, inputs)
    return list(zip(found.best(), found.null.tolist(), strict=True))


def scored(
    model: PreTrainedModel, inputs: Mapping[str, torch.Tensor]
) -> list[tuple[tuple[Span, float], list[Span]]]:
    """Return, for each window, what `predict` returns, and beside it the `SHOWN` best spans."""
    found = SpanScores.of(model, inputs)
    given = zip(found.best(), found.null.tolist(), strict=True)
    return list(zip(given, found.some(SHOWN), strict=True))


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


def span_scores(answers: Answers, records: Sequence[Record], decoding: str) -> list[Record]:
    """Return for each question its best spans, their scores and that of no answer.

    Args:
        answers: about questions.
        records: their records.
        decoding: the one that made the records.

    Returns:
        {"null_score", "spans": [{"text", "start", "end", "score"}, ...]} for each question, the
        best span first, "start" and "end" being characters of the passage as given. "null_score" is
        the lowest score of no answer over the windows, less the threshold of the decoding: where it
        is above the best span's, no answer is given.
    """
    null = [float("inf")] * len(records)
    spans: list[dict[tuple[int, int], float]] = [{} for _ in records]
    passages = [Normalised.of(example["context"]) for example in answers.examples]
    for row, (_, nothing), best in zip(answers.rows, answers.given, answers.beside, strict=True):
        owner = row["example"]
        null[owner] = min(nothing, null[owner])
        for score, first, before, last, behind in best:
            borders = (row["start"][first] + before, row["end"][last] - behind)
            place = passages[owner].given_span(*borders)
            spans[owner][place] = max(score, spans[owner].get(place, score))
    threshold = null_threshold(answers.config, decoding)
    return [
        {"null_score": nothing - threshold, "spans": shown(found, passage.given)}
        for nothing, found, passage in zip(null, spans, passages, strict=True)
    ]


def shown(spans: Mapping[tuple[int, int], float], passage: str) -> list[Record]:
    """Return the best spans of a passage, cut out of it, the best first.

    >>> shown({(0, 2): 1.5, (1, 2): 2.5}, "서울은")[0]
    {'text': '울', 'start': 1, 'end': 2, 'score': 2.5}
    """
    best = sorted(spans.items(), key=lambda span: -span[1])[:SHOWN]
    return [
        {"text": passage[start:end], "start": start, "end": end, "score": score}
        for (start, end), score in best
    ]
