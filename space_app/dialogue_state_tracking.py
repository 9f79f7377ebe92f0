"""WoS: a dialogue that a person types turn by turn, and its state after each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from klue_baselines.pipeline import KluePipeline
from klue_common.errors import InputError
from klue_metrics.slots import split_entry

from .markup import block, message, plain, table
from .task import Answer, Controls, Row, RowView, Shown, TaskDemo
from .texts import Language, Texts

MOST_TURNS = 60
ROLES = ("user", "sys")
TEXTS: Texts = {
    "name": ("대화 상태 추적", "Dialogue state"),
    "field.turns": ("대화", "Dialogue"),
    "how": (
        "사용자와 시스템의 말을 번갈아 입력하세요. 사용자의 말이 끝날 때마다 상태가 갱신됩니다.",
        "Type what user and system say in turn. The state updates after each turn of the user.",
    ),
    "role.user": ("사용자", "User"),
    "role.sys": ("시스템", "System"),
    "says": ("{who}의 말", "{who} says"),
    "send": ("보내기", "Send"),
    "undo": ("되돌리기", "Undo"),
    "clear": ("새 대화", "New dialogue"),
    "slot": ("슬롯", "Slot"),
    "value": ("값", "Value"),
    "change": ("변화", "Change"),
    "new": ("추가됨", "new"),
    "was": ("이전: {value}", "was {value}"),
    "gone": ("삭제됨", "removed"),
    "empty": ("상태가 비어 있습니다.", "The state is empty."),
    "start": ("아직 대화가 없습니다.", "No turns yet."),
    "turns": (
        "turns: 사용자부터 번갈아 말한 글의 목록이어야 합니다.",
        "turns: expected a list of texts, the user's first",
    ),
}
STYLE = """
.klue table.state th, .klue table.state td { white-space: normal; }
.klue ol.dialogue { list-style: none; padding: 0; margin: .4rem 0; display: flex;
  flex-direction: column; gap: .4rem; }
.klue ol.dialogue li { margin: 0; max-width: 85%; padding: .4rem .8rem; border-radius: 12px;
  background: var(--background-fill-secondary); border: 1px solid var(--border-color-primary); }
