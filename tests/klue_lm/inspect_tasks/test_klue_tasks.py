"""The same answers give the same scores in inspect-ai, to the same prompts."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from klue_common.errors import InputError
from klue_lm.foreign_logs import from_inspect, inspect_reply
from tests.klue_lm.answerer import OPTIONS, TASKS, Table, by_klue_lm, expected, noisy, perfect

pytest.importorskip("inspect_ai", reason="inspect_ai is missing: pip install 'klue-hub[inspect]'")

from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog
from inspect_ai.model import GenerateConfig, ModelAPI, ModelOutput, get_model, modelapi

from klue_lm.inspect_tasks import klue_tasks


@modelapi(name="klue-table")
class TableAPI(ModelAPI):
    """A table as a provider of inspect-ai."""

    def __init__(self, model_name: str, table: Table, **_: Any) -> None:
        super().__init__(model_name)
        self.table = table
        self.configs: list[GenerateConfig] = []

    async def generate(self, input: Any, tools: Any, tool_choice: Any, config: Any) -> ModelOutput:
        [message] = input
        assert message.role == "user"
        self.configs.append(config)
        reply = self.table.generate(message.text, stop="", longest=0, form=None)
        return ModelOutput.from_content(self.model_name, str(reply.text))


def evaluate(task: str, table: Table, logs: Path, **options: Any) -> tuple[EvalLog, ModelAPI]:
    made = getattr(klue_tasks, f"klue_{task}")(**{**OPTIONS, **options})
    model = get_model("klue-table/x", table=table, memoize=False)
    [log] = inspect_eval(made, model=model, display="none", log_dir=str(logs), log_format="eval")
    assert log.status == "success", log.error
    return log, model.api


def scores_in(log: EvalLog) -> dict[str, float]:
    assert log.results is not None
    return {name: one.value for score in log.results.scores for name, one in score.metrics.items()}


def check_same(task: str, tmp_path: Path) -> None:
    table = noisy(task)
    log, api = evaluate(task, table, tmp_path / "logs")
    asked, table.asked = table.asked, set()
    output = tmp_path / f"{task}.jsonl"
    ours = expected(by_klue_lm(task, table, output, mode="generate"))
    assert asked == table.asked  # the prompts, byte for byte
    found = scores_in(log)
    assert found.keys() == ours.keys()
    for name, value in ours.items():
        assert math.isclose(found[name], value, abs_tol=1e-9), (task, name)
    assert all(config.max_tokens and config.temperature == 0 for config in api.configs)

    from_inspect(task, Path(log.location.removeprefix("file://")), tmp_path / "theirs.jsonl")
    assert (tmp_path / "theirs.jsonl").read_bytes() == output.read_bytes()


def test_relations_score_the_same_and_their_log_too(tmp_path: Path) -> None:
    check_same("re", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("task", [task for task in TASKS if task != "re"])
def test_every_task_scores_the_same_and_its_log_too(task: str, tmp_path: Path) -> None:
    check_same(task, tmp_path)


def test_a_task_is_found_by_its_file_and_gold_answers_are_perfect(tmp_path: Path) -> None:
    path = Path(klue_tasks.__file__)
    model = get_model("klue-table/x", table=perfect("ner"), memoize=False)
    [log] = inspect_eval(
        f"{path}@klue_ner",
        task_args=OPTIONS,
        model=model,
        display="none",
        log_dir=str(tmp_path),
    )
    assert set(scores_in(log).values()) == {100}
    assert log.eval.task_args.items() >= OPTIONS.items()
    # inspect-ai puts the file's folder in front of all: nothing there may hide another module.
    assert {one.name for one in path.parent.glob("*.py")} == {"__init__.py", "klue_tasks.py"}


def test_what_a_provider_says_of_an_answer_is_kept() -> None:
    assert inspect_reply("", "model_length") == {"too_long": True}
    assert inspect_reply("정", "max_tokens")["finish"] == "length"
    assert inspect_reply("", "content_filter")["finish"] == "filter"


def test_labels_are_not_ranked() -> None:
    with pytest.raises(InputError, match="ynat: mode: found 'rank', expected 'generate'"):
        klue_tasks.klue_ynat(sample=True, mode="rank")
