"""The evaluate module: its import lines, and what evaluate does with it."""

from __future__ import annotations

import ast
import copy
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import evaluate
import numpy as np
import pytest
import torch
from evaluate.loading import get_imports
from hypothesis import given, settings
from hypothesis import strategies as st

import klue_metrics
from klue_metrics import METRICS, MetricError

FOLDER = Path(klue_metrics.__file__).parent
MAIN = FOLDER / "klue_metrics.py"
Load = Callable[..., Any]

INPUTS: dict[str, dict[str, Any]] = {
    "ynat": {"predictions": ["사회", "경제"], "references": ["사회", "세계"]},
    "sts": {"predictions": [1.0, 4.0, 2.5], "references": [1.5, 3.0, 2.0]},
    "nli": {"predictions": [0, 1], "references": ["entailment", "contradiction"]},
    "ner": {
        "predictions": [["B-PS", "O", "O"], ["O"]],
        "references": [["B-PS", "I-PS", "O"], ["B-LC"]],
        "tokens": [["김", " ", "은"], ["역"]],
    },
    "re": {
        "predictions": [1, 0],
        "references": [1, 2],
        "probabilities": np.eye(30)[[1, 0]],
    },
    "dp": {
        "predictions": [{"head": [2, 0], "deprel": ["NP", "VP"]}, {"head": [0], "deprel": ["VP"]}],
        "references": [
            {"head": [2, 0], "deprel": ["NP_SBJ", "VP"]},
            {"head": [0], "deprel": ["VP"]},
        ],
    },
    "mrc": {
        "predictions": [{"guid": "a", "prediction_text": "가나"}],
        "references": [
            {
                "guid": "a",
                "answers": {"text": ["가나다"], "answer_start": [0]},
                "question_type": 1,
                "is_impossible": False,
            }
        ],
    },
    "wos": {
        "predictions": [["식당-종류-한식당"], []],
        "references": [["식당-종류-한식당", "식당-지역-dontcare"], []],
    },
}


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Load:
    cache = tmp_path_factory.mktemp("evaluate")

    def load_task(task: str, **options: Any) -> Any:
        return evaluate.load(str(MAIN), task, cache_dir=str(cache), **options)

    return load_task


def relative_imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    return {str(node.module) for node in nodes}


def test_import_lines_are_those_that_the_loader_understands() -> None:
    source = MAIN.read_text("utf-8")
    lines, tree = source.splitlines(), ast.parse(source)
    top_level = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        assert id(node) in top_level, f"not at top level: {text}"
        assert "#" not in text, f"a comment on an import line: {text}"
        if isinstance(node, ast.Import):
            assert len(node.names) == 1, f"two modules on a line: {text}"
        elif node.level:
            assert node.level == 1 and node.module and "." not in node.module, text
        names = [alias.name for alias in node.names]
        assert not {"EvaluationModule", "Metric"} & set(names), f"taken for the metric: {text}"


def test_the_loader_copies_everything_that_is_imported() -> None:
    """It copies one level deep: what helpers import, the main file has to import too."""
    copied = {name for kind, name, *_ in get_imports(str(MAIN)) if kind == "internal"}
    assert copied == relative_imports(MAIN)
    for name in copied:
        assert (FOLDER / f"{name}.py").is_file()
        assert relative_imports(FOLDER / f"{name}.py") <= copied, name


@pytest.mark.parametrize("task", METRICS)
def test_the_same_as_the_pure_function(load: Load, task: str) -> None:
    options: dict[str, Any] = {"confidence": 0.9, "n_resamples": 20, "detail": True}
    n = len(INPUTS[task]["references"])
    options |= {"by": ["x"] * n, "units": list(range(n))}
    expected = METRICS[task].compute(**INPUTS[task], **options)
    assert load(task).compute(**INPUTS[task], **options) == expected


@pytest.mark.parametrize("task", METRICS)
def test_what_comes_as_a_whole_does_not_go_through_the_cache(load: Load, task: str) -> None:
    metric = load(task)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metric, "_init_writer", lambda: pytest.fail("a cache file"))
        scores = metric.compute(**INPUTS[task])
    assert scores == METRICS[task].compute(**INPUTS[task])
    assert len(metric) == 0


def test_what_was_added_before_counts(load: Load) -> None:
    metric = load("nli", experiment_id="added")
    assert metric.experiment_id == "added"
    metric.add_batch(predictions=[0], references=[1])
    assert metric.compute(predictions=[0], references=[0]) == {"accuracy": 50.0}
    assert metric.compute(predictions=[0], references=[0]) == {"accuracy": 100.0}
    with pytest.raises(ValueError, match="references: found no examples, expected at least one"):
        metric.compute()


