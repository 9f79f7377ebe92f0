"""Prediction files, and what Python callers give the metrics, with and without `evaluate`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import evaluate
import pytest
from hypothesis import given
from hypothesis import strategies as st

import klue_metrics
from klue_datasets import load
from klue_metrics import METRICS, Gold, MetricError
from klue_metrics.comparison import compare
from klue_metrics.error_analysis import analyse
from klue_metrics.error_pages import page
from tests.fuzz.damage import json_line_files, odd_values, some_changed
from tests.fuzz.harness import ask, often

EXAMPLES = 4
MAIN = Path(klue_metrics.__file__).parent / "klue_metrics.py"
OURS = (MetricError,)
UNKNOWN = ("error", "error", "error", "wrong", "wrong", None, 5, "x\ny")


@cache
def gold_of(task: str) -> Gold:
    """Return the references of a few examples of the sample."""
    rows = load(task, "validation", sample=True, full=True)
    return METRICS[task].gold(rows.select(range(EXAMPLES)))


@cache
def records_of(task: str) -> tuple[dict[str, Any], ...]:
    """Return right records of those examples."""
    gold = gold_of(task)
    made = {
        "sts": lambda reference: {"score": reference},
        "ner": lambda reference: {"tags": list(reference)},
        "dp": lambda reference: {name: list(reference[name]) for name in ("head", "deprel")},
        "mrc": lambda reference: {"prediction_text": (reference["answers"]["text"] or [""])[0]},
        "wos": lambda reference: {"state": list(reference)},
    }
    make: Callable[[Any], dict[str, Any]] = made.get(task, lambda name: {"label": name})
    pairs = zip(gold.guids, gold.references, strict=True)
    return tuple({"guid": guid, **make(reference)} for guid, reference in pairs)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a prediction file lies."""
    return tmp_path_factory.mktemp("predictions") / "predictions.jsonl"


def test_the_seeds_are_scored() -> None:
    """What is damaged elsewhere is right before."""
    for task, metric in METRICS.items():
        scores = metric.score(gold_of(task), records_of(task))
        assert scores[metric.main_score] == 100, task


