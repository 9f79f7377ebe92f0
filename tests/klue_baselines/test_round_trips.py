"""What is pushed is what a stranger loads, in a process that can not import this project."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from huggingface_hub import ModelCard

from klue_baselines.pipeline import KluePipeline
from klue_baselines.prediction import Questions, ask
from klue_baselines.task import PLAIN
from klue_baselines.tasks import BASELINES
from klue_baselines.tiny import KLUE_TINY
from klue_baselines.training.run import Run, train
from klue_datasets import TASKS, load
from klue_datasets.sources import resolve
from klue_hub.contents import code_version
from klue_metrics import METRICS
from tests.clean_process import WITHOUT_THIS_PROJECT, CleanProcess
from tests.hub import Hub
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
weights, answers = {}, {}
for repo in sys.argv[1:]:
    (plain, _) = re.findall(r"```python\\n(.*?)```", ModelCard.load(repo).text, flags=re.DOTALL)
    names = {}
    exec(plain, names)
    model = names["model"]
    assert names["tokenizer"].is_fast
    total = sum(float(part.double().abs().sum()) for part in model.parameters())
    answers[repo] = names["answer"]
    weights[repo] = [type(model).__name__, type(model).__module__.split(".")[0], total]
print(json.dumps([weights, answers]))
"""

# What the pipeline that a task's card names is asked of an example.
ASKED: dict[str, Callable[[Any], Any]] = {
    "ynat": lambda row: row["title"],
    "sts": lambda row: {"text": row["sentence1"], "text_pair": row["sentence2"]},
    "nli": lambda row: {"text": row["premise"], "text_pair": row["hypothesis"]},
}

ASK_STOCK = """
import json, sys
from huggingface_hub import ModelCard
from transformers import pipeline
found = {}
for repo, asked in json.loads(sys.argv[1]).items():
    tag = ModelCard.load(repo).data.pipeline_tag
    found[repo] = pipeline(tag, model=repo, batch_size=7)(asked)
print(json.dumps(found))
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


# What the answer to the question of a task's card holds at least.
LABELLED = {"label", "score"}
ANSWERED: dict[str, set[str]] = {
    "ynat": LABELLED,
    "sts": LABELLED,
    "nli": LABELLED,
    "re": LABELLED,
    "ner": set(),  # what has learned nothing may find nothing
    "wos": set(),
    "mrc": {"answer", "start", "end", "score"},
    "dp": {"form", "head", "deprel"},
}


def keys_in(answer: Any) -> set[str]:
    """The names of an answer's parts."""
    if isinstance(answer, list):
        return set().union(*map(keys_in, answer))
    return set(answer)


