"""Answers cut out of a passage: every span in reach, the best one found, the threshold tuned."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from klue_baselines import reading_comprehension as mrc
from klue_baselines.task import Answers


class Scores(torch.nn.Module):
    """A reader whose logits are given."""

    def __init__(self, logits: torch.Tensor) -> None:
        super().__init__()
        self.logits = logits

    def forward(self, **_: Any) -> SimpleNamespace:
        return SimpleNamespace(logits=self.logits)


@given(st.integers(0, 10_000), st.sampled_from([1, 3]), st.integers(2, 6))
def test_the_best_span_is_found(seed: int, places: int, tokens: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(1, tokens, 2 * places, generator=generator)
    counts = torch.randint(0, places + 1, (1, tokens), generator=generator)
    counts[0, 0], counts[0, -1] = 0, 1
    (span, null), *_ = mrc.predict(Scores(logits), {"passage": counts})
    start, end = logits[0, :, :places], logits[0, :, places:]
    room = counts[0].tolist()
    best = max(
        float(start[first, before] + end[last, behind])
        for first in range(tokens)
        for last in range(first, tokens)
        for before in range(room[first])
        for behind in range(room[last])
        if first < last or before + behind < room[first]
    )
    score, first, before, last, behind = span
    assert score == pytest.approx(best, abs=1e-5)
    assert score == pytest.approx(float(start[first, before] + end[last, behind]), abs=1e-5)
    assert first < last or before + behind < room[first]
    assert null == pytest.approx(float(start[0, 0] + end[0, 0]), abs=1e-5)


@given(st.data())
def test_borders_inside_tokens_come_back(data: st.DataObject) -> None:
    places = 4
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))
    ends = np.cumsum(sizes)
    span = np.array([[-1, -1], *([end - size, end] for size, end in zip(sizes, ends, strict=True))])
    start = data.draw(st.integers(0, int(ends[-1]) - 1))
    end = data.draw(st.integers(start + 1, int(ends[-1])))
    labels = mrc.answer_borders(span, (start, end), places)
    answer, _ = mrc.perfect({"labels": labels}, SimpleNamespace(num_labels=2 * places))
    _, first, before, last, behind = answer
    assert (span[first, 0] + before, span[last, 1] - behind) == (start, end)


def test_a_window_without_the_answer_points_to_the_first_token() -> None:
    span = np.array([[-1, -1], [10, 12], [12, 14]])
    assert mrc.answer_borders(span, (9, 12), 2) == [0, 0]
    assert mrc.answer_borders(span, (13, 15), 2) == [0, 0]
    assert mrc.answer_borders(span, (-1, -1), 2) == [0, 0]


def question(guid: str, answer: str) -> dict[str, Any]:
    answers = {"text": [answer] if answer else [], "answer_start": [0] if answer else []}
    return {
        "guid": guid,
        "context": "서울은 한국의 수도이다.",
        "question": "?",
        "answers": answers,
        "is_impossible": not answer,
    }


def test_the_threshold_is_where_held_out_questions_score_best() -> None:
    # Right spans with margins up to 1, a question without an answer at 2: the border is between.
    examples = [question("a", "서울"), question("b", "서울"), question("c", "")]
    rows = [{"example": at, "start": [-1, 0], "end": [-1, 2]} for at in range(3)]
    given_answers = [((0.0, 1, 0, 1, 0), margin) for margin in (-3.0, 1.0, 2.0)]
    answers = Answers(examples, rows, given_answers, None, SimpleNamespace())
    assert mrc.tune(answers) == {"null_threshold": 1.5}
    answers.config.null_threshold = 1.5
    assert [r["prediction_text"] for r in mrc.tuned(answers)] == ["서울", "서울", ""]
    assert [r["prediction_text"] for r in mrc.plain(answers)] == ["서울", "", ""]


def test_the_threshold_may_answer_everything_or_nothing() -> None:
    rows = [{"example": 0, "start": [-1, 0], "end": [-1, 2]}]
    for answer, text in (("서울", "서울"), ("", "")):
        config = SimpleNamespace()
        answers = Answers([question("a", answer)], rows, [((0.0, 1, 0, 1, 0), 5.0)], None, config)
        config.null_threshold = mrc.tune(answers)["null_threshold"]
        assert mrc.tuned(answers)[0]["prediction_text"] == text


@pytest.mark.parametrize(("right", "silent"), [(50, True), (75, False)])
def test_a_reader_that_is_right_by_chance_keeps_silent(right: int, silent: bool) -> None:
    # Of 100 questions that the reader is surest of, `right` have an answer and the others none.
    examples = [question(str(at), "서울" if at % 100 < right else "") for at in range(100)]
    rows = [{"example": at, "start": [-1, 0], "end": [-1, 2]} for at in range(100)]
    order = np.random.default_rng(0).permutation(100)
    given_answers = [((0.0, 1, 0, 1, 0), float(margin)) for margin in order]
    answers = Answers(examples, rows, given_answers, None, SimpleNamespace())
    answers.config.null_threshold = mrc.tune(answers)["null_threshold"]
    predicted = [record["prediction_text"] for record in mrc.tuned(answers)]
    assert (set(predicted) == {""}) is silent


def test_the_loss_is_the_mean_over_borders() -> None:
    logits = torch.randn(3, 5, 8, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([[0, 0], [6, 11], [19, 3]])
    outputs = SimpleNamespace(logits=logits)
    start, end = logits[..., :4].flatten(1), logits[..., 4:].flatten(1)
    expected = (
        torch.nn.functional.cross_entropy(start, labels[:, 0])
        + torch.nn.functional.cross_entropy(end, labels[:, 1])
    ) / 2
    assert mrc.loss(outputs, labels) == pytest.approx(expected)
    assert mrc.loss(outputs, labels, num_items_in_batch=6) == pytest.approx(expected)
