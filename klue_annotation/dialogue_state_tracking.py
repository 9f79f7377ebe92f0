"""WoS: the dialogue's writer says what each turn changes in the state, another person reviews it.

What is typed for a turn are its changes: `식당-지역-서울 중앙` fills a slot or fills it anew,
`식당-지역-none` empties it. The state of a turn is what all changes up to it amount to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from klue_common.own_files import json_text
from klue_datasets.errors import show as shown
from klue_datasets.tasks import TASKS
from klue_metrics.slots import SLOTS, entry_problem, split_entry

from .form_results import Results, listed, typed
from .form_tags import asked, form, lines, tag, wide
from .measures import EntryMeasure, UnitMeasure
from .misfits import MisfitError, SlipError, kept, text_of
from .raw_files import json_list, read_list
from .rules import last
from .task import AnnotationTask, Fields, Item, Vote

USER, SYSTEM = "user", "sys"
NONE, ANY = "none", "dontcare"
State = list[str]  # entries `domain-slot-value`, in the order in which their slots were filled


def labelling_form() -> str:
    """Make the form: a dialogue turn by turn, and a field for each turn of the user."""
    by_domain: dict[str, list[str]] = {}
    for domain, _, slot in (name.partition("-") for name in SLOTS):
        by_domain.setdefault(domain, []).append(slot)
    turn = tag(
        "View",
        wide(tag("Text", name="turn_{{at}}", value="$turns[{{at}}].text")),
        tag(
            "TextArea",
            name="changes_{{at}}",
            toName="turn_{{at}}",
            editable="true",
            maxSubmissions="45",
            placeholder="도메인-슬롯-값 (예: 식당-지역-서울 중앙) · domain-slot-value",
        ),
    )
    return form(
        asked(
            "사용자의 말마다 상태에서 바뀐 것만 한 줄에 하나씩 적으세요",
            "For each user turn, write what it changes in the state, one entry a line",
        ),
        *lines("값: 말한 그대로 · as said, yes, no, dontcare; none: 지움 · empties the slot"),
        *lines(*(f"{domain}: {', '.join(names)}" for domain, names in by_domain.items())),
        tag("Repeater", turn, on="$turns", indexFlag="{{at}}"),
    )


def item(row: Item) -> Fields:
    """Take a dialogue, user and system in turn, and the states where the row has them."""
    turns = row.get("dialogue")
    if not isinstance(turns, list) or not turns:
        raise MisfitError("dialogue", shown(turns), "a list of turns")
    said, states = [], []
    for at, turn in enumerate(turns):
        role = (USER, SYSTEM)[at % 2]
        if not isinstance(turn, Mapping) or turn.get("role") != role:
            raise MisfitError(f"dialogue[{at}]", shown(turn), f"a turn of the role {role}")
        said.append({"role": role, "text": text_of(turn, "text", False)})
        if role == USER and turn.get("state") is not None:
            states.append(sorted(_entries(f"dialogue[{at}].state", turn["state"])))
    if states and len(states) != len(_user_turns(said)):
        raise MisfitError("dialogue", f"{len(states)} states", "one for each user turn, or none")
    return {**kept(row, "source"), "dialogue": said, "author": states or None}


def _entries(place: str, state: Any) -> State:
    """Return the entries of a state in a row.

    Raises:
        MisfitError: one of them is none, or of a slot that there is not.
    """
    for entry in listed(place, state):
        if entry_problem(entry) is not None:
            raise MisfitError(place, shown(entry), "domain-slot-value of a slot in the form")
    return list(state)


def _user_turns(dialogue: Sequence[Fields]) -> list[int]:
    return [at for at, turn in enumerate(dialogue) if turn["role"] == USER]


def show(item: Item) -> Fields:
    """Show each turn of the user with what the system said before it."""
    dialogue, turns = item["dialogue"], []
    for at in _user_turns(dialogue):
        before = f"시스템: {dialogue[at - 1]['text']}\n" if at else ""
        turns.append({"text": f"{before}사용자: {dialogue[at]['text']}"})
    return {"turns": turns}


def answer(item: Item, results: Results) -> list[State]:
    """Read the state after each turn of the user.

    Raises:
        SlipError: what was typed is no entry, or of a slot that there is not.
    """
    filled: dict[str, str] = {}
    states = []
    for number, _ in enumerate(_user_turns(item["dialogue"])):
        for entry in results.written(f"changes_{number}"):
            slot, value = split_entry(entry)
            empties = value == NONE and slot in SLOTS
            if not empties and (problem := entry_problem(entry)) is not None:
                raise SlipError(f"user turn {number + 1}: {problem}")
            filled.pop(slot, None)
            if not empties:
                filled[slot] = value
        states.append(sorted(f"{slot}-{value}" for slot, value in filled.items()))
    return states


def results(item: Item, answer: Sequence[State]) -> list[Fields]:
    """Write what changes from state to state as the form's results."""
    written, before = [], dict[str, str]()
    for number, state in enumerate(answer):
        now = dict(map(split_entry, state))
        changes = [f"{slot}-{value}" for slot, value in now.items() if before.get(slot) != value]
        changes += [f"{slot}-{NONE}" for slot in before if slot not in now]
        if changes:
            written.append(typed(f"changes_{number}", f"turn_{number}", changes))
        before = now
    return written


def raw(item: Item, gold: Sequence[State], votes: Sequence[Vote]) -> Fields:
    """Make the raw row; its domains are those of the states, in their order."""
    states = iter(gold)
    dialogue = [
        {**turn, "state": next(states)} if turn["role"] == USER else dict(turn)
        for turn in item["dialogue"]
    ]
    domains = dict.fromkeys(entry.partition("-")[0] for state in gold for entry in state)
    return {"guid": item["guid"], "domains": list(domains), "dialogue": dialogue}


def further(rows: Sequence[Fields], folder: Path) -> dict[str, str]:
    """Write the ontology: all slots, each with the values that the states have.

    What an ontology in the folder has stays: that of another split is the same file.

    Raises:
        DataError: the ontology in the folder is none.
    """
    (name,) = TASKS["wos"].other_files
    known = read_ontology(folder / name) if (folder / name).is_file() else {}
    values = {slot: dict.fromkeys((NONE, ANY, *known.get(slot, ()))) for slot in SLOTS}
    for row in rows:
        for turn in row["dialogue"]:
            for slot, value in map(split_entry, turn.get("state", ())):
                values[slot][value] = None
    return {name: json_text({slot: list(each) for slot, each in values.items()})}


def read_ontology(path: Path) -> dict[str, list[str]]:
    """Return the candidates in an ontology file by slot."""
    ontology = TASKS["wos"].ontology
    return ontology.read(path) if ontology else {}


FORM = AnnotationTask(
    name="wos",
    form=labelling_form,
    item=item,
    show=show,
    answer=answer,
    results=results,
    author=lambda item: item["author"],
    votes=(2, 3),
    reviewed=True,
    decide=last,
    raw=raw,
    write=json_list,
    read=read_list,
    rule="what the last person left, who saw the answer before and corrected it",
    measures=(
        UnitMeasure("joint goal", lambda item, answer: list(map(tuple, answer))),
        EntryMeasure(
            "slot F1",
            lambda answer: {(at, entry) for at, state in enumerate(answer) for entry in state},
        ),
    ),
    further=further,
)
