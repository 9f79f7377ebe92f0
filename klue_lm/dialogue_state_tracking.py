"""wos: what the user of a dialogue wants after each turn, as a JSON object of slots and values."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from klue_datasets import load_ontology
from klue_metrics.slots import NO_VALUE, SLOTS, entry_problem, is_value, split_entry
from klue_metrics.turns import user_turns

from .forms import Form, quoted
from .reading import composed, unread
from .task import (
    ANSWERED,
    CONSTRAINED,
    GENERATE,
    OUTSIDE,
    Fields,
    LMTask,
    Question,
    Reading,
    Row,
    Wording,
)

FEW = 13  # candidates: a slot with more of them is open (names, places, times)
KNOWN = frozenset(SLOTS)
SPOKEN = {True: "yes", False: "no"}
SLOT_WIDTH = 24  # characters of a slot with its value in JSON, on average more than KLUE's

KOREAN = Wording(
    instructions=(
        "대화에서 사용자가 지금까지 말한 조건을 모두 JSON 객체 하나로 쓰세요. 키는 아래 45개 "
        "슬롯이고, "
        "언급되지 않은 슬롯은 쓰지 않습니다. 사용자가 상관없다고 한 슬롯의 값은 "
        "dontcare입니다.\n{slots}",
        "슬롯과 값의 예는 다음과 같습니다.\n{slots}\n사용자의 마지막 말까지 정해진 슬롯과 값을 "
        '{{"슬롯": '
        '"값"}} 꼴의 JSON으로 쓰세요. 상관없으면 값은 dontcare입니다. 정해지지 않은 슬롯은 빼세요.',
        "다음 슬롯 가운데 사용자가 대화 끝까지 밝힌 것을 JSON 객체로 정리하세요. 아무래도 좋다고 "
        "한 것은 "
        "dontcare로, 밝히지 않은 것은 쓰지 마세요.\n{slots}",
    ),
    words={
        "dialogue": "대화",
        "user": "사용자",
        "sys": "시스템",
        "answer": "상태",
        "open": "자유롭게",
    },
)
ENGLISH = Wording(
    instructions=(
        "Write all that the user of the Korean dialogue has asked for so far as one JSON object. "
        "Its keys are among the 45 slots below; slots that were not mentioned are left out. The "
        "value of a slot that the user does not care about is dontcare.\n{slots}",
        "These are the slots with examples of values:\n{slots}\nWrite the slots and values that "
        'hold after the last user turn as JSON like {{"slot": "value"}}, dontcare where the user '
        "does not mind. Leave out slots that are not decided.",
        "Sum up as a JSON object which of the following slots the user has stated by the end of "
        "the Korean dialogue: dontcare for what may be anything, nothing for what was not "
        "stated.\n{slots}",
    ),
    words={
        "dialogue": "Dialogue",
        "user": "User",
        "sys": "System",
        "answer": "State",
        "open": "any",
    },
)


def given(row: Row) -> Row:
    """Return guid and turns without their states."""
    turns = [{"role": turn["role"], "text": turn["text"]} for turn in row["dialogue"]]
    return {"guid": row["guid"], "dialogue": turns}


def instruct(wording: Wording, variant: int, ontology: Mapping[str, list[str]]) -> str:
    """Return the instruction with the slots, and the values of those that have few."""
    lines = []
    for slot in SLOTS:
        values = [value for value in ontology.get(slot, ()) if value != NO_VALUE]
        shown = ", ".join(sorted(values)) if 0 < len(values) < FEW else wording.words["open"]
        lines.append(f"- {slot}: {shown}")
    return wording.instructions[variant].format(slots="\n".join(lines))


def ontology_of(data_dir: Any, sample: bool) -> dict[str, list[str]]:
    """Return the candidates of each slot."""
    return load_ontology(data_dir, sample)


def ask(row: Row, wording: Wording) -> list[Question]:
    """Return a question for each user turn: the dialogue up to it."""
    words = wording.words
    questions = []
    for turn in user_turns(row):
        lines = [f"{words[role]}: {said.strip()}" for role, said in turn.history]
        text = "\n".join([f"{words['dialogue']}:", *lines, f"{words['answer']}:"])
        questions.append(Question(turn.guid, text, SLOT_WIDTH * len(SLOTS) // 2))
    return questions


def show(row: Row, _: Wording) -> list[str]:
    """Return the gold state of each user turn as JSON."""
    return [as_json(turn.state) for turn in user_turns(row)]


def as_json(state: Iterable[str]) -> str:
    """Return a state as a JSON object; a slot with several values holds a list.

    >>> as_json(["식당-종류-한식당", "식당-지역-서울 중앙"])
    '{"식당-종류": "한식당", "식당-지역": "서울 중앙"}'
    """
    slots: dict[str, list[str]] = {}
    for entry in state:
        slot, value = split_entry(entry)
        slots.setdefault(slot, []).append(value)
    plain = {slot: values if len(values) > 1 else values[0] for slot, values in slots.items()}
    return json.dumps(plain, ensure_ascii=False)


def read(_: Question, reply: str) -> Reading:
    """Return the entries of the JSON object in a reply; what says none is left out.

    >>> read(Question("a", "", 9), '상태: {"식당": {"종류": "한식당"}, "식당-지역": "none"}').fields
    {'state': ['식당-종류-한식당']}
    """
    text = composed(reply)
    start, end = text.find("{"), text.rfind("}")
    try:
        content = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return unread({"state": None})
    if not isinstance(content, dict):
        return unread({"state": None})
    pairs = list(entries(content))
    state = list(dict.fromkeys([f"{slot}-{value}" for slot, value in pairs]))
    if all(slot in KNOWN and is_value(value) for slot, value in pairs):
        return Reading({"state": state})
    return Reading({"state": state}, OUTSIDE if any(map(entry_problem, state)) else ANSWERED)


def entries(content: Mapping[str, Any], domain: str = "") -> Iterator[tuple[str, str]]:
    """Yield slot and value of an object of slots, or of domains that hold objects of slots."""
    for name, value in content.items():
        slot = f"{domain}-{name}".strip() if domain else name.strip()
        if isinstance(value, str):
            text = value.strip()
            if text and text != NO_VALUE:
                yield slot, text
        elif isinstance(value, dict):
            if not domain:
                yield from entries(value, name)
        else:
            yield from ((slot, text) for text in spoken(value))


def spoken(value: Any) -> Iterator[str]:
    """Yield the texts of a value that is none: of a list's parts, a number, true or false.

    >>> list(spoken(["한식당", True, None, 2]))
    ['한식당', 'yes', '2']
    """
    for one in value if isinstance(value, list) else [value]:
        text = SPOKEN[one] if isinstance(one, bool) else str(one).strip()
        if one is not None and text not in ("", NO_VALUE):
            yield text


def kinds(row: Row) -> Iterable[Hashable]:
    """Return what a dialogue is an example of: its domains."""
    return set(row["domains"])


def trivial(row: Row) -> list[Fields]:
    """Return an empty state for each user turn."""
    return [{"state": []} for _ in user_turns(row)]


@cache
def state_form() -> Form:
    """Return the form of a state: an object whose keys are slots."""
    pair = f"({' | '.join(quoted(json.dumps(slot, ensure_ascii=False)) for slot in SLOTS)})"
    grammar = (
        'root ::= " "? "{" (pair (", " pair){0,44})? "}"\n'
        f'pair ::= {pair} ": " value\n'
        r'value ::= "\"" [^"\\\n]{1,40} "\""'
    )
    text = {"type": "string", "maxLength": 40}
    properties = dict.fromkeys(SLOTS, text)
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return Form(grammar, schema)


def form(_: Question, __: Wording) -> Form:
    """Return the form of a state, the same for all questions."""
    return state_form()


LM = LMTask(
    name="wos",
    version=1,
    wordings={"ko": KOREAN, "en": ENGLISH},
    given=given,
    ask=ask,
    show=show,
    read=read,
    modes=(GENERATE, CONSTRAINED),
    nothing={"state": None},
    trivial=trivial,
    trivial_name="empty state",
    kinds=kinds,
    instruct=instruct,
    context=ontology_of,
    form=form,
)
