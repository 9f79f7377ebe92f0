"""Logs of other harnesses are read by the code that `klue lm from-lm-eval` calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from klue_common.errors import InputError
from klue_lm.foreign_logs import from_lm_eval
from klue_metrics import METRICS
from tests.klue_formats.made_up import asked, gold_of, read, write_lm_eval, written


def test_the_same_as_the_command_writes(tmp_path: Path) -> None:
    gold, path = gold_of("nli"), tmp_path / "log.jsonl"
    made = [{"label": label} for label in gold.references]
    write_lm_eval(path, "nli", made)
    lines = path.read_text("utf-8").splitlines()
    unread = {**json.loads(lines[0]), "filtered_resps": ["음"]}
    written(path, "\n".join([json.dumps(unread), *lines[1:]]))
    found = read(path, "nli", "lm-eval", "wrong")
    from_lm_eval("nli", path, tmp_path / "ours.jsonl")
    assert found.records == METRICS["nli"].read_predictions(tmp_path / "ours.jsonl", gold, "wrong")
    (note,) = found.notes
    assert note.startswith("answers: 3 answered, 1 ")


def test_a_damaged_log(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    write_lm_eval(path, "nli", [{"label": "neutral"}] * 4)
    written(path, path.read_text("utf-8")[:-30])
    with pytest.raises(InputError, match=r"log\.jsonl:4: found no JSON, expected a sample log of"):
        read(path, "nli", "lm-eval")
    with pytest.raises(
        InputError, match=r"log\.jsonl:1: found .*, expected a log of `inspect eval"
    ):
        read(path, "nli", "inspect")


@pytest.mark.parametrize("ending", ["eval", "json"])
def test_a_log_of_inspect(ending: str, tmp_path: Path) -> None:
    inspect_ai = pytest.importorskip("inspect_ai", reason="pip install 'klue-hub[inspect]'")
    from inspect_ai.model import ModelAPI, ModelOutput, get_model, modelapi

    from klue_formats import read_as
    from klue_lm.inspect_tasks import klue_tasks
    from klue_lm.tasks import lm_task

    @modelapi(name="klue-neutral")
    class Neutral(ModelAPI):
        """A model that says one thing; inspect-ai's own mock wants the network to count tokens."""

        async def generate(self, input: Any, tools: Any, tool_choice: Any, config: Any) -> Any:
            said = lm_task("nli").wordings["ko"].labels["neutral"]
            return ModelOutput.from_content(self.model_name, said)

    gold = gold_of("nli", None)
    [log] = inspect_ai.eval(
        klue_tasks.klue_nli(sample=True),
        model=get_model("klue-neutral/x", memoize=False),
        display="none",
        log_dir=str(tmp_path),
        log_format=ending,
    )
    path = Path(log.location.removeprefix("file://"))
    found = read_as("inspect", asked(path, "nli", None))
    assert [one["label"] for one in found.records] == ["neutral"] * len(gold)
    with pytest.raises(InputError, match=r"formats that would fit: .*inspect"):
        read_as("lines", asked(path, "nli", None))
