"""ner: the sentence copied with its entities in KLUE's own mark-up."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from klue_metrics.entities import ENTITY_TYPES, TAGS
from klue_text.normal_forms import Normalised

from .forms import Form
from .mark_up import EntitySpan, grammar, marked, on_sentence, spans_of, tags_of, unmarked
from .reading import unread
from .task import (
    CONSTRAINED,
    GENERATE,
    OUTSIDE,
    Fields,
    LMTask,
    Question,
    Reading,
    Row,
    Wording,
    blocks,
)

KOREAN = Wording(
    instructions=(
        "문장을 그대로 옮겨 쓰면서 개체명을 <개체명:종류> 꼴로 표시하세요. 종류는 PS 사람, LC "
        "장소, "
        "OG 기관, DT 날짜, TI 시간, QT 수량입니다. 조사는 표시 밖에 두고, 개체명이 없으면 문장만 "
        r"쓰세요. 문장에 있는 '<'는 '\<'로 쓰세요.",
        "다음 문장에 나오는 사람(PS), 장소(LC), 기관(OG), 날짜(DT), 시간(TI), 수량(QT)을 찾아 문장 "
        r"안에서 <서울:LC>처럼 감싸 문장 전체를 다시 쓰세요. 문장의 '<'는 '\<'로 씁니다.",
        "문장을 한 글자도 바꾸지 말고 다시 쓰되, 개체명은 <이순신:PS>처럼 종류와 함께 "
        "표시하세요. PS는 "
        r"사람, LC는 장소, OG는 기관, DT는 날짜, TI는 시간, QT는 수량입니다. '<'는 '\<'로 쓰세요.",
    ),
    words={"sentence": "문장", "answer": "표시"},
)
ENGLISH = Wording(
    instructions=(
        "Copy the Korean sentence and mark its named entities as <entity:type>. The types are PS "
        "person, LC location, OG organisation, DT date, TI time, QT quantity. Particles stay "
        r"outside; without entities write the sentence alone. Write a '<' of the sentence as '\<'.",
        "Find persons (PS), locations (LC), organisations (OG), dates (DT), times (TI) and "
        "quantities (QT) in the Korean sentence and write the whole sentence again with each of "
        r"them marked as in <서울:LC>. A '<' of the sentence is written '\<'.",
        "Write the Korean sentence again without changing a character, with its named entities "
        "marked and typed as in <이순신:PS>: PS person, LC location, OG organisation, DT date, TI "
        r"time, QT quantity. Write '\<' for '<'.",
    ),
    words={"sentence": "Sentence", "answer": "Marked"},
)


def given(row: Row) -> Row:
    """Return guid and characters: the column `sentence` holds the gold mark-up."""
    return {"guid": row["guid"], "tokens": row["tokens"]}


def ask(row: Row, wording: Wording) -> list[Question]:
    """Return the one question of a sentence."""
    sentence = "".join(row["tokens"])
    words = wording.words
    text = blocks([(words["sentence"], sentence), (words["answer"], "")])
    return [Question(row["guid"], text, 2 * len(sentence) + 24, sentence)]


def show(row: Row, _: Wording) -> list[str]:
    """Return the sentence with its gold entities marked."""
    tags = TAGS.names_of(row["ner_tags"], "ner_tags")
    return [marked("".join(row["tokens"]), spans_of(tags))]


def read(question: Question, reply: str) -> Reading:
    """Return a tag for each character of the sentence.

    >>> read(Question("a", "", 9, "순신은"), "<순신:PS>은").fields
    {'tags': ['B-PS', 'I-PS', 'O']}
    """
    sentence = question.about
    text, spans = unmarked(reply if sentence.startswith(" ") else reply.lstrip(" "))
    if text == sentence:
        found: list[EntitySpan] | None = spans
    else:
        found = in_any_form(text, spans, sentence)
    if found is None:
        return unread({"tags": None})
    odd = any(span.type not in ENTITY_TYPES for span in found)
    fields = {"tags": tags_of(found, len(sentence))}
    return Reading(fields, OUTSIDE) if odd else Reading(fields)


def in_any_form(text: str, spans: Sequence[EntitySpan], sentence: str) -> list[EntitySpan] | None:
    """Return the entities of a copy on its sentence, whatever Unicode form each of them is in."""
    copy, original = Normalised.of(text), Normalised.of(sentence)
    composed = [EntitySpan(*copy.span(start, end), kind) for start, end, kind in spans]
    found = on_sentence(copy.text, composed, original.text)
    if found is None:
        return None
    return [EntitySpan(*original.given_span(start, end), kind) for start, end, kind in found]


def kinds(row: Row) -> Iterable[Hashable]:
    """Return what a sentence is an example of: the types of its entities."""
    return {span.type for span in spans_of(TAGS.names_of(row["ner_tags"], "ner_tags"))}


def trivial(row: Row) -> list[Fields]:
    """Return that no character is part of an entity."""
    return [{"tags": ["O"] * len(row["tokens"])}]


def form(question: Question, _: Wording) -> Form:
    """Return the form of an answer: the sentence's characters with mark-up between them."""
    return Form(grammar(question.about))


LM = LMTask(
    name="ner",
    version=1,
    wordings={"ko": KOREAN, "en": ENGLISH},
    given=given,
    ask=ask,
    show=show,
    read=read,
    modes=(GENERATE, CONSTRAINED),
    nothing={"tags": None},
    trivial=trivial,
    trivial_name="no entities",
    kinds=kinds,
    form=form,
)
