"""Every reader on damaged files: its own error or valid examples, never anything else."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_datasets import TASKS, DataError, DatasetTask
from klue_datasets.notes import Notes
from klue_datasets.sources import SAMPLE

KEPT = 4
"""Examples of the sample that are damaged at a time."""


def small_file(task: DatasetTask) -> bytes:
    """The first examples of the sample's validation file."""
    text = (SAMPLE / task.files["validation"]).read_text(encoding="utf-8")
    if task.files["validation"].endswith(".tsv"):
        return ("\n\n".join(text.split("\n\n")[:KEPT]) + "\n\n").encode()
    content = json.loads(text)
    if isinstance(content, dict):
        content = content | {"data": content["data"][:KEPT]}
    else:
        content = content[:KEPT]
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


SMALL = {name: small_file(task) for name, task in TASKS.items()}


def cut(data: st.DataObject, raw: bytes) -> bytes:
    return raw[: data.draw(st.integers(0, len(raw) - 1))]


def swap_lines(data: st.DataObject, raw: bytes) -> bytes:
    lines = raw.split(b"\n")
    one, other = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def change_byte(data: st.DataObject, raw: bytes) -> bytes:
    at = data.draw(st.integers(0, len(raw) - 1))
    return raw[:at] + data.draw(st.binary(max_size=2)) + raw[at + 1 :]


def damage_field(data: st.DataObject, raw: bytes) -> bytes:
    """Remove a field somewhere, or put something else in its place."""
    chance = random.Random(data.draw(st.integers(0, 10_000)))
    other = data.draw(st.sampled_from([None, 0, -1, 2**40, 1.5, "", "가", "\ud800", [], {}, [{}]]))
    remove = data.draw(st.booleans())
    if raw.startswith(b"##"):
        lines = raw.decode().split("\n")
        at = chance.randrange(len(lines))
        cells = lines[at].split("\t")
        place = chance.randrange(len(cells))
        cells[place : place + 1] = [] if remove else [str(other).replace("\ud800", "")]
        lines[at] = "\t".join(cells)
        return "\n".join(lines).encode()
    content = json.loads(raw)
    holder: Any = content
    while True:
        key = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        inner = holder[key]
        if not inner or not isinstance(inner, (dict, list)) or chance.random() < 0.2:
            break
        holder = inner
    if remove:
        del holder[key]
    else:
        holder[key] = other
    return json.dumps(content).encode()


def examples_in(raw: bytes, tsv: bool) -> int:
    """Count the examples of a file in another way than the readers do; fails if it is broken."""
    text = raw.decode("utf-8-sig")
    if tsv:
        return len(re.findall(r"^## *\S+\t", text, re.MULTILINE))
    content = json.loads(text)
    if isinstance(content, list):
        return len(content)
    return sum(len(part["qas"]) for article in content["data"] for part in article["paragraphs"])


@pytest.mark.parametrize("damage", [cut, swap_lines, change_byte, damage_field])
@pytest.mark.parametrize("name", TASKS)
@given(data=st.data())
def test_damaged_files_give_errors_or_valid_examples(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    damage: Callable[[st.DataObject, bytes], bytes],
    data: st.DataObject,
) -> None:
    task = TASKS[name]
    path = tmp_path_factory.getbasetemp() / f"damaged-{name}"
    damaged = damage(data, SMALL[name])
    path.write_bytes(damaged)
    full = data.draw(st.booleans())
    notes = Notes(path.name)
    tables = []
    try:
        tables.extend(task.read(path, full=full, notes=notes))
    except DataError as error:
        assert path.name in str(error)
        assert "\n" not in str(error)
        assert "expected" in str(error)
    else:
        read = sum(table.num_rows for table in tables)
        assert read == notes.rows
        assert read + len(notes.unlabelled) == examples_in(damaged, SMALL[name].startswith(b"##"))
    schema = task.columns(full).arrow_schema
    for table in tables:
        assert table.schema == schema
        table.validate(full=True)
        table.to_pylist()
        if full:
            list(task.find(table, {}))


@pytest.mark.parametrize("name", TASKS)
def test_undamaged_files_read_the_same_in_every_layout(tmp_path: Path, name: str) -> None:
    task, raw = TASKS[name], SMALL[name]
    layouts = {"as it is": raw, "bom": b"\xef\xbb\xbf" + raw, "crlf": raw.replace(b"\n", b"\r\n")}
    if not raw.startswith(b"##"):
        layouts["compact"] = json.dumps(json.loads(raw)).encode()
    read = {}
    for layout, content in layouts.items():
        path = tmp_path / layout
        path.write_bytes(content)
        read[layout] = pa.concat_tables(task.read(path, full=True, notes=Notes(""))).to_pylist()
    assert len(read["as it is"]) >= KEPT
    assert all(rows == read["as it is"] for rows in read.values())


@pytest.mark.parametrize("name", [name for name in TASKS if name not in ("ner", "dp")])
def test_an_empty_list_has_no_examples(tmp_path: Path, name: str) -> None:
    task = TASKS[name]
    path = tmp_path / "empty"
    path.write_text('{"data": []}' if name == "mrc" else "[]")
    assert sum(table.num_rows for table in task.read(path, full=True, notes=Notes(""))) == 0
