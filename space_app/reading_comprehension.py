"""MRC: the answer marked in its passage, or no answer, with the scores of both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from klue_baselines.pipeline import KluePipeline

from .markup import Mark, marked, pairs, paragraph, plain
from .task import Answer, Row, RowView, Shown, TaskDemo, TextsIn, record_text
from .texts import Language, Texts

TEXTS: Texts = {
    "name": ("기계 독해", "Reading"),
    "field.question": ("질문", "Question"),
    "field.context": ("지문", "Passage"),
    "answer": ("답", "Answer"),
    "none": ("지문에 답이 없습니다", "No answer in the passage"),
    "scores": (
        "가장 좋은 답의 점수 {best:.2f}, '답 없음'의 점수 {null:.2f}",
        "Best answer scores {best:.2f}, no answer {null:.2f}",
    ),
    "impossible": ("답 없음", "unanswerable"),
}
STYLE = """
.klue mark.answer { background: #ffd54a80; }
"""


def answer(pipeline: KluePipeline, language: Language, question: str, context: str) -> Answer:
    """Return the passage with its answer, and the scores of the best answer and of none."""
    record = pipeline(question, context, scores=True)
    text, scores = record["prediction_text"], record.pop("scores")
    nothing = {"start": 0, "score": -math.inf}  # of a passage without tokens
    best: dict[str, Any] = next(iter(scores["spans"]), nothing)
    found = plain(text) if text else plain(language.say("none"))
    about = language.say("scores", best=best["score"], null=scores["null_score"])
    html = (
        f'<p class="big">{found}</p><p><small>{plain(about)}</small></p>'
        f"{marked(context, answer_marks([text], [best['start']]))}"
    )
    return Answer(html, record_text(record))


def answer_marks(answers: Sequence[str], starts: Sequence[int]) -> list[Mark]:
    """Return where answers stand in a passage; of those that overlap only the first.

    >>> answer_marks(["나", "나다", ""], [1, 1, 0])
    [Mark(start=1, end=2, kind='answer', label='')]
    """
    marks: list[Mark] = []
    for text, start in zip(answers, starts, strict=True):
        end = start + len(text)
        if text and all(end <= mark.start or mark.end <= start for mark in marks):
            marks.append(Mark(start, end, "answer"))
    return marks


def labels(row: Row) -> list[str]:
    """Return the question's type, or whether it has an answer where the file tells no type."""
    kind = row.get("question_type")
    return [f"type {kind}"] if kind else ["unanswerable" if row["is_impossible"] else "answerable"]


def show(row: Row, language: Language) -> Shown:
    """Return the question, and the passage with its gold answers."""
    answers = row["answers"]
    shown = list(dict.fromkeys(answers["text"]))
    entries = {
        language.say("field.question"): paragraph(row["question"]),
        language.say("answer"): plain(" / ".join(shown)),
    }
    if row["is_impossible"]:
        entries[language.say("answer")] = plain(language.say("impossible"))
    marks = [] if row["is_impossible"] else answer_marks(answers["text"], answers["answer_start"])
    return Shown(pairs(entries) + marked(row["context"], marks))


DEMO = TaskDemo(
    name="mrc",
    texts=TEXTS,
    fields=("question", "context"),
    examples=(
        (
            "도서관은 언제 다시 문을 여나?",
            "한빛시립도서관은 지붕을 고치기 위해 지난봄부터 문을 닫았다. 공사는 예정보다 두 달 "
            "늦어져 도서관은 오는 11월 2일에 다시 문을 연다. 새로 생긴 3층 열람실은 밤 10시까지 쓸 "
            "수 있다.",
        ),
        (
            "도서관의 새 관장은 누구인가?",
            "한빛시립도서관은 지붕을 고치기 위해 지난봄부터 문을 닫았다. 공사는 예정보다 두 달 "
            "늦어져 도서관은 오는 11월 2일에 다시 문을 연다. 새로 생긴 3층 열람실은 밤 10시까지 쓸 "
            "수 있다.",
        ),
    ),
    answer=answer,
    rows=RowView(show=show, labels=labels, texts=TextsIn(("question", "context"))),
    lines=3,
    groupings=("source", "domain", "question_type", "label", "length"),
    style=STYLE,
)
