"""The file beside a model's weights: closed, of our own definitions, and of no other packages."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from transformers.dynamic_module_utils import get_imports, get_relative_imports

from klue_baselines.pipelines.one_file import Parts, one_file
from klue_baselines.pipelines.source import Source
from klue_baselines.tasks import BASELINES

OWN = [name for name, task in BASELINES.items() if task.pipeline]
THEIRS = {"torch", "transformers", "numpy"}  # what transformers cannot do without


@pytest.mark.parametrize("task", OWN)
def test_it_imports_what_comes_with_transformers_and_no_more(task: str, tmp_path: Path) -> None:
    file = tmp_path / "klue_pipeline.py"
    file.write_text(one_file(BASELINES[task]), encoding="utf-8")
    assert set(get_imports(file)) - sys.stdlib_module_names == THEIRS
    beside = get_relative_imports(file)
    assert len(beside) == BASELINES[task].card.own_code
    assert all(name.startswith("modeling_") for name in beside)


@pytest.mark.parametrize("task", OWN)
def test_its_definitions_are_ours_word_for_word(task: str) -> None:
    text = one_file(BASELINES[task])
    whole = "".join(
        path.read_text(encoding="utf-8")
        for room in ("klue_baselines", "klue_text", "klue_common", "klue_metrics", "klue_datasets")
        for path in (Path(__file__).parents[3] / room).rglob("*.py")
    )
    *copied, klass = (
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign)
    )
    assert isinstance(klass, ast.ClassDef) and klass.name.startswith("Klue")
    assert all(str(ast.get_source_segment(text, node)) in whole for node in copied)


def test_it_is_the_same_each_time() -> None:
    assert one_file(BASELINES["dp"]) == one_file(BASELINES["dp"])


MODULE = """
import os.path
from klue_common.errors import InputError as Wrong
from klue_text.pair import other

SIZE = 3
COUNT, LEFT = 2 * SIZE, None

def first(given: Kind, most=SIZE):
    SIZE_OF = [COUNT for COUNT in given]
    return other(SIZE_OF)

# What a kind is.
class Kind:
    def method(self, other): return os.path.join(other, LEFT)
"""


def test_a_definition_needs_what_it_reads_of_its_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "odd_module.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    source = Source("odd_module")
    assert source.needs("first") == {"Kind", "SIZE", "other"}
    assert source.needs("Kind") == {"os", "LEFT"}
    assert source.needs("LEFT") == {"SIZE", "COUNT"} - {"LEFT"}
    assert source.text_of({"Kind"}).startswith("# What a kind is.")


def test_a_name_of_two_modules_is_refused() -> None:
    parts = Parts()
    parts.need("klue_baselines.encoding.windows", "STRIDE")
    with pytest.raises(ValueError, match=r"STRIDE: found in klue_baselines\.reading_comprehension"):
        parts.need("klue_baselines.reading_comprehension", "STRIDE")
