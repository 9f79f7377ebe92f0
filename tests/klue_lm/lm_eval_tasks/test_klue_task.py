"""The same answers give the same scores in lm-evaluation-harness, to the same prompts."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from klue_common.errors import InputError
from klue_lm.asking import most_tokens
from klue_lm.foreign_logs import from_lm_eval
from klue_lm.lm_eval_tasks import folder
from tests.klue_lm.answerer import OPTIONS, TASKS, Table, by_klue_lm, expected, noisy, perfect

pytest.importorskip("lm_eval", reason="lm_eval is missing: pip install 'klue-hub[harness]'")

from lm_eval import simple_evaluate
from lm_eval.api.model import LM
from lm_eval.loggers import EvaluationTracker
from lm_eval.tasks import TaskManager

RANKED = ("ynat", "sts", "nli", "re")


class TableLM(LM):
    """The tables of all tasks as a model of lm_eval."""

    def __init__(self, tables: dict[str, Table]) -> None:
        super().__init__()
        self.tables = tables
        self.settings: list[tuple[int, dict[str, Any]]] = []

    def generate_until(self, requests: list[Any]) -> list[str]:
        self.settings += [(request.doc["longest"], request.args[1]) for request in requests]
        tables = (self.tables[request.doc["task"]] for request in requests)
        pairs = zip(tables, requests, strict=True)
        return [
            str(table.generate(r.args[0], stop="", longest=0, form=None).text) for table, r in pairs
        ]

    def loglikelihood(self, requests: list[Any]) -> list[tuple[float, bool]]:
        found = []
        for request in requests:
            prompt, label = request.args
            table = self.tables[request.doc["task"]]
            table.asked.add(prompt)
            found.append((table.ranked[prompt][label], False))
        return found

    def loglikelihood_rolling(self, requests: list[Any]) -> list[float]:
        raise AssertionError("no task of ours asks for it")


def evaluate(tables: dict[str, Table], names: list[str], **options: Any) -> tuple[Any, TableLM]:
    manager = TaskManager(
        include_path=str(folder()),
        include_defaults=False,
        # The command line adds the model's arguments, which are none of ours.
        metadata={**OPTIONS, **options, "base_url": "http://127.0.0.1:1/v1", "model": "table"},
    )
    model = TableLM(tables)
    return simple_evaluate(model, tasks=names, task_manager=manager, bootstrap_iters=0), model


def check_same(results: Any, tables: dict[str, Table], tmp_path: Path, **options: Any) -> None:
    for task in tables:
        asked, tables[task].asked = tables[task].asked, set()
        ours = expected(by_klue_lm(task, tables[task], tmp_path / f"{task}.jsonl", **options))
        assert asked == tables[task].asked  # the prompts, byte for byte
        theirs = results["results"][f"klue_{task}"]
        found = {k.removesuffix(",none"): v for k, v in theirs.items() if k.endswith(",none")}
        found = {name: value for name, value in found.items() if not name.endswith("_stderr")}
        assert found.keys() == ours.keys()
        for name, value in ours.items():
            assert math.isclose(found[name], value, abs_tol=1e-9), (task, name)


@pytest.mark.slow
def test_all_tasks_score_the_same_and_their_logs_too(tmp_path: Path) -> None:
    tables = {task: noisy(task) for task in TASKS}
    results, model = evaluate(tables, ["klue"])
    check_same(results, tables, tmp_path)
    for longest, settings in model.settings:
        assert settings["max_gen_toks"] == most_tokens(longest)

    tracker = EvaluationTracker(output_path=str(tmp_path / "logs"))
    for task in TASKS:
        name = f"klue_{task}"
        tracker.save_results_aggregated(results=results, samples=results["samples"])
        tracker.save_results_samples(task_name=name, samples=results["samples"][name])
        [log] = (tmp_path / "logs").rglob(f"samples_{name}_*.jsonl")
        from_lm_eval(task, log, tmp_path / "theirs.jsonl")
        ours = (tmp_path / f"{task}.jsonl").read_bytes()
        assert (tmp_path / "theirs.jsonl").read_bytes() == ours


@pytest.mark.slow
def test_labels_that_are_written_score_the_same(tmp_path: Path) -> None:
    tables = {task: noisy(task, language="en") for task in RANKED}
    names = [f"klue_{task}" for task in RANKED]
    results, _ = evaluate(tables, names, mode="generate", language="en")
    check_same(results, tables, tmp_path, mode="generate", language="en")


@pytest.mark.parametrize("task", ["nli", "dp"])
def test_gold_answers_are_perfect(task: str) -> None:
    results, _ = evaluate({task: perfect(task)}, [f"klue_{task}"])
    scores = results["results"][f"klue_{task}"]
    assert {value for name, value in scores.items() if name.endswith(",none")} == {100, "N/A"}


def test_a_limit_scores_the_documents_that_were_asked() -> None:
    manager = TaskManager(
        include_path=str(folder()), include_defaults=False, metadata={"sample": True}
    )
    model = TableLM({"mrc": perfect("mrc", shots=0)})
    # `num_fewshot` adds nothing: the table knows no such prompt.
    results = simple_evaluate(
        model, tasks=["klue_mrc"], task_manager=manager, limit=4, num_fewshot=3
    )
    assert results["results"]["klue_mrc"]["exact_match,none"] == 100
    assert results["n-samples"]["klue_mrc"] == {"original": 29, "effective": 4}
    settings = results["configs"]["klue_mrc"]["metadata"]["klue"]
    assert settings["prompt_digest"] and settings["shots"] == 0


def test_a_wrong_option_stops_before_anything_is_asked() -> None:
    with pytest.raises(InputError, match="ner: found --rank, expected generate or constrained"):
        evaluate({}, ["klue_ner"], mode="rank")
