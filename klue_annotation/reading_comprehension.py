"""KLUE-MRC: several people look for a question's answer, or find that the article has none."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from klue_datasets.errors import data_error
from klue_datasets.errors import show as shown

from .form_results import Results, chosen, labelled
from .form_tags import asked, choices, form, span_labels, tag, wide
from .measures import EntryMeasure, UnitMeasure
from .misfits import MisfitError, SlipError, kept, text_of
from .raw_files import read_list
from .task import AnnotationTask, Fields, Gold, Item, Undecided, Vote

TYPES = {
    "1": "1 글의 한 문장을 바꿔 쓴 질문 a paraphrase of one sentence",
    "2": "2 여러 문장을 종합해야 하는 질문 several sentences are needed",
    "3": "3 글에 답이 없는 질문 the article does not answer it",
}
UNANSWERABLE = "3"
SPAN = "답"
SPANS = {SPAN: ("답 answer (3: 그럴듯한 오답 plausible wrong answer)", "#f0d060")}
ENOUGH = 2  # people who mark the same characters make them an answer


def labelling_form() -> str:
    """Make the form: an article, a question, its type, and answers marked in the article."""
    return form(
        asked("글에서 질문의 답을 찾아 표시하세요", "Mark the question's answer in the article"),
        wide(tag("Text", name="asked", value="$question")),
        choices("type", "asked", TYPES, required="true"),
        span_labels("answer", "article", SPANS),
        tag("Text", name="title", value="$title"),
        wide(tag("Text", name="article", value="$context")),
    )


def item(row: Item) -> Fields:
    """Take an article, a question, and what its author answered where the row says so."""
    texts = {"question": text_of(row, "question"), "context": text_of(row, "context", False)}
    about = kept(row, "title", "news_category", "source")
    return {**about, **texts, "author": _author(row, texts["context"])}


def _author(row: Item, context: str) -> Fields | None:
    """Return what the question's author answered, as `answer` does."""
    kind = row.get("question_type")
    if kind is None:
        return None
    if str(kind) not in TYPES:
        raise MisfitError("question_type", shown(kind), f"one of {', '.join(TYPES)}, or nothing")
    column = "plausible_answers" if str(kind) == UNANSWERABLE else "answers"
    spans = sorted(_span(column, answer, context) for answer in _answers(row, column))
    if not spans and str(kind) != UNANSWERABLE:
        raise MisfitError(column, "none", f"one or more for a question of type {kind}")
    return {"type": str(kind), "spans": [list(span) for span in dict.fromkeys(spans)]}


def _answers(row: Item, column: str) -> list[Any]:
    """Return answers one by one: the raw file has a list, the Hub's columns an object of lists."""
    found = row.get(column) or []
    if isinstance(found, Mapping):
        names = ("text", "answer_start")
        lists = [found.get(name) for name in names]
        if not all(isinstance(one, list) for one in lists):
            raise MisfitError(column, shown(found), "lists of text and answer_start")
        return [dict(zip(names, pair, strict=False)) for pair in zip(*lists, strict=False)]
    if not isinstance(found, list):
        raise MisfitError(column, shown(found), "a list of answers")
    return found


def _span(column: str, answer: Any, context: str) -> tuple[int, int]:
    text, start = (
        (answer.get("text"), answer.get("answer_start"))
        if isinstance(answer, Mapping)
        else (None, None)
    )
    if not isinstance(text, str) or not text or type(start) is not int or start < 0:
        raise MisfitError(column, shown(answer), "a text and where it starts")
    if not context.startswith(text, start):
        found = f"{shown(context[start : start + len(text)])} at {start}"
        raise MisfitError(column, found, shown(text))
    return start, start + len(text)


def show(item: Item) -> Fields:
    """Show title, article and question, and not what the author answered."""
    texts = {name: item[name] for name in ("question", "context")}
    return {"title": item.get("title", ""), **texts}


def answer(item: Item, results: Results) -> Fields:
    """Read the question's type and the marked parts: [start, end], end exclusive, in characters.

    Raises:
        SlipError: the article answers the question, and nothing is marked.
    """
    kind = results.needed("type", TYPES)
    marked = results.spans("answer", SPANS, item["context"])
    if not marked and kind != UNANSWERABLE:
        raise SlipError(f"type {kind}, and no answer is marked")
    return {"type": kind, "spans": [[start, end] for start, end, _ in marked]}


def results(item: Item, answer: Fields) -> list[Fields]:
    """Write type and parts as the form's results."""
    parts = (
        labelled("answer", "article", (start, end, SPAN), item["context"])
        for start, end in answer["spans"]
    )
    return [chosen("type", "asked", answer["type"]), *parts]


