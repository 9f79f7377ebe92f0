"""The page's words: each in both languages, each used by the module that has it."""

from __future__ import annotations

import ast
import importlib
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import space_app
from klue_metrics import METRICS
from klue_metrics.entities import TAGS
from space_app.natural_language_inference import LABELS as INFERENCES
from space_app.tabs.context import Tab
from space_app.task import TaskDemo
from space_app.tasks import DEMOS
from space_app.texts import ENGLISH, KOREAN, SHARED, Texts

HANGUL = re.compile("[가-힣]")
FOLDER = Path(space_app.__file__).parent
# Abbreviations and names that are the same in both languages.
SAME = {"column.id", "a", "b", "difference"}


class Module(NamedTuple):
    """A module with a table of texts, and what it says of it and of the shared one.

    asked: keys in a call of `say`. computed: the beginnings of keys that are put together there.
    written: every other string outside the table.
    """

    texts: Texts
    asked: set[str]
    computed: tuple[str, ...]
    written: set[str]


def module_names() -> Iterator[str]:
    for path in sorted(FOLDER.rglob("*.py")):
        yield ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts)


@cache
def module(name: str) -> Module:
    source = FOLDER.parent.joinpath(*name.split(".")).with_suffix(".py")
    tree = ast.parse(source.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if not is_table(node)]
    said = [
        node.args[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.args and getattr(node.func, "attr", "") == "say"
    ]
    asked = {leaf.value for key in said for leaf in leaves(key) if isinstance(leaf, ast.Constant)}
    computed = [
        key.values[0].value
        for key in said
        if isinstance(key, ast.JoinedStr) and isinstance(key.values[0], ast.Constant)
    ]
    computed += [
        key.left.value
        for key in said
        if isinstance(key, ast.BinOp) and isinstance(key.left, ast.Constant)
    ]
    written = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    texts = getattr(importlib.import_module(name), "TEXTS", {})
    return Module(texts, {str(key) for key in asked}, tuple(map(str, computed)), written)


def is_table(node: ast.stmt) -> bool:
    return isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") in ("TEXTS", "SHARED")


def leaves(key: ast.expr) -> list[ast.expr]:
    """The keys of a call: both of `a if x else b`."""
    return [*leaves(key.body), *leaves(key.orelse)] if isinstance(key, ast.IfExp) else [key]


def uses(found: Module, key: str) -> bool:
    """Whether a module says a key: whole, or put together from what it writes."""
    ends = {key.removeprefix(start) for start in found.computed if key.startswith(start)}
    return not found.written.isdisjoint({key} | ends) or key in found.asked


NAMES = [name for name in module_names() if not name.endswith("__init__")]
TABLES = [name for name in NAMES if module(name).texts]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_tables_are_found() -> None:
    assert len(TABLES) >= len(DEMOS) + 4, "a table a task and a table a tab"


@pytest.mark.parametrize("table", [SHARED, *(module(name).texts for name in TABLES)])
def test_every_text_is_in_both_languages(table: Texts) -> None:
    for key, (korean, english) in table.items():
        assert korean and english, key
        assert places(korean) == places(english), key
        assert not HANGUL.search(english), key
        assert HANGUL.search(korean) or key in SAME, key


@pytest.mark.parametrize("name", TABLES)
def test_no_table_hides_a_shared_text(name: str) -> None:
    assert not module(name).texts.keys() & SHARED.keys()


@pytest.mark.parametrize("name", NAMES)
def test_texts_that_are_asked_for_exist(name: str) -> None:
    found = module(name)
    # What every tab and every task has, under these names.
    records = {"tab", "name"}
    assert found.asked <= found.texts.keys() | SHARED.keys() | records


@pytest.mark.parametrize("name", TABLES)
def test_texts_that_nobody_asks_for_do_not_exist(name: str) -> None:
    """A key is used where it is said, put together, or listed among keys that are said."""
    found = module(name)
    end = importlib.import_module(name)
    used = found.asked | found.written
    if isinstance(getattr(end, "DEMO", None), TaskDemo):
        used |= {"name", *(f"field.{field}" for field in end.DEMO.fields)}
    if isinstance(getattr(end, "TAB", None), Tab):
        used |= {"tab"}
    unused = [key for key in found.texts if key not in used]
    assert [key for key in unused if not key.startswith(found.computed or ("\0",))] == []


def test_shared_texts_are_shared() -> None:
    for key in SHARED:
        users = [name for name in NAMES if uses(module(name), key)]
        assert len(users) > 1, key


def test_every_label_has_a_name() -> None:
    assert {f"label.{name}" for name in INFERENCES} <= DEMOS["nli"].texts.keys()
    types = {name[2:] for name in TAGS.names if name != "O"}
    assert {f"type.{name}" for name in types} <= DEMOS["ner"].texts.keys()


def test_every_task_has_a_name() -> None:
    assert list(DEMOS) == list(METRICS)
    for task, demo in DEMOS.items():
        assert demo.name == task
        assert KOREAN.of(demo.texts).say("name") != ENGLISH.of(demo.texts).say("name")
        assert all(len(example) == len(demo.fields) for example in demo.examples)
        assert {f"field.{name}" for name in demo.fields} <= demo.texts.keys()