.klue ol.dialogue li small { display: block; font-size: .75rem; }
.klue ol.dialogue li.user { align-self: flex-end; background: #4a7de026; }
.klue ol.dialogue li.state { align-self: flex-end; border: 0; padding: 0; background: none; }
.klue .tag.new { background: #22aa7733; border-color: #2a7; }
.klue .tag.gone { background: #dd333326; border-color: #d33; }
.klue span.gone:not(.tag) { text-decoration: line-through; }
.klue span.new:not(.tag) { font-weight: 700; }
"""


def answer(pipeline: KluePipeline, language: Language, turns: str) -> Answer:
    """Return the state after the last turn of the user, with what that turn changed."""
    said = read_turns(turns, language)
    if not said:
        return Answer(message(language.say("start")), "")
    records = pipeline.batch([pipeline.task.row(said)])
    before, after = (
        {} if at >= len(records) else slots(records[-1 - at]["state"]) for at in (1, 0)
    )
    return Answer(state_table(before, after, language), json_state(records[-1]["state"]))


def json_state(state: Sequence[str]) -> str:
    """Return a state as in a prediction file."""
    return json.dumps({"state": list(state)}, ensure_ascii=False)


def read_turns(turns: str, language: Language) -> list[str]:
    """Read a JSON list of texts, the user's first.

    Raises:
        InputError: it is no such list, or a long one.
    """
    try:
        said = json.loads(turns or "[]")
    except (ValueError, RecursionError):
        said = None
    texts = isinstance(said, list) and all(isinstance(turn, str) and turn.strip() for turn in said)
    if not texts or len(said) > MOST_TURNS:
        raise InputError(language.say("turns"))
    return list(said)


def slots(state: Sequence[str]) -> dict[str, str]:
    """Return a state as {slot: value}.

    >>> slots(["식당-예약 시간-13:00"])
    {'식당-예약 시간': '13:00'}
    """
    return dict(map(split_entry, state))


def state_table(before: Mapping[str, str], after: Mapping[str, str], language: Language) -> str:
    """Return all slots with what has changed."""
    rows = []
    for slot in dict.fromkeys([*after, *before]):
        if slot not in after:
            kind, change = "gone", language.say("gone")
        elif slot not in before:
            kind, change = "new", language.say("new")
        elif before[slot] != after[slot]:
            kind, change = "new", language.say("was", value=before[slot])
        else:
            kind, change = "", ""
        value = plain(after.get(slot, before.get(slot, "")))
        tag = f'<span class="tag {kind}">{plain(change)}</span>' if change else ""
        rows.append((plain(slot), f'<span class="{kind}">{value}</span>', tag))
    if not rows:
        return f"<p><small>{plain(language.say('empty'))}</small></p>"
    headings = [language.say(name) for name in ("slot", "value", "change")]
    return table(headings, rows, "state")


def dialogue(turns: Sequence[str], language: Language) -> str:
    """Return what was said, the user's turns on one side and the system's on the other."""
    if not turns:
        return message(language.say("start"))
    lines = (
        f'<li class="{ROLES[at % 2]}"><small>{plain(language.say("role." + ROLES[at % 2]))}</small>'
        f'<span dir="auto">{plain(turn)}</span></li>'
        for at, turn in enumerate(turns)
    )
    return block(f'<ol class="dialogue">{"".join(lines)}</ol>')


def controls(demo: TaskDemo, language: Language) -> Controls:
    """Build the dialogue so far, a box for the next turn, and buttons to go back."""

    def says(turns: Sequence[str]) -> str:
        return language.say("says", who=language.say(f"role.{ROLES[len(turns) % 2]}"))

    def changed(turns: str) -> tuple[str, Any]:
        said = read_turns(turns, language)
        return dialogue(said, language), gr.update(label=says(said))

    def send(turns: str, text: str) -> tuple[str, str]:
        said = read_turns(turns, language)
        if not text.strip() or len(said) >= MOST_TURNS:
            return turns, text
        return json.dumps([*said, text.strip()], ensure_ascii=False), ""

    def undo(turns: str) -> str:
        return json.dumps(read_turns(turns, language)[:-1], ensure_ascii=False)

    gr.HTML(message(language.say("how")))
    view = gr.HTML(dialogue([], language))
    turns = gr.Textbox(label=language.say("field.turns"), visible="hidden")
    text = gr.Textbox(label=says([]), lines=1, elem_id="wos-text")
    with gr.Row():
        sending = gr.Button(language.say("send"), variant="primary")
        undoing = gr.Button(language.say("undo"))
        clearing = gr.Button(language.say("clear"))
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    gr.on([sending.click, text.submit], send, [turns, text], [turns, text], **private)
    undoing.click(undo, turns, turns, **private)
    clearing.click(lambda: "[]", None, turns, **private)
    turns.change(changed, turns, [view, text], **private)
    return Controls([turns], [turns.change])


def labels(row: Row) -> list[str]:
    """Return the dialogue's domains."""
    return list(row["domains"])


def show(row: Row, language: Language) -> Shown:
    """Return the dialogue and its gold state after each turn of the user."""
    parts, before = [], dict[str, str]()
    for turn in row["dialogue"]:
        role = turn["role"]
        parts.append(
            f'<li class="{role}"><small>{plain(language.say("role." + role))}</small>'
            f'<span dir="auto">{plain(turn["text"])}</span></li>'
        )
        after = slots(turn["state"])
        new = [f"{slot}: {value}" for slot, value in after.items() if before.get(slot) != value]
        if role == "user" and new:
            tags = " ".join(f'<span class="tag new">{plain(entry)}</span>' for entry in new)
            parts.append(f'<li class="state">{tags}</li>')
        before = after or before
    return Shown(f'<ol class="dialogue">{"".join(parts)}</ol>')


def texts(row: Row) -> list[str]:
    """Return what is said in a dialogue."""
    return [turn["text"] for turn in row["dialogue"]]


def no_source(row: Row) -> str:
    """Return "": dialogues were written for this task."""
    return ""


DEMO = TaskDemo(
    name="wos",
    texts=TEXTS,
    fields=("turns",),
    examples=(
        (
            json.dumps(
                ["서울 북쪽에 있는 호텔을 찾고 있어요. 조식이 나왔으면 좋겠어요."],
                ensure_ascii=False,
            ),
        ),
        (
            json.dumps(
                [
                    "서울 중앙에서 한식당을 찾아요.",
                    "가격대는 어느 정도를 생각하세요?",
                    "상관없어요. 토요일 18:30에 네 명 예약해 주세요.",
                ],
                ensure_ascii=False,
            ),
        ),
    ),
    answer=answer,
    rows=RowView(show=show, labels=labels, texts=texts, source=no_source),
    controls=controls,
    groupings=("domain", "length"),
    style=STYLE,
)
