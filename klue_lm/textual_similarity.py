"""sts: how alike two sentences are in meaning, from 0 to 5.

The main answer is an expectation: the whole numbers from 0 to 5 are ranked, and the score is their
mean under the probabilities. A number that is written has one decimal, as a whole one could not
score above 91.3 F1.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable

import numpy as np

from .forms import Form
from .reading import PREAMBLE, unread
from .task import (
    CONSTRAINED,
    GENERATE,
    OUTSIDE,
    RANK,
    Fields,
    LMTask,
    Question,
    Reading,
    Row,
    Wording,
    blocks,
    columns,
)

GRADES = tuple(map(str, range(6)))
LOWEST, HIGHEST = 0.0, 5.0
NUMBER = re.compile(r"(?<![\d.])-?\d+(?:[.,]\d+)?(?!\d)")
OF_SCALE = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*(?:/\s*5|점)")
GRAMMAR = r'root ::= " "? ("5.0" | [0-4] "." [0-9])'

KOREAN = Wording(
    instructions=(
        "두 문장의 의미가 얼마나 비슷한지 0부터 5까지의 점수로 답하세요. 5는 의미가 같음, 3은 "
        "중요한 "
        "내용은 같지만 세부가 다름, 0은 전혀 다름입니다. 점수만 소수점 한 자리까지 쓰세요.",
        "문장 1과 문장 2의 의미 유사도를 0.0(관련 없음)에서 5.0(같은 의미) 사이의 수로 쓰세요.",
        "아래 두 문장이 같은 뜻이면 5점, 전혀 다른 뜻이면 0점을 줍니다. 몇 점인지 소수점 한 "
        "자리까지 "
        "쓰세요.",
    ),
    words={"sentence1": "문장 1", "sentence2": "문장 2", "answer": "점수"},
    labels={grade: grade for grade in GRADES},
)
ENGLISH = Wording(
    instructions=(
        "Say how similar the two Korean sentences are in meaning with a score from 0 to 5: 5 is "
        "the same meaning, 3 the same main content with different details, 0 nothing in common. "
        "Write the score alone, with one decimal.",
        "Write the semantic similarity of sentence 1 and sentence 2, both Korean, as a number "
        "between 0.0 (unrelated) and 5.0 (the same meaning).",
        "Give the two Korean sentences below 5 points if they mean the same and 0 if they mean "
        "something entirely different. Write the points with one decimal.",
    ),
    words={"sentence1": "Sentence 1", "sentence2": "Sentence 2", "answer": "Score"},
    labels={grade: grade for grade in GRADES},
)


def ask(row: Row, wording: Wording) -> list[Question]:
    """Return the one question of a pair."""
    names = ("sentence1", "sentence2")
    parts = [(wording.words[name], row[name]) for name in names]
    return [Question(row["guid"], blocks([*parts, (wording.words["answer"], "")]), len("5.0"))]


def gold(row: Row) -> float:
    """Return the gold score of a pair."""
    return float(row["labels"]["real-label"])


def show(row: Row, _: Wording) -> list[str]:
    """Return the gold score with one decimal, as KLUE's own `label` has it."""
    return [f"{row['labels']['label']:.1f}"]


def read(_: Question, reply: str) -> Reading:
    """Return the score that a reply gives: the number of a scale of 5, else its first number.

    >>> read(Question("a", "", 3), "점수: 4.2").fields
    {'score': 4.2}
    >>> read(Question("a", "", 3), "8")
    Reading(fields={'score': None}, kind='outside')
    """
    text = PREAMBLE.sub("", reply.strip())
    of_scale = OF_SCALE.search(text)
    number = of_scale[1] if of_scale else next(iter(NUMBER.findall(text)), None)
    if number is None:
        return unread({"score": None})
    score = float(number.replace(",", "."))
    if not LOWEST <= score <= HIGHEST:
        return Reading({"score": None}, OUTSIDE)
    return Reading({"score": score})


def weigh(probabilities: np.ndarray) -> Fields:
    """Return the expectation of the grades, float64 [6] -> 0 to 5."""
    return {"score": float(probabilities @ np.arange(len(GRADES)))}


def wanted(row: Row) -> np.ndarray:
    """Return probabilities of the two grades around the gold score whose mean it is."""
    score = gold(row)
    low = min(int(score), len(GRADES) - 2)
    probabilities = np.zeros(len(GRADES))
    probabilities[low], probabilities[low + 1] = low + 1 - score, score - low
    return probabilities


def kinds(row: Row) -> Iterable[Hashable]:
    """Return what a pair is an example of: its score, rounded."""
    return (round(gold(row)),)


def trivial(_: Row) -> list[Fields]:
    """Return the same score for all: it finds every similar pair, and no correlation."""
    return [{"score": HIGHEST}]


def form(_: Question, __: Wording) -> Form:
    """Return the form of a score with one decimal."""
    return Form(GRAMMAR, {"type": "number", "minimum": LOWEST, "maximum": HIGHEST})


LM = LMTask(
    name="sts",
    version=1,
    wordings={"ko": KOREAN, "en": ENGLISH},
    given=columns("guid", "sentence1", "sentence2"),
    ask=ask,
    show=show,
    read=read,
    modes=(RANK, GENERATE, CONSTRAINED),
    nothing={"score": None},
    trivial=trivial,
    trivial_name="one score (5)",
    kinds=kinds,
    weigh=weigh,
    wanted=wanted,
    blank=lambda text: {"guid": "", "sentence1": text, "sentence2": text},
    form=form,
)
