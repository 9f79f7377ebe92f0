"""KLUE-STS: five to seven people rate how alike two sentences are, 0 to 5; gold is the mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .form_results import Results, chosen
from .form_tags import asked, choices, form, tag, wide
from .measures import UnitMeasure
from .misfits import kept, text_of
from .raw_files import json_list, read_list
from .task import AnnotationTask, Fields, Gold, Item, Vote

POSITIVE = 3.0  # the mean rating from which on a pair counts as alike
RATINGS = {
    "5": "5 뜻이 완전히 같다 same meaning",
    "4": "4 중요하지 않은 점만 다르다 only minor details differ",
    "3": "3 핵심은 같지만 중요한 점이 다르다 same point, important details differ",
    "2": "2 핵심은 다르지만 겹치는 내용이 있다 other point, some shared content",
    "1": "1 소재만 같다 same subject only",
    "0": "0 관련이 없다 unrelated",
}


def labelling_form() -> str:
    """Make the form: two sentences and six ratings."""
    return form(
        asked("두 문장의 뜻이 얼마나 비슷한가요", "How similar in meaning are the sentences?"),
        wide(
            tag("Text", name="first_sentence", value="$sentence1"),
            tag("Text", name="second_sentence", value="$sentence2"),
        ),
        choices("rating", "first_sentence", RATINGS, required="true"),
    )


def item(row: Item) -> Fields:
    """Take two sentences, and where they are from."""
    texts = {name: text_of(row, name) for name in ("sentence1", "sentence2")}
    return {**kept(row, "source"), **texts}


def show(item: Item) -> Fields:
    """Show both sentences."""
    return {name: item[name] for name in ("sentence1", "sentence2")}


def answer(item: Item, results: Results) -> int:
    """Read the rating."""
    return int(results.needed("rating", RATINGS))


def results(item: Item, answer: int) -> list[Fields]:
    """Write a rating as the form's result."""
    return [chosen("rating", "first_sentence", str(answer))]


def decide(item: Item, answers: Sequence[int]) -> Gold:
    """Take the mean rating."""
    return Gold(sum(answers) / len(answers))


def raw(item: Item, gold: float, votes: Sequence[Vote]) -> Fields:
    """Make the raw row."""
    counted = [vote for vote in votes if vote.answer is not None]
    ratings = [vote.answer for vote in counted]
    return {
        **item,
        "labels": {
            "label": round(gold, 1),
            "real-label": gold,
            "binary-label": int(gold >= POSITIVE),
        },
        "annotations": {
            "agreement": ":".join(str(ratings.count(rating)) for rating in range(6)),
            "annotators": [vote.annotator for vote in counted],
            "annotations": ratings,
        },
    }


def close(one: Any, other: Any) -> bool:
    """Return whether two ratings are at most one apart."""
    return bool(abs(one - other) <= 1)


def nearest(answer: float) -> str:
    """Return the rating nearest to a mean, a half upwards."""
    return str(int(answer + 0.5))


FORM = AnnotationTask(
    name="sts",
    form=labelling_form,
    item=item,
    show=show,
    answer=answer,
    results=results,
    votes=(5, 7),
    decide=decide,
    raw=raw,
    write=json_list,
    read=read_list,
    rule="the mean of five to seven ratings",
    measures=(
        UnitMeasure("at most 1 apart", lambda item, answer: [answer], "interval", close),
        UnitMeasure("same rating", lambda item, answer: [answer]),
    ),
    label=nearest,
    row_label=lambda row: nearest(row["labels"]["real-label"]),
)