@pytest.mark.parametrize("task", list(METRICS))
@often(12, 500)
@given(data=st.data())
def test_prediction_files(task: str, path: Path, data: st.DataObject) -> None:
    content = data.draw(json_line_files(records_of(task)))
    metric, gold = METRICS[task], gold_of(task)

    def score(unknown: str) -> None:
        records = metric.read_predictions(path, gold, unknown)
        metric.score(gold, records, unknown_label=unknown, by=next(iter(gold.groups), None))
        metric.in_form_only(gold, records)
        page(analyse(metric, gold, records, 3, unknown), "errors").encode()
        metric.write_predictions(path.with_name("again"), records)

    for part in (content, content[: len(content) // 2]):
        path.write_bytes(part)
        for unknown in ("error", "wrong"):
            ask(f"prediction file {task}", partial(score, unknown), OURS)


@st.composite
def options(draw: Any) -> dict[str, Any]:
    """Draw options of `compute`: few are odd."""
    given_options: dict[str, Any] = {}
    for name, right in {
        "confidence": (0.9, 0.5, 0.999999),
        "n_resamples": (5, 1),
        "seed": (0, 2**32),
        "units": (list("aabb"), [1, 2, 3, 4]),
        "by": (list("abab"), [None, 1, 1, 2]),
        "textbook": (True,),
        "unknown_label": UNKNOWN[3:],
        "nonsense": (1,),
    }.items():
        way = draw(st.integers(0, 11))
        if way == 0:
            given_options[name] = draw(odd_values())
        elif way < 4 and name != "nonsense":
            given_options[name] = draw(st.sampled_from(right))
        elif way == 4 and isinstance(right[0], list):
            given_options[name] = some_changed(draw, right[0])
    return given_options


@st.composite
def columns(draw: Any, task: str) -> dict[str, Any]:
    """Draw the columns of `compute`: right ones, of which some values are not."""
    metric, gold = METRICS[task], gold_of(task)
    right = {
        "references": gold.references,
        **gold.inputs,
        **metric.from_records(records_of(task)),
    }
    return {
        name: some_changed(draw, column)
        for name, column in right.items()
        if name in ("predictions", "references") or draw(st.integers(0, 3)) == 0
    }


@pytest.mark.parametrize("task", list(METRICS))
@often(15, 500)
@given(data=st.data())
def test_compute(task: str, data: st.DataObject) -> None:
    given_columns = data.draw(columns(task))
    given_options = data.draw(options())
    compute = METRICS[task].compute
    ask(f"compute {task}", lambda: compute(**given_columns), OURS)
    ask(f"compute {task}", lambda: compute(**given_columns, **given_options), OURS)


@st.composite
def record_lists(draw: Any, task: str) -> Any:
    """Draw records as a caller of Python makes them."""
    return some_changed(draw, records_of(task))


@pytest.mark.parametrize("task", list(METRICS))
@often(6, 150)
@given(data=st.data())
def test_write_predictions(task: str, path: Path, data: st.DataObject) -> None:
    """Records are made by models, ours and others'; a file is whole or absent."""
    records = data.draw(record_lists(task))
    out = path.with_name("written.jsonl")
    out.unlink(missing_ok=True)
    wrote = ask(f"write records {task}", lambda: write(task, out, records), OURS)
    assert out.exists() == bool(wrote)
    assert not list(path.parent.glob(".*"))


def write(task: str, out: Path, records: Any) -> bool:
    METRICS[task].write_predictions(out, records)
    return True


@pytest.mark.parametrize("task", list(METRICS))
@often(4, 60)
@given(data=st.data())
def test_compare(task: str, path: Path, data: st.DataObject) -> None:
    metric, gold = METRICS[task], gold_of(task)
    files = [path.with_name(side) for side in "ab"]
    for file in files:
        file.write_bytes(data.draw(json_line_files(records_of(task))))
    given_options = {
        name: data.draw(odd_values())
        for name in ("n_resamples", "seed", "confidence")
        if data.draw(st.integers(0, 9)) == 0
    }

    def compared() -> None:
        a, b = (metric.read_predictions(file, gold) for file in files)
        compare(metric, gold, a, b, **{"n_resamples": 5, **given_options})

    ask(f"compare {task}", compared, OURS)


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The metric module of each task, as evaluate loads it from its folder."""
    cache = str(tmp_path_factory.mktemp("evaluate"))
    return {task: evaluate.load(str(MAIN), task, cache_dir=cache) for task in METRICS}


@pytest.mark.parametrize("task", list(METRICS))
@often(8, 150)
@given(data=st.data())
def test_evaluate(modules: dict[str, Any], task: str, data: st.DataObject) -> None:
    """`add` and `add_batch` keep a value in evaluate's cache, where `compute` alone does not."""
    module = modules[task]
    way = data.draw(st.sampled_from(("add", "add_batch", "compute")))
    given_columns = data.draw(columns(task))
    own = sys.modules[type(module).__module__].MetricError
    ask(f"evaluate {task}", lambda: asked(module, way, given_columns), (*OURS, own))


def asked(loaded: Any, way: str, given_columns: dict[str, Any]) -> Any:
    """Give a module that holds nothing its examples in one of three ways."""
    module = type(loaded)(config_name=loaded.config_name, keep_in_memory=True)
    if way == "compute":
        return module.compute(**given_columns)
    if way == "add" and all(isinstance(one, list) for one in given_columns.values()):
        names = {"predictions": "prediction", "references": "reference"}
        singles = [names.get(name, name) for name in given_columns]
        for row in zip(*given_columns.values(), strict=False):
            module.add(**dict(zip(singles, row, strict=True)))
    else:
        module.add_batch(**given_columns)
    return module.compute()
