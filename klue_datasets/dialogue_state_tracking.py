"""WoS (Wizard of Seoul): what the user of a dialogue wants, after each turn.

Raw file: a JSON list of {guid, domains, dialogue [{role, text, state}]}; only user turns have a
state, a list of `domain-slot-value`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from .errors import data_error, show
from .identity import Expected
from .notes import Notes
from .raw.columns import Rows, list_array, struct_array
from .raw.json_rows import read_json, read_objects
from .schema import List, Schema, Value
from .task import DatasetTask, Finding, Ontology, split_files, table_of

FILES = split_files("wos", "json")
ONTOLOGY = "wos-v1.1/ontology.json"
USER, SYSTEM = "user", "sys"

SCHEMA = Schema(
    {
        "guid": Value("string"),
        "domains": List(Value("string")),
        "dialogue": List(
            {"role": Value("string"), "text": Value("string"), "state": List(Value("string"))}
        ),
    }
)


def read(path: Path, *, full: bool, notes: Notes) -> Iterator[pa.Table]:
    """Read a WoS file; turns of the system get an empty state."""
    for batch in read_objects(path):
        rows = Rows(path, batch, notes)
        turns, offsets = rows.inner("dialogue")
        for turn in turns.rows:
            if turn.get("role") == SYSTEM:
                turn.setdefault("state", [])
        turns.labels("role", (USER, SYSTEM))
        columns = {"role": turns.texts("role"), "text": turns.texts("text")}
        columns["state"] = turns.text_lists("state")
        dialogues = {
            "guid": rows.texts("guid"),
            "domains": rows.text_lists("domains"),
            "dialogue": list_array(offsets, struct_array(columns)),
        }
        notes.rows += len(rows)
        yield table_of(dialogues, SCHEMA)


def read_ontology(path: Path) -> dict[str, list[str]]:
    """Read an ontology file: the candidate values of the 45 slots, by `domain-slot`.

    Raises:
        DataError: the file cannot be read, or is no object of lists of strings.
    """
    ontology = read_json(path)
    if not isinstance(ontology, dict):
        raise data_error(path, "", "no object", "an object from slots to lists of values")
    for slot, values in ontology.items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise data_error(path, slot, "something else", "a list of strings")
    return ontology


def find(table: pa.Table, other: Mapping[str, Any]) -> Iterator[Finding]:
    """Find states and domains that the ontology does not know, and turns out of order.

    A value that is not among a slot's candidates is a remark: times and names are open. What
    stands in a state is found where it enters it, not again in the states that follow.
    """
    ontology: Mapping[str, list[str]] = other.get(ONTOLOGY, {})
    candidates = {slot: set(values) for slot, values in ontology.items()}
    for row, turns in enumerate(table["dialogue"].to_pylist()):
        known: set[str] = set()
        for at, turn in enumerate(turns):
            if turn["role"] != (USER, SYSTEM)[at % 2]:
                yield Finding(row, f"dialogue[{at}].role", turn["role"], (USER, SYSTEM)[at % 2])
            for finding in _of_state(turn["state"], candidates, known):
                yield finding._replace(row=row, field=f"dialogue[{at}].state")
            known.update(turn["state"])


def _of_state(
    state: list[str], candidates: Mapping[str, set[str]], known: set[str]
) -> Iterator[Finding]:
    slots = set()
    for entry in state:
        slot, value = split_entry(entry)
        if entry in known:
            pass
        elif not value or (candidates and slot not in candidates):
            yield Finding(0, "", show(entry), "domain-slot-value of a slot in the ontology")
        elif candidates and value not in candidates[slot]:
            yield Finding(0, "", show(entry), f"a candidate of {slot}", broken=False)
        if slot in slots:
            yield Finding(0, "", f"{show(slot)} twice", "one value for a slot")
        slots.add(slot)


def split_entry(entry: str) -> tuple[str, str]:
    """Split an entry of a state into `domain-slot` and value; the value is "" if there is none.

    Example:
        >>> split_entry("식당-예약 시간-23:20"), split_entry("식당")
        (('식당-예약 시간', '23:20'), ('식당', ''))
    """
    domain, _, rest = entry.partition("-")
    slot, _, value = rest.partition("-")
    return (f"{domain}-{slot}" if slot else domain), value


def texts(table: pa.Table) -> dict[str, list[str]]:
    """Return what is said in each turn, of users and of the system."""
    turns = [turn for dialogue in table["dialogue"].to_pylist() for turn in dialogue]
    return {
        "user turn": [turn["text"] for turn in turns if turn["role"] == USER],
        "system turn": [turn["text"] for turn in turns if turn["role"] == SYSTEM],
    }


TASK = DatasetTask(
    name="wos",
    title="Dialogue state tracking",
    korean_title="대화 상태 추적",
    schema=SCHEMA,
    full_schema=SCHEMA,
    files=FILES,
    read=read,
    num_examples={"train": 8_000, "validation": 1_000},
    about="Keep track of what the user of a dialogue is looking for (sights, hotels, restaurants, "
    "the underground, taxis in Seoul). After each user turn the state lists every slot filled so "
    "far as `domain-slot-value`; there are 45 slots.",
    korean_about="서울의 관광, 숙소, 식당, 지하철, 택시에 관한 대화에서 사용자가 원하는 것을 "
    "따라갑니다. 사용자의 말이 끝날 때마다 그때까지 채워진 슬롯 전부가 `도메인-슬롯-값`으로 적혀 "
    "있습니다. 슬롯은 45개입니다.",
    sources=("dialogues written for KLUE",),
    unit="dialogue",
    korean_unit="대화",
    category="other",
    label_column=("domains",),
    texts=texts,
    find=find,
    other_files=(ONTOLOGY,),
    official={
        FILES["train"]: Expected("0a017e06c2daaf6e3855a9ccfda25dac1d666f71"),
        FILES["validation"]: Expected("f0564e4c981ce85a4bd4b5cf1e211800211d8541"),
        ONTOLOGY: Expected("a5c85005318277228c8cd842bf4a3e2d52b7fa61", 43_539),
    },
    ontology=Ontology(ONTOLOGY, read_ontology),
)