def dressed(value: Any, wear: Callable[[list[Any]], Any]) -> Any:
    """The same with every innermost list in other clothes."""
    if isinstance(value, dict):
        return {name: dressed(part, wear) for name, part in value.items()}
    if isinstance(value, list | np.ndarray):
        parts = list(value)
        nested = any(isinstance(part, list | dict | np.ndarray) for part in parts)
        return [dressed(part, wear) for part in parts] if nested else wear(parts)
    return value


def tensor_or_array(values: list[Any]) -> Any:
    return np.array(values) if any(isinstance(v, str) for v in values) else torch.tensor(values)


def numbers_as_texts(values: list[Any]) -> list[Any]:
    return [str(v) if isinstance(v, int | float) else v for v in values]


CLOTHES: dict[str, Callable[[list[Any]], Any]] = {
    "tuples": tuple,
    "arrays": np.array,
    "tensors": tensor_or_array,
    "generators": lambda values: (value for value in values),
    "numpy numbers": lambda values: list(np.array(values)),
}


@pytest.mark.parametrize("clothes", CLOTHES)
@pytest.mark.parametrize("task", METRICS)
def test_the_same_values_in_other_clothes(load: Load, task: str, clothes: str) -> None:
    """What evaluate's cache makes plain is plain without it."""
    expected = METRICS[task].compute(**INPUTS[task])
    metric = load(task)
    wear = CLOTHES[clothes]
    assert metric.compute(**{k: dressed(v, wear) for k, v in INPUTS[task].items()}) == expected
    metric.add_batch(**{k: dressed(v, wear) for k, v in INPUTS[task].items()})
    assert metric.compute() == expected


@pytest.mark.parametrize("task", ["sts", "re", "dp"])
def test_numbers_as_texts(load: Load, task: str) -> None:
    inputs = dict(INPUTS[task])
    column = "probabilities" if task == "re" else "predictions"
    inputs[column] = dressed(inputs[column], numbers_as_texts)
    metric, expected = load(task), METRICS[task].compute(**INPUTS[task])
    assert metric.compute(**inputs) == expected
    metric.add_batch(**inputs)
    assert metric.compute() == expected


def test_whole_numbers_and_others_as_heads(load: Load) -> None:
    """The cache cuts 2.7 to 2 where it comes first; a head is a whole number."""
    references = INPUTS["dp"]["references"][:1]
    right = [{"head": [2.0, 0.0], "deprel": ["NP_SBJ", "VP"]}]
    assert load("dp").compute(predictions=right, references=references)["uas_micro_f1"] == 100.0
    wrong = [{"head": [2.7, 0.0], "deprel": ["NP_SBJ", "VP"]}]
    with pytest.raises(ValueError, match=r"predictions\[0\]\['head'\]\[0\]: found 2.7, expected"):
        load("dp").compute(predictions=wrong, references=references)


JUNK: tuple[Any, ...] = (
    None, 5, -1, 2.7, float("nan"), 10**400, True, "x", "", b"x", [], ["x"], [1], {}, {"a": 1},
    [None], (1,), {"x"}, object(), np.array(1.0), np.array([[1]]),
)  # fmt: skip


