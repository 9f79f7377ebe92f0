"""Prompts as rows of a dataset, and the benchmark file that names them, by inspect-ai's loader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from datasets import load_dataset

from klue_datasets import TASKS, build, load
from klue_hub.contents import benchmark_yaml
from klue_lm.prompt_rows import letter, prompt_rows, prompts
from klue_lm.prompts import prompts_for
from klue_lm.tasks import LMS


@pytest.mark.parametrize("name", list(LMS))
def test_a_row_is_a_question_of_klue_lm_with_its_answer(name: str) -> None:
    rows = prompt_rows(name, sample=True)
    asked = prompts_for(LMS[name], sample=True)
    dev = load(name, "validation", sample=True, full=True)
    questions = [one for row in dev for one in LMS[name].questions(row, "ko")]
    assert [row["input"] for row in rows] == [asked.prompt(question) for question in questions]
    assert [row["guid"] for row in rows] == [question.guid for question in questions]
    for row in rows:
        assert row["target"]
        assert ("choices" in row) == (name in ("ynat", "nli", "re"))
        if "choices" in row:
            assert row["letter"] == letter(row["choices"].index(row["target"]))


def test_a_folder_with_prompts(tmp_path: Path) -> None:
    report = build(tmp_path / "klue", ["nli", "wos"], sample=True, extra=prompts(sample=True))
    assert [extra.config for extra in report.extras] == ["nli_prompts", "wos_prompts"]
    made = load_dataset(str(tmp_path / "klue"), "nli_prompts", cache_dir=str(tmp_path / "cache"))
    assert made["validation"].to_list() == prompt_rows("nli", sample=True)
    assert "`TASK_prompts`" in (tmp_path / "klue" / "README.md").read_text(encoding="utf-8")
    build(tmp_path / "klue", ["nli"], sample=True)  # a build without them takes them away
    assert not [*tmp_path.glob("klue/*_prompts/*")]


def test_inspect_takes_the_benchmark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own loader, but for the way the two files come from the Hub."""
    pytest.importorskip(
        "inspect_ai", reason="inspect_ai is missing: pip install 'klue-hub[inspect]'"
    )
    import huggingface_hub
    from inspect_ai import eval as inspect_eval
    from inspect_ai._eval.task.hf import task_create_from_hf
    from inspect_ai.model import ModelAPI, ModelOutput, get_model, modelapi

    @modelapi(name="klue-fixed")
    class FixedAPI(ModelAPI):
        """Gives fixed answers; inspect-ai's own mock model wants a tokenizer from the network."""

        def __init__(self, model_name: str, answers: list[str], **_: Any) -> None:
            super().__init__(model_name)
            self.answers = answers

        async def generate(self, *_: Any, **__: Any) -> ModelOutput:
            return ModelOutput.from_content(self.model_name, self.answers.pop(0))

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))  # it keeps data sets there
    folder = build(tmp_path / "org" / "klue", sample=True, extra=prompts(sample=True)).out
    (folder / "eval.yaml").write_text(benchmark_yaml(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        huggingface_hub, "hf_hub_download", lambda repo_id, filename, **_: str(folder / filename)
    )
    tasks = task_create_from_hf("hf/org/klue")
    assert len(tasks) == 16
    assert {str(task.name).rpartition("/")[2] for task in tasks} == {
        one["id"] for one in yaml.safe_load(benchmark_yaml())["tasks"]
    }

    def scores(name: str, *answers: str) -> dict[str, float]:
        (one,) = task_create_from_hf(f"hf/org/klue/{name}")
        model = get_model("klue-fixed/x", answers=[*answers], memoize=False)
        logs = str(tmp_path / "logs")
        [log] = inspect_eval(one, model=model, limit=2, max_samples=1, display="none", log_dir=logs)
        assert log.status == "success" and log.results is not None, log.error
        (score,) = log.results.scores
        return {name: float(metric.value) for name, metric in score.metrics.items()}

    first, second = prompt_rows("nli", sample=True)[:2]
    wrong = "A" if second["letter"] != "A" else "B"
    found = scores("nli_accuracy", f"ANSWER: {first['letter']}", f"ANSWER: {wrong}")
    assert found["accuracy"] == 0.5
    first, second = prompt_rows("ner", sample=True)[:2]
    assert scores("ner_entity_macro_f1", first["target"], second["target"])["mean"] == 1.0


def test_every_task_is_there() -> None:
    ids = [task["id"] for task in yaml.safe_load(benchmark_yaml())["tasks"]]
    assert len(ids) == len(set(ids)) == 16
    assert {one.partition("_")[0] for one in ids} == set(TASKS)
