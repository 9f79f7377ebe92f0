"""WoS: a dialogue that a person types turn by turn, and its state after each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from klue_baselines.pipeline import KluePipeline
from klue_common.errors import InputError

from .markup import block, message, plain, table
from .task import Answer, Controls, Row, RowView, Shown, TaskDemo
from .texts import Language

MOST_TURNS = 60
ROLES = ("user", "sys")


def answer(pipeline: KluePipeline, language: Language, turns: str) -> Answer:
    """The state after the last turn of the user, with what that turn changed."""
    said = read_turns(turns, language)
    if not said:
        return Answer(message(language.say("wos.start")), "")
    records = pipeline.batch([pipeline.task.row(said)])
    before, after = (
        {} if at >= len(records) else slots(records[-1 - at]["state"]) for at in (1, 0)
    )
    return Answer(state_table(before, after, language), json_state(records[-1]["state"]))


def json_state(state: Sequence[str]) -> str:
    """A state as in a prediction file."""
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
        raise InputError(language.say("wos.turns"))
    return list(said)


def slots(state: Sequence[str]) -> dict[str, str]:
    """A state as slot -> value.

    >>> slots(["식당-예약 시간-13:00"])
    {'식당-예약 시간': '13:00'}
    """
    split = (entry.split("-", 2) for entry in state)
    return {f"{domain}-{slot}": value for domain, slot, value in split}


def state_table(before: Mapping[str, str], after: Mapping[str, str], language: Language) -> str:
    """All slots with what has changed."""
    rows = []
    for slot in dict.fromkeys([*after, *before]):
        if slot not in after:
            kind, change = "gone", language.say("wos.gone")
        elif slot not in before:
            kind, change = "new", language.say("wos.new")
        elif before[slot] != after[slot]:
            kind, change = "new", language.say("wos.was", value=before[slot])
        else:
            kind, change = "", ""
        value = plain(after.get(slot, before.get(slot, "")))
        tag = f'<span class="tag {kind}">{plain(change)}</span>' if change else ""
        rows.append((plain(slot), f'<span class="{kind}">{value}</span>', tag))
    if not rows:
        return f"<p><small>{plain(language.say('wos.empty'))}</small></p>"
    headings = [language.say(f"wos.{name}") for name in ("slot", "value", "change")]
    return table(headings, rows, "state")


def dialogue(turns: Sequence[str], language: Language) -> str:
    """What was said, the user's turns on one side and the system's on the other."""
    if not turns:
        return message(language.say("wos.start"))
    lines = (
        f'<li class="{ROLES[at % 2]}"><small>{plain(language.say("wos." + ROLES[at % 2]))}</small>'
        f'<span dir="auto">{plain(turn)}</span></li>'
        for at, turn in enumerate(turns)
    )
    return block(f'<ol class="dialogue">{"".join(lines)}</ol>')


def controls(demo: TaskDemo, language: Language) -> Controls:
    """The dialogue so far, a box for the next turn, and buttons to go back."""

    def says(turns: Sequence[str]) -> str:
        return language.say("wos.says", who=language.say(f"wos.{ROLES[len(turns) % 2]}"))

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

    gr.HTML(message(language.say("wos.how")))
    view = gr.HTML(dialogue([], language))
    turns = gr.Textbox(label=language.say("field.turns"), visible="hidden")
    text = gr.Textbox(label=says([]), lines=1, elem_id="wos-text")
    with gr.Row():
        sending = gr.Button(language.say("wos.send"), variant="primary")
        undoing = gr.Button(language.say("wos.undo"))
        clearing = gr.Button(language.say("wos.clear"))
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    gr.on([sending.click, text.submit], send, [turns, text], [turns, text], **private)
    undoing.click(undo, turns, turns, **private)
    clearing.click(lambda: "[]", None, turns, **private)
    turns.change(changed, turns, [view, text], **private)
    return Controls([turns], [turns.change])


def labels(row: Row) -> list[str]:
    """The dialogue's domains."""
    return list(row["domains"])


def show(row: Row, language: Language) -> Shown:
    """The dialogue and its gold state after each turn of the user."""
    parts, before = [], dict[str, str]()
    for turn in row["dialogue"]:
        role = turn["role"]
        parts.append(
            f'<li class="{role}"><small>{plain(language.say("wos." + role))}</small>'
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
    """What is said in a dialogue."""
    return [turn["text"] for turn in row["dialogue"]]


def no_source(row: Row) -> str:
    """Nothing: dialogues were written for this task."""
    return ""


DEMO = TaskDemo(
    name="wos",
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
    rows=RowView(
        show=show,
        labels=labels,
        texts=texts,
        source=no_source,
    ),
    controls=controls,
)