def with_junk(value: Any, draw: Any) -> Any:
    """The value, or a part of it somewhere within, replaced."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, dict | list) and value and draw(st.booleans()):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        at = draw(st.sampled_from(keys))
        changed: Any = value.copy()
        changed[at] = with_junk(changed[at], draw)
        return changed
    return draw(st.sampled_from(JUNK))


def outcome(work: Callable[[], Any]) -> Any:
    """A result, or the error."""
    try:
        return work()
    except Exception as error:
        return error


@pytest.fixture(scope="module")
def loaded(load: Load) -> dict[str, Any]:
    return {task: load(task, experiment_id="wrong") for task in METRICS}


@pytest.mark.parametrize("task", METRICS)
@settings(max_examples=40)
@given(st.data())
def test_wrong_inputs(loaded: dict[str, Any], task: str, data: st.DataObject) -> None:
    """They get the pure function's error or its result, and never another library's error.

    What only the cache makes plain (a tensor of one number) has the cache's result.
    """
    inputs = dict(INPUTS[task])
    column = data.draw(st.sampled_from(sorted(inputs)))
    inputs[column] = with_junk(inputs[column], data.draw)
    options = {"unknown_label": data.draw(st.sampled_from(["error", "wrong"]))}
    found = outcome(lambda: loaded[task].compute(**inputs, **options))
    pure = outcome(lambda: METRICS[task].compute(**inputs, **options))

    def through_the_cache() -> Any:
        metric = copy.copy(loaded[task])
        metric.add_batch(**inputs)
        return metric.compute(**options)

    if isinstance(found, Exception):
        # The class of the copy that evaluate has made of this package
        assert type(found).__name__ == "MetricError"
        assert isinstance(pure, Exception)
    elif isinstance(pure, dict):
        assert found == pure
    else:
        assert found == outcome(through_the_cache)


@pytest.mark.parametrize("task", METRICS)
def test_batches(load: Load, task: str) -> None:
    """`add_batch` twice, then `add` for each, equal one `compute`."""
    expected = METRICS[task].compute(**INPUTS[task])
    n = len(INPUTS[task]["references"])
    metric = load(task)
    for at in range(n):
        metric.add_batch(**{name: column[at : at + 1] for name, column in INPUTS[task].items()})
    assert metric.compute() == expected
    singular = {"predictions": "prediction", "references": "reference"}
    for at in range(n):
        metric.add(**{singular.get(k, k): column[at] for k, column in INPUTS[task].items()})
    assert metric.compute() == expected


def test_optional_inputs_may_come_and_go(load: Load) -> None:
    metric = load("re")
    with_scores = metric.compute(**INPUTS["re"])
    metric.add_batch(predictions=[1, 0], references=[1, 2], probabilities=None)
    without = metric.compute()
    assert metric.compute(predictions=[1, 0], references=[1, 2]) == without
    assert list(with_scores) == ["micro_f1", "auprc"]
    assert list(without) == ["micro_f1"]


def test_labels_by_name_and_id_on_either_side_and_mixed(load: Load) -> None:
    metric = load("nli")
    for predictions in (["neutral", "entailment"], [1, 0], ["neutral", 0], [0 + 1, "entailment"]):
        scores = metric.compute(predictions=predictions, references=["neutral", 0])
        assert scores == {"accuracy": 100.0}


def test_an_unknown_label_is_named(load: Load) -> None:
    with pytest.raises(ValueError, match=r"predictions\[1\]: found 'maybe', expected one of ent"):
        load("nli").compute(predictions=[0, "maybe"], references=[0, 1])
    given = [0, "maybe", None, float("nan")]
    scores = load("nli").compute(predictions=given, references=[0, 1, 1, 1], unknown_label="wrong")
    assert scores == {"accuracy": 25.0, "unknown_labels": {"invented": 1, "empty": 2}}


def test_whole_dataset_rows_do_as_references(load: Load) -> None:
    row = {**INPUTS["mrc"]["references"][0], "context": "가나다", "question": "?"}
    scores = load("mrc").compute(predictions=INPUTS["mrc"]["predictions"], references=[row])
    assert scores == METRICS["mrc"].compute(**INPUTS["mrc"])


def test_answers_as_in_raw_files(load: Load) -> None:
    row = {**INPUTS["mrc"]["references"][0], "answers": [{"text": "가나다", "answer_start": 0}]}
    scores = load("mrc").compute(predictions=INPUTS["mrc"]["predictions"], references=[row])
    assert scores == METRICS["mrc"].compute(**INPUTS["mrc"])


def test_two_live_instances_do_not_mix(load: Load) -> None:
    first, second = load("nli"), load("nli")
    first.add_batch(predictions=[0], references=[0])
    second.add_batch(predictions=[0], references=[1])
    assert (first.compute(), second.compute()) == ({"accuracy": 100.0}, {"accuracy": 0.0})


def test_combine(load: Load) -> None:
    both = evaluate.combine([load("nli"), load("ynat")])
    expected = {"accuracy": 50.0, "macro_f1": pytest.approx(100 / 3)}
    assert both.compute(predictions=[0, 1], references=[0, 0]) == expected
    both.add_batch(predictions=[0, 1], references=[0, 0])
    assert both.compute() == expected


def test_an_unknown_task(load: Load) -> None:
    with pytest.raises(ValueError, match="config name: found 'cola', expected one of ynat, sts"):
        load("cola")
    with pytest.raises(ValueError, match="config name: found 'default'"):
        evaluate.load(str(MAIN))


def run(script: str, cwd: Path, *arguments: str) -> subprocess.Popen[str]:
    """Run a script in a process of its own that cannot import this package by its name."""
    environment = {
        "HF_HOME": str(cwd / "hf"),
        "HF_HUB_OFFLINE": "1",
        "PATH": os.environ["PATH"],
        "HOME": str(cwd),
    }
    guard = """
    import sys

    class Guard:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] in ("klue_metrics", "klue_datasets", "klue_baselines"):
                raise ModuleNotFoundError(name)

    sys.meta_path.insert(0, Guard())
    """
    code = textwrap.dedent(guard) + textwrap.dedent(script)
    return subprocess.Popen(
        [sys.executable, "-I", "-c", code, *arguments],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen[str]) -> str:
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return out


@pytest.mark.slow
def test_a_copied_folder_in_a_clean_process(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "klue_metrics", ignore=shutil.ignore_patterns("__pycache__"))
    script = """
    import evaluate
    for task in ("ynat", "sts", "nli", "ner", "re", "dp", "mrc", "wos"):
        metric = evaluate.load("klue_metrics", task)
        print(metric.name, metric.config_name, *metric.task_metric.scores)
    print(evaluate.load("klue_metrics", "nli").compute(predictions=[0, 1], references=[0, 0]))
    """
    *tasks, scores = finished(run(script, tmp_path)).splitlines()
    assert tasks == [f"klue_metrics {name} {' '.join(m.scores)}" for name, m in METRICS.items()]
    assert scores == "{'accuracy': 50.0}"


def test_several_processes(load: Load) -> None:
    """Each adds its part; the first one computes the score of all.

    Evaluate's processes know of each other by files only, so threads do as well.
    """

    def part(process: int) -> Any:
        options = {"num_process": 2, "process_id": process, "experiment_id": "two"}
        metric = load("nli", **options)
        metric.add_batch(predictions=[0, 0], references=[0, process])
        return metric.compute()

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(part, (0, 1))
    assert (first, second) == ({"accuracy": 75.0}, None)


def test_errors_are_value_errors() -> None:
    assert issubclass(MetricError, ValueError)


def test_evaluate_has_what_the_module_leans_on(load: Load) -> None:
    """Names of `evaluate` that it promises nobody; KlueMetrics reads or replaces them."""
    module = load("nli")
    own = type(module).__mro__[2]  # evaluate.Metric's own base
    for name in ("_feature_names", "_info", "_compute"):
        assert callable(getattr(own, name, None)), (
            f"evaluate.EvaluationModule has no {name} any more: see KlueMetrics, which replaces it"
        )
    for name in ("writer", "num_process"):
        assert hasattr(module, name), (
            f"evaluate.EvaluationModule has no {name} any more: KlueMetrics asks it whether all "
            "columns came with compute()"
        )


TREE = {"head": [2, 0], "deprel": ["NP", "VP"]}
QUESTION = {"guid": "0", "answers": {"text": ["a"], "answer_start": [0]}, "is_impossible": False}
# What evaluate's cache would end in an error of its own on, or worse.
NO_VALUES: list[tuple[str, Any, Any]] = [
    ("mrc", {"guid": "0", "prediction_text": "a"}, "neutral"),
    ("mrc", ["O"], QUESTION),
    ("wos", np.array(1), ["관광-지역-중앙"]),
    ("wos", ["관광-지역-중앙"], True),
    ("dp", TREE, {"head": [10**30, 0], "deprel": ["NP", "VP"]}),
    ("dp", True, TREE),
    ("dp", {"head": "1", "deprel": "N"}, TREE),
    ("ynat", 6, None),
    ("ynat", "\ud800", 6),
    ("nli", {"a"}, "neutral"),
    ("ner", np.array(1), ["O"]),
    ("ner", "x", ["O"]),
    ("sts", 2.5, 10**400),
    ("sts", "x", 2.5),
    ("sts", [2.5], 2.5),
]


@pytest.mark.parametrize(("task", "prediction", "reference"), NO_VALUES)
@pytest.mark.parametrize("way", ["add", "add_batch", "compute"])
def test_what_is_no_value_is_said_in_our_form(
    load: Load, task: str, prediction: Any, reference: Any, way: str
) -> None:
    metric = load(task)
    with pytest.raises(ValueError, match=r"found .*, expected") as caught:
        if way == "add":
            metric.add(prediction=prediction, reference=reference)
        else:
            columns = {"predictions": [prediction], "references": [reference]}
            metric.compute(**columns) if way == "compute" else metric.add_batch(**columns)
        if way != "compute":
            metric.compute()  # where a label outside the set is named
    assert type(caught.value).__name__ == "MetricError"
    assert len(str(caught.value).splitlines()) == 1
