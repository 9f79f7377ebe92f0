"""mrc: the answer to a question, copied from a passage, or that there is none."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from .reading import PREAMBLE, composed, fold, unread
from .task import GENERATE, Fields, LMTask, Question, Reading, Row, Wording, blocks, columns

NO_ANSWER = {"ko": "답 없음", "en": "no answer"}
ALSO_NONE = ("답없음", "정답 없음", "없음", "알 수 없음", "대답할 수 없음", "unanswerable", "none")
NONE = frozenset(map(fold, (*NO_ANSWER.values(), *ALSO_NONE)))
LONGEST_ANSWER = 120  # characters; the longest of the 1,350 answers at hand has 86

KOREAN = Wording(
    instructions=(
        "지문을 읽고 질문에 답하세요. 답은 지문에서 그대로 옮겨 쓰고, 지문에 답이 없으면 '답 "
        "없음'이라고 "
        "쓰세요.",
        "질문의 답을 지문 속의 표현 그대로 짧게 쓰세요. 지문만으로 답할 수 없으면 '답 없음'이라고 "
        "쓰세요.",
        "다음 지문에서 질문에 대한 답에 해당하는 부분을 찾아 고치지 말고 쓰세요. 그런 부분이 "
        "없으면 '답 "
        "없음'이라고 쓰세요.",
    ),
    words={"context": "지문", "question": "질문", "answer": "답", "none": NO_ANSWER["ko"]},
)
ENGLISH = Wording(
    instructions=(
        "Read the Korean passage and answer the question. Copy the answer from the passage as it "
        "is; write 'no answer' if the passage does not hold it.",
        "Write the answer to the question briefly, in the passage's own Korean words. Write 'no "
        "answer' if it cannot be answered from the passage alone.",
        "Find the part of the Korean passage that answers the question and write it without a "
        "change. Write 'no answer' if there is no such part.",
    ),
    words={
        "context": "Passage",
        "question": "Question",
        "answer": "Answer",
        "none": NO_ANSWER["en"],
    },
)


def ask(row: Row, wording: Wording) -> list[Question]:
    """Return the one question of a row."""
    words = wording.words
    parts = [(words["context"], row["context"]), (words["question"], row["question"])]
    text = blocks([*parts, (words["answer"], "")])
    return [Question(row["guid"], text, LONGEST_ANSWER)]


def show(row: Row, wording: Wording) -> list[str]:
    """Return the first gold answer, or that there is none."""
    return [wording.words["none"] if row["is_impossible"] else row["answers"]["text"][0]]


def read(_: Question, reply: str) -> Reading:
    """Return the first line of a reply, "" where it says that there is no answer.

    >>> read(Question("a", "", 9), "답: 답 없음").fields
    {'prediction_text': ''}
    """
    lines = [line.strip() for line in composed(reply).splitlines() if line.strip()]
    if not lines:
        return unread({"prediction_text": None})
    text = lines[0]
    bare = PREAMBLE.sub("", text).strip() if fold(text) not in NONE else text
    bare = without_quotes(bare)
    if fold(bare.strip(".。'\"‘’“” ")) in NONE:
        return Reading({"prediction_text": ""})
    return Reading({"prediction_text": bare}) if bare else unread({"prediction_text": None})


def without_quotes(text: str) -> str:
    """Return a text without the quotes around all of it, which a model puts around a quotation.

    >>> without_quotes('"서울"'), without_quotes('"서울"과 "부산"')
    ('서울', '"서울"과 "부산"')
    """
    for opening, closing in ('""', "''", "“”", "‘’"):
        inside = text[1:-1]
        if (
            len(text) > 2
            and text[0] == opening
            and text[-1] == closing
            and opening not in inside
            and closing not in inside
        ):
            return inside
    return text


def kinds(row: Row) -> Iterable[Hashable]:
    """Return what a question is an example of: one with an answer or one without."""
    return (bool(row["is_impossible"]),)


def trivial(_: Row) -> list[Fields]:
    """Return that there is no answer."""
    return [{"prediction_text": ""}]


LM = LMTask(
    name="mrc",
    version=1,
    wordings={"ko": KOREAN, "en": ENGLISH},
    given=columns("guid", "context", "question"),
    ask=ask,
    show=show,
    read=read,
    modes=(GENERATE,),
    nothing={"prediction_text": None},
    trivial=trivial,
    trivial_name="always 'no answer'",
    kinds=kinds,
    inspect_scorer="f1",
)
