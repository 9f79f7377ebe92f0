"""YNAT: three people choose up to three ranked topics; the majority of first choices is gold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .form_results import Results, chosen
from .form_tags import asked, choices, form, tag, wide
from .measures import UnitMeasure
from .misfits import kept, text_of
from .raw_files import json_list, read_list
from .rules import majority
from .task import AnnotationTask, Fields, Gold, Item, Undecided, Vote

TOPICS = {
    "정치": "정치 politics",
    "경제": "경제 economy",
    "사회": "사회 society",
    "생활문화": "생활문화 life and culture",
    "세계": "세계 world",
    "IT과학": "IT과학 IT and science",
    "스포츠": "스포츠 sports",
}
NONE = "해당없음"
FIRST = {**TOPICS, NONE: "해당없음 none of them"}
RANKS = ("first", "second", "third")
SCOPES = ("first-scope", "second-scope", "third-scope")


def labelling_form() -> str:
    """Make the form: a headline and three ranks."""
    return form(
        asked("이 기사 제목의 주제를 고르세요", "Choose the headline's topic"),
        wide(tag("Text", name="headline", value="$title")),
        asked("1순위 (반드시)", "First choice (required)"),
        choices("first", "headline", FIRST, required="true", showInline="true"),
        asked("2순위 (있으면)", "Second choice (if any)"),
        choices("second", "headline", TOPICS, showInline="true"),
        asked("3순위 (있으면)", "Third choice (if any)"),
        choices("third", "headline", TOPICS, showInline="true"),
    )


def item(row: Item) -> Fields:
    """Take a headline, and what is known about it."""
    about = kept(row, "predefined_news_category", "url", "date", "source")
    return {"title": text_of(row, "title"), **about}


def show(item: Item) -> Fields:
    """Show the headline alone: the portal's category would lead people."""
    return {"title": item["title"]}


def answer(item: Item, results: Results) -> list[str]:
    """Read the topics in their ranks: three, with 해당없음 where there is none.

    A topic that was chosen twice counts once, and the one behind it moves up.
    """
    ranked = [results.needed("first", FIRST)]
    ranked += filter(None, (results.choice(rank, TOPICS) for rank in RANKS[1:]))
    ranked = list(dict.fromkeys(ranked)) if ranked[0] != NONE else [NONE]
    return ranked + [NONE] * (len(RANKS) - len(ranked))


def results(item: Item, answer: Sequence[str]) -> list[Fields]:
    """Write ranked topics as the form's results."""
    ranked = zip(RANKS, answer, strict=True)
    return [
        chosen(rank, "headline", topic)
        for rank, topic in ranked
        if topic != NONE or rank == RANKS[0]
    ]


def decide(item: Item, answers: Sequence[Sequence[str]]) -> Gold | Undecided:
    """Take the topic that more than half put first."""
    found = majority([first_choice(answer) for answer in answers])
    if isinstance(found, Gold) and found.answer == NONE:
        return Undecided(f"{NONE} by the majority", "a topic")
    return found


def first_choice(answer: Any) -> str:
    """Return the topic that was put first; gold is that topic itself."""
    return answer if isinstance(answer, str) else answer[0]


def raw(item: Item, gold: str, votes: Sequence[Vote]) -> Fields:
    """Make the raw row."""
    counted = [vote for vote in votes if vote.answer is not None]
    scopes = zip(SCOPES, zip(*(vote.answer for vote in counted), strict=True), strict=True)
    return {
        **item,
        "label": gold,
        "annotations": {
            "annotators": [vote.annotator for vote in counted],
            "annotations": {scope: list(topics) for scope, topics in scopes},
        },
    }


FORM = AnnotationTask(
    name="ynat",
    form=labelling_form,
    item=item,
    show=show,
    answer=answer,
    results=results,
    votes=(3, 3),
    decide=decide,
    raw=raw,
    write=json_list,
    read=read_list,
    rule="the topic that two of three people put first",
    measures=(UnitMeasure("first topic", lambda item, answer: [first_choice(answer)]),),
    label=first_choice,
    row_label=lambda row: str(row["label"]),
    text_column="title",
)
