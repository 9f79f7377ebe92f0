"""The rooms of the house: imports one way, no circles, a task's module known to its room alone.

Read from the imports themselves, those inside functions too; what only a type checker reads is no
import.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# From the ground up: a room imports from rooms above it in this list alone.
ROOMS = (
    "klue_datasets",
    "klue_metrics",
    "klue_common",
    "klue_text",
    "model_cards",
    "klue_results",
    "klue_baselines",
    "klue_lm",
    "klue_formats",
    "klue_pretraining",
    "klue_annotation",
    "klue_hub",
    "space_app",
    "klue_cli",
)
ALONE = ("klue_datasets", "klue_metrics")  # repositories of their own: nothing of ours
TASK_MODULES = (
    "topic_classification",
    "textual_similarity",
    "natural_language_inference",
    "named_entity_recognition",
    "relation_extraction",
    "dependency_parsing",
    "reading_comprehension",
    "dialogue_state_tracking",
)
# evaluate copies the files that this one names and no others.
FLAT = "klue_metrics.klue_metrics"
TERMINAL = ("typer", "rich.console", "rich.table")
BARS = "klue_common.progress"  # a bar is drawn on rich's console
HEAVY = ("torch", "transformers", "accelerate")
WITHOUT_HEAVY = (
    "klue_datasets",
    "klue_metrics",
    "klue_common",
    "klue_text",
    "klue_results",
    "klue_lm",
    "klue_formats",
    "klue_annotation",
)
QUIET = "klue_common.progress"  # tells transformers to keep still, where it is there at all


@dataclass(frozen=True)
class Import:
    """One import: the module that imports, the one that is imported, and its line."""

    module: str
    target: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


@cache
def modules() -> dict[str, Path]:
    """Every module of the house by its dotted name."""
    found = {}
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports() -> tuple[Import, ...]:
    """Every import in the house, by the longest name that is a module."""
    return tuple(one for name, path in modules().items() for one in of_file(name, path))


def of_file(name: str, path: Path) -> Iterator[Import]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unseen = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if id(node) not in unseen:
            for target in targets(node, package):
                if target != name:
                    yield Import(name, target, node.lineno)


def targets(node: ast.AST, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield longest(alias.name)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*above, *filter(None, [node.module])])
        for alias in node.names:
            yield longest(f"{base}.{alias.name}")


def longest(name: str) -> str:
    """The module of ours that a dotted name is, or is a part of; else the name."""
    known = name
    while known and known not in modules():
        known = known.rpartition(".")[0]
    return known or name


def room(module: str) -> str:
    return module.partition(".")[0]


def ours() -> Iterator[Import]:
    return (one for one in imports() if one.target in modules())


def test_a_room_imports_from_lower_rooms_alone() -> None:
    wrong = [
        str(one) for one in ours() if ROOMS.index(room(one.target)) > ROOMS.index(room(one.module))
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ALONE)
def test_data_and_metric_import_nothing_of_ours(name: str) -> None:
    wrong = [str(one) for one in ours() if room(one.module) == name != room(one.target)]
    assert wrong == []


def test_every_package_is_a_room() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"speed", "tests"} == set(ROOMS)


def test_no_circles() -> None:
    graph: dict[str, set[str]] = {name: set() for name in modules()}
    for one in ours():
        graph[one.module].add(one.target)
    assert circle(graph) == []


def circle(graph: dict[str, set[str]]) -> list[str]:
    """A circle of a graph, if there is one."""
    done: set[str] = set()
    for start in graph:
        stack = [(start, iter(graph[start]))]
        way = [start]
        while stack:
            node, nexts = stack[-1]
            for after in nexts:
                if after in way:
                    return way[way.index(after) :]
                if after not in done:
                    stack.append((after, iter(graph[after])))
                    way.append(after)
                    break
            else:
                done.add(node)
                stack.pop()
                way.pop()
    return []


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]


def test_a_tasks_module_is_known_to_its_room_alone() -> None:
    wrong = [
        str(one)
        for one in ours()
        if one.target.rpartition(".")[2] in TASK_MODULES
        and one.module not in (f"{room(one.target)}.tasks", FLAT)
    ]
    assert wrong == []


def test_commands_print_and_rooms_return() -> None:
    wrong = [
        str(one)
        for one in imports()
        if one.target.startswith(TERMINAL) and room(one.module) != "klue_cli" and one.module != BARS
    ]
    assert wrong == []


@pytest.mark.parametrize("name", WITHOUT_HEAVY)
def test_rooms_that_score_and_report_never_import_torch(name: str) -> None:
    wrong = [
        str(one)
        for one in imports()
        if room(one.module) == name and room(one.target) in HEAVY and one.module != QUIET
    ]
    assert wrong == []


def test_tests_mirror_the_rooms() -> None:
    found = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    assert found - {"__pycache__", "speed", "examples", "ninth_task", "fuzz"} <= set(ROOMS)
