from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from klue_datasets import DataError, load, load_ontology
from klue_datasets.dialogue_state_tracking import ONTOLOGY, SCHEMA, find

SLOTS = {ONTOLOGY: {"식당-종류": ["none", "dontcare", "양식당"], "식당-지역": ["서울 중앙"]}}


def row(*turns: tuple[str, list[str] | None]) -> dict[str, Any]:
    dialogue = [
        {"role": role, "text": "말", **({} if state is None else {"state": state})}
        for role, state in turns
    ]
    return {"guid": "wos-v1_dev_00000", "domains": ["식당"], "dialogue": dialogue}


def table(*turns: tuple[str, list[str]]) -> pa.Table:
    return pa.Table.from_pylist([row(*turns)], schema=SCHEMA.arrow)


def test_system_turns_get_an_empty_state(read: Callable[..., Any]) -> None:
    [read_row], _ = read("wos", [row(("user", ["식당-종류-양식당"]), ("sys", None))])
    assert [turn["state"] for turn in read_row["dialogue"]] == [["식당-종류-양식당"], []]
    assert read_row["domains"] == ["식당"]


def test_errors_name_the_dialogue(read: Callable[..., Any]) -> None:
    with pytest.raises(DataError, match=r"wos-v1_dev_00000: dialogue\[\].state: found nothing"):
        read("wos", [row(("user", None))])
    with pytest.raises(DataError, match=r"dialogue\[\].role: found 'bot', expected one of user"):
        read("wos", [row(("bot", []))])


def test_what_is_found() -> None:
    assert list(find(table(("user", ["식당-종류-양식당"]), ("sys", [])), SLOTS)) == []
    [order] = find(table(("sys", [])), SLOTS)
    assert order.field == "dialogue[0].role"
    [slot] = find(table(("user", ["식당-맛-좋음"])), SLOTS)
    assert (slot.field, slot.broken) == ("dialogue[0].state", True)
    [form] = find(table(("user", ["식당-종류"])), {})
    assert form.broken
    twice = list(find(table(("user", ["식당-지역-서울 중앙", "식당-지역-서울 중앙"])), SLOTS))
    assert [one.found for one in twice] == ["'식당-지역' twice"]


def test_an_open_value_is_remarked_once_in_a_dialogue() -> None:
    state = ["식당-종류-한식당"]
    [one] = find(table(("user", state), ("sys", []), ("user", state)), SLOTS)
    assert (one.field, one.broken) == ("dialogue[0].state", False)


def test_ontology_of_the_sample() -> None:
    ontology = load_ontology(sample=True)
    assert len(ontology) == 45
    assert all(values[:2] == ["none", "dontcare"] for values in ontology.values())


def test_real_files(data_dir: list[Path]) -> None:
    ontology = load_ontology(data_dir)
    assert len(ontology) == 45
    rows = load("wos", "validation", data_dir=data_dir)
    assert len(rows) == 700
    turns = [turn for dialogue in rows["dialogue"] for turn in dialogue]
    assert len(turns) == 10_152
    users = [turn for turn in turns if turn["role"] == "user"]
    assert sum(not turn["state"] for turn in users) == 54
    assert not any(one.broken for one in find(rows.data.table, {ONTOLOGY: ontology}))
