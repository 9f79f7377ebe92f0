"""What is pushed is what a stranger loads, in a process that can not import this project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from klue_baselines.pipeline import KluePipeline
from klue_baselines.push_contents import code_version
from klue_baselines.registry import BASELINES
from klue_baselines.training import Run, open_encoder
from klue_datasets import TASKS, load
from klue_metrics import METRICS
from model_cards.heads import HEADS
from tests.clean_process import CleanProcess
from tests.hub import Hub
from tests.klue_baselines.test_model_card import result
from tests.klue_metrics.test_klue_metrics import INPUTS

READ_ROWS = """
import json, sys
from datasets import load_dataset
repo, revision, *tasks = sys.argv[1:]
rows = {}
for task in tasks:
    whole = load_dataset(repo, task, revision=revision)
    stream = load_dataset(repo, task, revision=revision, streaming=True)
    assert str(whole["validation"].info.version) == "1.1.0"
    for split in whole:
        rows[f"{task} {split}"] = whole[split].to_list()
        assert list(stream[split]) == rows[f"{task} {split}"], (task, split)
        assert stream[split].features == whole[split].features
print(json.dumps(rows, ensure_ascii=False))
"""


def pushed(clean: CleanProcess, *arguments: object, **environment: str) -> list[dict[str, Any]]:
    done = clean.klue("push", *arguments, "--org", "org", "--json", **environment)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_the_data(clean: CleanProcess) -> None:
    (done,) = pushed(clean, "data", "--sample")
    assert (done["repo_id"], done["tag"]) == ("org/klue-sample", "v1.1.0")
    read = json.loads(clean.python(READ_ROWS, "org/klue-sample", "v1.1.0", *TASKS))
    for task in TASKS:
        for split in ("train", "validation"):
            local = load(task, split, sample=True)
            assert read[f"{task} {split}"] == local.to_list(), (task, split)


COMPUTE = """
import json, sys
import evaluate
scores = {}
for task, inputs in json.loads(sys.argv[1]).items():
    metric = evaluate.load("org/klue_metrics", task, revision="v" + sys.argv[2])
    scores[task] = metric.compute(**inputs)
newest = evaluate.load("org/klue_metrics", "nli").compute(predictions=[0], references=[0])
assert newest["accuracy"] == 100
print(json.dumps(scores))
"""


@pytest.mark.slow
def test_the_metric(clean: CleanProcess) -> None:
    (done,) = pushed(clean, "metrics")
    assert done["tag"] == f"v{code_version()}"
    inputs = {
        task: {name: np.asarray(v).tolist() if task == "re" else v for name, v in given.items()}
        for task, given in INPUTS.items()
    }
    scores = json.loads(clean.python(COMPUTE, json.dumps(inputs), code_version()))
    for task, metric in METRICS.items():
        assert scores[task] == pytest.approx(metric.compute(**inputs[task]))


LOAD_HEADS = """
import json, re, sys
from huggingface_hub import ModelCard
weights = {}
for repo in sys.argv[1:]:
    (plain, _) = re.findall(r"```python\\n(.*?)```", ModelCard.load(repo).text, flags=re.DOTALL)
    names = {}
    exec(plain, names)
    model = names["model"]
    assert names["tokenizer"].is_fast
    total = sum(float(part.double().abs().sum()) for part in model.parameters())
    weights[repo] = [type(model).__name__, type(model).__module__.split(".")[0], total]
print(json.dumps(weights))
"""

ASK = """
import json, re, sys
from huggingface_hub import ModelCard
answers = {}
for repo in sys.argv[1:]:
    (_, ours) = re.findall(r"```python\\n(.*?)```", ModelCard.load(repo).text, flags=re.DOTALL)
    names = {}
    exec(ours, names)
    answers[repo] = names["answer"]
print(json.dumps(answers, ensure_ascii=False))
"""


@pytest.fixture(scope="module")
def heads(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder for every task as `klue train` leaves it, of a head that has learned nothing."""
    root = tmp_path_factory.mktemp("runs")
    for name, task in BASELINES.items():
        run = Run(name, str(tiny_encoder), root / name, sample=True)
        model, encoder, _ = open_encoder(run, task)
        model.save_pretrained(root / name)
        encoder.tokenizer.save_pretrained(root / name)
        result(name, model="tiny", sample=True).write(root / name / "result.json")
        (root / name / "training_args.bin").write_bytes(b"a pickle that nobody should load")
    return {name: root / name for name in BASELINES}


@pytest.fixture(scope="module")
def repos(clean: CleanProcess, heads: dict[str, Path]) -> dict[str, str]:
    """The repositories of those heads."""
    done = pushed(clean, "model", *heads.values())
    return dict(zip(heads, [one["repo_id"] for one in done], strict=True))


@pytest.mark.slow
def test_every_head_loads_as_its_card_says(
    clean: CleanProcess, heads: dict[str, Path], repos: dict[str, str]
) -> None:
    found = json.loads(clean.python(LOAD_HEADS, *repos.values()))
    for task, repo in repos.items():
        model = BASELINES[task].load(str(heads[task]))
        total = sum(float(part.detach().double().abs().sum()) for part in model.parameters())
        own = HEADS[task].own_code
        module = "transformers_modules" if own else "transformers"
        assert found[repo] == [type(model).__name__, module, pytest.approx(total)]


@pytest.mark.slow
def test_every_pipeline_answers_as_the_local_one(
    clean: CleanProcess, heads: dict[str, Path], repos: dict[str, str]
) -> None:
    answers = json.loads(clean.ours(ASK, *repos.values()))
    for task, repo in repos.items():
        local = KluePipeline.from_pretrained(task, str(heads[task]))
        expected = eval(f"local({HEADS[task].call})", {"local": local})
        assert answers[repo] == pytest.approx(expected) if task == "sts" else expected


@pytest.mark.slow
def test_nothing_that_can_not_be_trusted_is_in_a_models_repository(
    hub: Hub, repos: dict[str, str]
) -> None:
    for task, repo in repos.items():
        files = set(hub.repo("model", repo).commit_at("v1.1.0").files)
        wanted = {"README.md", "config.json", "model.safetensors", "results/seed-0.json"}
        assert wanted <= files
        assert "training_args.bin" not in files
        assert any(name.startswith("modeling_") for name in files) == HEADS[task].own_code
