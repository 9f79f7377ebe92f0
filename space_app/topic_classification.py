"""YNAT: the topics of a headline with their probabilities."""

from __future__ import annotations

from klue_baselines.pipeline import KluePipeline
from klue_datasets import TASKS

from .markup import pairs, paragraph, plain
from .probabilities import probability_bars
from .task import Answer, Row, RowView, Shown, TaskDemo, TextsIn, record_text
from .texts import Language, Texts

TOPICS: list[str] = TASKS["ynat"].features["label"].names
TEXTS: Texts = {
    "name": ("주제 분류", "Topic"),
    "field.title": ("기사 제목", "Headline"),
    "category": ("포털 분류", "portal category"),
}


def answer(pipeline: KluePipeline, language: Language, title: str) -> Answer:
    """Return all topics, the most probable first."""
    [record], answers = pipeline.answer([pipeline.task.row(title)])
    return Answer(probability_bars(pipeline, answers.given[0]), record_text(record))


def labels(row: Row) -> list[str]:
    """Return the topic, if the row has one."""
    return [] if row["label"] is None else [TOPICS[row["label"]]]


def show(row: Row, language: Language) -> Shown:
    """Return the headline, the gold topic, the portal's category and the annotators' choices."""
    entries = {language.say("gold"): plain("".join(labels(row)))}
    if row.get("predefined_news_category"):
        entries[language.say("category")] = plain(row["predefined_news_category"])
    html = paragraph(row["title"]) + pairs(entries)
    return Shown(html, choices(row, language))


def choices(row: Row, language: Language) -> dict[str, str]:
    """Return the topics that each annotator chose, in the order of their rank."""
    given = (row.get("annotations") or {}).get("annotations") or {}
    scopes = [given.get(f"{rank}-scope") or [] for rank in ("first", "second", "third")]
    return {
        language.say("number", number=number): ", ".join(
            topic for topic in chosen if topic in TOPICS
        )
        for number, chosen in enumerate(zip(*scopes, strict=False), start=1)
    }


DEMO = TaskDemo(
    name="ynat",
    texts=TEXTS,
    fields=("title",),
    examples=(
        ("지역 도서관, 주말마다 어린이 책 읽기 모임 열어",),
        ("국가대표팀, 연장 접전 끝에 결승 진출",),
        ("중앙은행 기준금리 동결…시장은 내년 인하에 무게",),
    ),
    answer=answer,
    rows=RowView(show=show, labels=labels, texts=TextsIn(("title",))),
    groupings=("label", "length"),
    lines=1,
)
