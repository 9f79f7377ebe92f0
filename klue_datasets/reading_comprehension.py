"""KLUE-MRC: questions about an article, some of which it does not answer.

Raw file: {"data": [{title, news_category, source, paragraphs [{context, qas [{question, guid,
question_type, is_impossible, answers [{text, answer_start}], plausible_answers [same]}]}]}]}.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from .errors import show
from .identity import Expected
from .notes import Notes
from .raw.arrays import number_array
from .raw.columns import Rows, list_array, struct_array
from .raw.json_rows import read_objects
from .schema import List, Schema, Value
from .task import DatasetTask, Finding, split_files, table_of

FILES = split_files("klue-mrc", "json")
_ANSWERS = {"answer_start": List(Value("int32")), "text": List(Value("string"))}
SCHEMA = Schema(
    {
        "title": Value("string"),
        "context": Value("string"),
        "news_category": Value("string"),
        "source": Value("string"),
        "guid": Value("string"),
        "is_impossible": Value("bool"),
        "question_type": Value("int32"),
        "question": Value("string"),
        "answers": _ANSWERS,
    }
)
FULL_SCHEMA = Schema({**SCHEMA, "plausible_answers": _ANSWERS})


def read(path: Path, *, full: bool, notes: Notes) -> Iterator[pa.Table]:
    """Read an MRC file, a row per question.

    By default the plausible answers of an unanswerable question stand in `answers`, as on the
    Hub; with `full` they have a column of their own and `answers` is empty there. No text is
    stripped, so that `answer_start` stays true; questions where it is not are noted.
    """
    seen = 0
    for batch in read_objects(path, "data"):
        names = [f"article {seen + i}" for i in range(1, len(batch) + 1)]
        seen += len(batch)
        for article in batch:
            # An article of a source without categories has no such field in the official files.
            if article.get("source") is not None and article.get("news_category") is None:
                article["news_category"] = ""
        articles = Rows(path, batch, notes, names)
        table = _questions(articles, full)
        if table.num_rows:
            notes.rows += table.num_rows
            yield table


def _questions(articles: Rows, full: bool) -> pa.Table:
    paragraphs, of_article = articles.inner("paragraphs")
    questions, of_paragraph = paragraphs.inner("qas")
    questions = Rows(questions.path, questions.rows, questions.notes)
    paragraph = np.repeat(np.arange(len(paragraphs)), np.diff(of_paragraph))
    article = number_array(
        np.repeat(np.arange(len(articles)), np.diff(of_article))[paragraph], np.int64
    )
    context = paragraphs.texts("context").take(number_array(paragraph, np.int64))
    columns = {
        "title": articles.texts("title", optional=True).take(article),
        "context": context,
        "news_category": articles.texts("news_category", optional=True).take(article),
        "source": articles.texts("source", optional=True).take(article),
        "guid": questions.texts("guid"),
        "is_impossible": questions.truths("is_impossible"),
        "question_type": questions.integers("question_type", optional=True),
        "question": questions.texts("question"),
    }
    for row in questions.rows:
        row.setdefault("plausible_answers", [])
    columns["answers"] = _answers(questions, "answers")
    columns["plausible_answers"] = _answers(questions, "plausible_answers")
    _note_shifted(questions, columns)
    table = table_of(columns, FULL_SCHEMA)
    return table if full else narrow(table)


def narrow(table: pa.Table) -> pa.Table:
    """Append the plausible answers to the answers, as the Hub's copy does."""
    answers = [
        {field: own[field] + plausible[field] for field in own}
        for own, plausible in zip(
            table["answers"].to_pylist(), table["plausible_answers"].to_pylist(), strict=True
        )
    ]
    columns = {name: table[name] for name in SCHEMA}
    columns["answers"] = pa.array(answers, table.schema.field("answers").type)
    return table_of(columns, SCHEMA)


def _answers(questions: Rows, name: str) -> pa.Array:
    answers, offsets = questions.inner(name)
    return struct_array(
        {
            "answer_start": list_array(offsets, answers.integers("answer_start")),
            "text": list_array(offsets, answers.texts("text")),
        }
    )