def decide(item: Item, answers: Sequence[Fields]) -> Gold | Undecided:
    """Take the answers that two people marked, or none where most find none.

    Whether the question can be answered is what more than half say; its type, 1 or 2, is what most
    of them say, and the first of them where as many say the other. Of a question that cannot be
    answered, everything that was marked is a plausible answer.
    """
    without = [answer for answer in answers if answer["type"] == UNANSWERABLE]
    if 2 * len(without) == len(answers):
        return Undecided(
            f"{len(without)} of {len(answers)} find no answer", "more than half, or less"
        )
    unanswerable = 2 * len(without) > len(answers)
    side = without if unanswerable else [a for a in answers if a["type"] != UNANSWERABLE]
    marked = Counter(tuple(span) for answer in side for span in answer["spans"])
    if unanswerable:
        return Gold({"type": UNANSWERABLE, "spans": sorted(map(list, marked))})
    spans = [list(span) for span, count in marked.most_common() if count >= ENOUGH]
    if not spans:
        return Undecided("no answer that two people marked alike", "one or more")
    return Gold({"type": Counter(a["type"] for a in side).most_common(1)[0][0], "spans": spans})


def raw(item: Item, gold: Fields, votes: Sequence[Vote]) -> Fields:
    """Make the question's part of the raw file, and the article that it belongs to."""
    context = item["context"]
    answers = [{"text": context[start:end], "answer_start": start} for start, end in gold["spans"]]
    question = {"question": item["question"], "answers": answers}
    impossible = gold["type"] == UNANSWERABLE
    if impossible:
        question |= {"answers": [], "plausible_answers": answers}
    question |= {"question_type": int(gold["type"]), "is_impossible": impossible}
    article = {name: item[name] for name in ("title", "news_category", "source") if name in item}
    article.setdefault("title", "")
    return {"guid": item["guid"], "article": article, "context": context, "qas": question}


def write(rows: Sequence[Fields]) -> str:
    """Write the raw file: articles in their order, each with its questions."""
    articles: dict[str, Fields] = {}
    for row in rows:
        key = json.dumps([row["article"], row["context"]], ensure_ascii=False)
        paragraph = {"context": row["context"], "qas": []}
        article = articles.setdefault(key, {**row["article"], "paragraphs": [paragraph]})
        article["paragraphs"][0]["qas"].append({**row["qas"], "guid": row["guid"]})
    content = {"version": "1.1", "data": list(articles.values())}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def read(path: Path) -> list[Fields]:
    """Read the raw rows of a file, one a question.

    Raises:
        DataError: it is none.
    """
    try:
        return [
            {
                "guid": question["guid"],
                "article": {name: value for name, value in article.items() if name != "paragraphs"},
                "context": paragraph["context"],
                "qas": {name: value for name, value in question.items() if name != "guid"},
            }
            for article in read_list(path, "data")
            for paragraph in article["paragraphs"]
            for question in paragraph["qas"]
        ]
    except (LookupError, TypeError, AttributeError):
        raise data_error(path, "", "another shape", "articles, paragraphs, questions") from None


def question_type(row: Fields) -> str:
    """Return a raw row's type, or what is known of it where the file does not say it."""
    question = row["qas"]
    known = UNANSWERABLE if question.get("is_impossible") else "1 or 2"
    return str(question.get("question_type") or known)


def characters(item: Item, answer: Fields) -> list[bool]:
    """Return whether each character of the article is part of an answer; no answer is in none."""
    marked = [False] * len(item["context"])
    if answer["type"] != UNANSWERABLE:
        for start, end in answer["spans"]:
            marked[start:end] = [True] * (end - start)
    return marked


def spans(answer: Fields) -> set[tuple[int, ...]]:
    """Return the answers' places; that there is none counts as one place."""
    if answer["type"] == UNANSWERABLE:
        return {()}
    return {tuple(span) for span in answer["spans"]}


FORM = AnnotationTask(
    name="mrc",
    form=labelling_form,
    item=item,
    show=show,
    answer=answer,
    results=results,
    author=lambda item: item["author"],
    votes=(3, 5),
    decide=decide,
    raw=raw,
    write=write,
    read=read,
    rule="places that two people marked, or no answer where more than half find none",
    measures=(
        EntryMeasure("same answer, F1", spans),
        UnitMeasure("characters", characters),
        UnitMeasure("question type", lambda item, answer: [answer["type"]]),
    ),
    label=lambda answer: answer["type"],
    row_label=question_type,
)
