"""MRC: the answer marked in its passage, or no answer, with the scores of both."""

from __future__ import annotations

from collections.abc import Sequence

from klue_baselines.pipeline import KluePipeline
from klue_baselines.prediction import decoding_of
from klue_baselines.reading_comprehension import BASELINE, best_spans, null_threshold
from klue_baselines.task import Answers

from .markup import Mark, marked, pairs, plain, written
from .task import Answer, Row, RowView, Shown, TaskDemo, TextsIn, ask, record_text
from .texts import Language


def answer(pipeline: KluePipeline, language: Language, question: str, context: str) -> Answer:
    """The passage with its answer."""
    [record], answers = ask(pipeline, pipeline.task.row(question, context))
    text = record["prediction_text"]
    [(start, _)], _ = best_spans(answers)
    best, null = window_scores(answers)
    found = plain(text) if text else plain(language.say("mrc.none"))
    about = language.say("mrc.scores", best=best, null=null)
    html = (
        f'<p class="big">{found}</p><p><small>{plain(about)}</small></p>'
        f"{marked(context, answer_marks([text], [start]))}"
    )
    return Answer(html, record_text(record))


def window_scores(answers: Answers) -> tuple[float, float]:
    """The score of the best answer, and that of no answer to compare it with.

    That is the lowest one over the windows, less the threshold that the model was tuned to.
    """
    threshold = null_threshold(answers.config, decoding_of(BASELINE, answers.config))
    best = max(span[0] for span, _ in answers.given)
    return best, min(null for _, null in answers.given) - threshold


def answer_marks(answers: Sequence[str], starts: Sequence[int]) -> list[Mark]:
    """Where answers stand in a passage; of those that overlap only the first.

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
    """The question's type, where the file tells it, and whether there is an answer."""
    kind = row.get("question_type")
    return [f"type {kind}"] if kind else ["unanswerable" if row["is_impossible"] else "answerable"]


def show(row: Row, language: Language) -> Shown:
    """The question, and the passage with its gold answers."""
    answers = row["answers"]
    shown = list(dict.fromkeys(answers["text"]))
    entries = {
        language.say("field.question"): written(row["question"]),
        language.say("mrc.answer"): plain(" / ".join(shown)),
    }
    if row["is_impossible"]:
        entries[language.say("mrc.answer")] = plain(language.say("impossible"))
    marks = [] if row["is_impossible"] else answer_marks(answers["text"], answers["answer_start"])
    return Shown(pairs(entries) + marked(row["context"], marks))


DEMO = TaskDemo(
    name="mrc",
    fields=("question", "context"),
    examples=(
        (
            "도서관은 언제 다시 문을 여나?",
            "한빛시립도서관은 지붕을 고치기 위해 지난봄부터 문을 닫았다. 공사는 예정보다 두 달 "
            "늦어져 "
            "도서관은 오는 11월 2일에 다시 문을 연다. 새로 생긴 3층 열람실은 밤 10시까지 쓸 수 "
            "있다.",
        ),
        (
            "도서관의 새 관장은 누구인가?",
            "한빛시립도서관은 지붕을 고치기 위해 지난봄부터 문을 닫았다. 공사는 예정보다 두 달 "
            "늦어져 "
            "도서관은 오는 11월 2일에 다시 문을 연다. 새로 생긴 3층 열람실은 밤 10시까지 쓸 수 "
            "있다.",
        ),
    ),
    answer=answer,
    rows=RowView(show=show, labels=labels, texts=TextsIn(("question", "context"))),
    lines=3,
)