@pytest.fixture(scope="module")
def heads(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A model of every task, fine-tuned on the sample for a moment."""
    root = tmp_path_factory.mktemp("runs")
    moment = {"epochs": 1, "batch_size": 16, "evaluations": 1, "learning_rate": 1e-3}
    for name in BASELINES:
        train(
            Run(name, str(tiny_encoder), root / name, overrides=moment, sample=True, results=None)
        )
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
    found, answers = json.loads(clean.python(LOAD_HEADS, *repos.values()))
    for task, repo in repos.items():
        assert ANSWERED[task] <= keys_in(answers[repo]), task
        model = BASELINES[task].load(str(heads[task]))
        total = sum(float(part.detach().double().abs().sum()) for part in model.parameters())
        own = BASELINES[task].card.own_code
        module = "transformers_modules" if own else "transformers"
        assert found[repo] == [type(model).__name__, module, pytest.approx(total)]


@pytest.mark.slow
def test_every_pipeline_answers_as_the_local_one(
    clean: CleanProcess, heads: dict[str, Path], repos: dict[str, str]
) -> None:
    answers = rounded(clean.ours(ASK, *repos.values()))
    for task, repo in repos.items():
        local = KluePipeline.from_pretrained(task, str(heads[task]))
        expected = eval(f"local({BASELINES[task].card.call})", {"local": local})
        assert answers[repo] == rounded(json.dumps(expected)), task


@pytest.mark.slow
def test_the_pipeline_that_a_card_names_answers_as_ours(
    clean: CleanProcess, heads: dict[str, Path], repos: dict[str, str]
) -> None:
    tagged = [task for task, record in BASELINES.items() if record.card.pipeline_tag]
    rows = {task: load(task, "validation", sample=True, full=True) for task in tagged}
    asked = {repos[task]: [ASKED[task](row) for row in rows[task]] for task in tagged}
    found = json.loads(clean.python(ASK_STOCK, json.dumps(asked)))
    for task in tagged:
        local = KluePipeline.from_pretrained(task, str(heads[task]))
        questions = Questions.of(
            local.task, rows[task], local.encoder, local.model.config, batch_size=8
        )
        own = ask(questions, local.model, local.encoder)
        best = [float(np.max(given)) for given in own.given]  # a probability, or the number
        answers = found[repos[task]]
        assert [answer["score"] for answer in answers] == pytest.approx(best, rel=1e-4)
        for answer, record in zip(answers, local.task.decodings[PLAIN](own), strict=True):
            assert answer["label"] == record.get("label", "LABEL_0")


@pytest.mark.slow
def test_a_card_names_no_other_pipeline(clean: CleanProcess, repos: dict[str, str]) -> None:
    code = """
import json, sys
from huggingface_hub import ModelCard
data = [ModelCard.load(repo).data for repo in sys.argv[1:]]
print(json.dumps([[one.pipeline_tag, getattr(one, "inference", None)] for one in data]))
"""
    found = json.loads(clean.python(code, *repos.values()))
    tag = "text-classification"
    assert dict(zip(repos, found, strict=True)) == {
        **{task: [None, False] for task in repos},
        "ynat": [tag, None],
        "sts": [tag, False],  # the Hub's page would ask about one text
        "nli": [tag, False],
    }


def rounded(text: str) -> Any:
    """JSON whose numbers differ by less than two machines' arithmetic does."""
    return json.loads(text, parse_float=lambda number: round(float(number), 3))


@pytest.mark.slow
def test_nothing_that_can_not_be_trusted_is_in_a_models_repository(
    hub: Hub, repos: dict[str, str]
) -> None:
    for task, repo in repos.items():
        files = set(hub.repo("model", repo).commit_at("v1.1.0").files)
        wanted = {"README.md", "config.json", "model.safetensors", "results/seed-0.json"}
        assert wanted <= files
        assert "training_args.bin" not in files
        assert any(name.startswith("modeling_") for name in files) == BASELINES[task].card.own_code
        assert ("klue_pipeline.py" in files) == (BASELINES[task].pipeline is not None)


@pytest.mark.slow
def test_a_result_has_the_revision_and_the_weights_of_an_encoder_on_the_hub(
    clean: CleanProcess, hub: Hub, tmp_path: Path
) -> None:
    pushed(clean, "model", KLUE_TINY)
    commit = hub.repo("model", "org/klue-tiny").commit_at("main")
    done = clean.klue(
        "train", "ynat", "--model", "org/klue-tiny", "--output", tmp_path / "ynat", "--json",
        "--results", tmp_path / "results", "--sample", "--epochs", 1,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["model"] == "org--klue-tiny"
    assert made["encoder"] == {
        "path": "org/klue-tiny",
        "revision": commit.oid,
        "digest": commit.files["model.safetensors"].sha256,
    }
    card = ModelCard.load(tmp_path / "ynat" / "README.md")
    assert card.data.base_model == "org/klue-tiny"
    assert commit.oid[:10] in card.text


DIGESTS = """
import hashlib, json, sys
from datasets import load_dataset
repo, *tasks = sys.argv[1:]
def digest(rows):
    found, count = hashlib.sha256(), 0
    for count, row in enumerate(rows, start=1):
        found.update(json.dumps(row, sort_keys=True).encode())
    return [count, found.hexdigest()]
result = {}
for task in tasks:
    stream = load_dataset(repo, task, streaming=True)
    for split, rows in load_dataset(repo, task).items():
        result[f"{task} {split}"] = [digest(rows), digest(stream[split])]
print(json.dumps(result))
"""


@pytest.mark.slow
def test_all_real_files_come_back(clean: CleanProcess, data_dir: list[Path]) -> None:
    pushed(clean, "data", "--data-dir", os.pathsep.join(map(str, data_dir)))
    read = json.loads(clean.python(DIGESTS, "org/klue", *TASKS))
    for task, record in TASKS.items():
        for split in resolve(record, data_dir).files:
            rows = load(task, split, data_dir=data_dir)
            expected = [len(rows), digest(rows)]
            assert read.pop(f"{task} {split}") == [expected, expected], (task, split)
    assert not read


def digest(rows: Any) -> str:
    """As in `DIGESTS`."""
    found = hashlib.sha256()
    for row in rows:
        found.update(json.dumps(row, sort_keys=True).encode())
    return found.hexdigest()


START = """
import os, runpy, sys
from huggingface_hub import snapshot_download
# Into a folder, as the Hub's machine has it: the cache would hold links to its files.
os.chdir(snapshot_download(sys.argv[1], repo_type="space", local_dir=sys.argv[2]))
sys.path.insert(0, os.getcwd())
runpy.run_path("app.py", run_name="__main__")
"""


@pytest.mark.slow
@pytest.mark.parametrize(("what", "repo"), [("metrics", "org/klue_metrics"), ("space", "org/klue")])
def test_a_space_starts_from_its_own_files(
    clean: CleanProcess, what: str, repo: str, tmp_path: Path
) -> None:
    pytest.importorskip("gradio")
    pushed(clean, what)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = clean.environment(
        GRADIO_SERVER_PORT=str(port), GRADIO_ANALYTICS_ENABLED="False", HOME=str(tmp_path)
    )
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", WITHOUT_THIS_PROJECT + START, repo, str(tmp_path / "app")],
        cwd=clean.work,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        page = wait_for(f"http://127.0.0.1:{port}/config", process)
    finally:
        process.terminate()
        process.wait()
    assert len(page["components"]) > 5


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 300) -> Any:
    """The JSON of an address, as soon as somebody answers there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the program has ended"
        with contextlib.suppress(OSError), urllib.request.urlopen(url) as answer:
            return json.load(answer)
        time.sleep(0.2)
    raise AssertionError(f"nobody answers at {url}")