def _note_shifted(questions: Rows, columns: Mapping[str, pa.Array]) -> None:
    contexts = columns["context"].to_pylist()
    for guid, row, context in zip(questions.guids, questions.rows, contexts, strict=True):
        if any(_shifted(context, answer) for answer in row["answers"] + row["plausible_answers"]):
            questions.notes.shifted.append(guid)


def _shifted(context: str, answer: Mapping[str, Any]) -> bool:
    return not context.startswith(answer["text"], answer["answer_start"]) or (
        answer["answer_start"] < 0
    )


def find(table: pa.Table, other: Mapping[str, Any]) -> Iterator[Finding]:
    """Find answers that do not stand at their place, and answers of unanswerable questions."""
    contexts = table["context"]
    impossible = table["is_impossible"].to_pylist()
    for column in ("answers", "plausible_answers"):
        for row, answers in enumerate(table[column].to_pylist()):
            context = contexts[row].as_py() if answers["text"] else ""
            for start, text in zip(answers["answer_start"], answers["text"], strict=True):
                if _shifted(context, {"text": text, "answer_start": start}):
                    found = f"{show(context[max(start, 0) : start + len(text)])} at {start}"
                    yield Finding(row, column, found, show(text))
            if column == "answers" and impossible[row] == bool(answers["text"]):
                found = f"{len(answers['text'])} answers, is_impossible {impossible[row]}"
                yield Finding(row, column, found, "answers if and only if it is answerable")


def texts(table: pa.Table) -> dict[str, list[str]]:
    """Return each context once, and the questions."""
    contexts = list(dict.fromkeys(table["context"].to_pylist()))
    return {"context": contexts, "question": table["question"].to_pylist()}


TASK = DatasetTask(
    name="mrc",
    title="Machine reading comprehension",
    korean_title="기계 독해",
    schema=SCHEMA,
    full_schema=FULL_SCHEMA,
    files=FILES,
    read=read,
    num_examples={"train": 17_554, "validation": 5_841},
    about="Answer a question with a span of the article, or say that the article does not answer "
    "it. `question_type` is 1 for a paraphrase of a sentence, 2 if several sentences are needed, "
    "3 if there is no answer; then `answers` holds plausible ones, so test `is_impossible` first.",
    korean_about="질문의 답을 글에서 찾거나, 글에 답이 없다고 답합니다. `question_type`은 1이면 "
    "한 문장의 바꿔 쓰기, 2이면 여러 문장의 종합, 3이면 답 없음입니다. 답이 없는 질문의 "
    "`answers`에는 그럴듯한 오답이 들어 있으므로 먼저 `is_impossible`을 확인해야 합니다.",
    differences=(
        "No text of `mrc` is stripped. The Hub's copy strips contexts, questions and answers\n"
        "  without moving `answer_start`; here an answer stands at\n"
        "  `context[answer_start:answer_start + len(text)]` wherever the source file is right,\n"
        "  and the build names the rows where it is not.",
        "`mrc` has the plausible answers of unanswerable questions in `answers`, as on the Hub.\n"
        "  Test `is_impossible` before you use them, or build with `--full`, where they have a\n"
        "  column of their own.",
    ),
    korean_differences=(
        "`mrc`의 글은 앞뒤 공백을 지우지 않습니다. 허브의 사본은 글, 질문, 답에서 공백을\n"
        "  지우면서 `answer_start`를 옮기지 않았습니다. 여기서는 원본이 맞는 한 답이\n"
        "  `context[answer_start:answer_start + len(text)]`에 있으며, 그렇지 않은 행은 만들 때\n"
        "  알려 줍니다.",
        "`mrc`의 `answers`에는 허브와 같이 답이 없는 질문의 그럴듯한 오답도 들어 있습니다.\n"
        "  먼저 `is_impossible`을 확인하거나, 오답이 다른 열에 있는 `--full`로 만드십시오.",
    ),
    sources=("Wikipedia", "Acrofan news", "Korea Economic Daily"),
    unit="question",
    korean_unit="질문",
    category="question-answering",
    label_column=("question_type",),
    texts=texts,
    find=find,
    holdout_unit="context",
    narrow=narrow,
    official={
        FILES["train"]: Expected("46fd63137949a85f054aacb81ca4065c7b3a5882"),
        FILES["validation"]: Expected("b89a46fcc5f3b15be59703abd626b52e4c4dd236"),
    },
)
