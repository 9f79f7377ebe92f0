"""A ninth task is one module a room and its line in each room's `tasks.py`, and nothing else.

The modules are in tests/ninth_task: the acceptability of Korean sentences, made up here. They are
put into a copy of the project, which then builds, trains, scores, compares, shows, pushes and reads
back nine tasks, each command a process of its own.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.clean_process import ROOT, CleanProcess
from tests.hub import Hub
from tests.ninth import MODULES, NAME, RECORDS, SENTENCES, write_data
from tests.test_house import ROOMS

pytestmark = pytest.mark.slow


def add_line(path: Path, after: str, line: str) -> None:
    """Put a line behind the last one that begins in a way."""
    lines = path.read_text(encoding="utf-8").splitlines()
    at = max(number for number, text in enumerate(lines) if text.startswith(after))
    lines.insert(at + 1, line)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with a ninth task, made as CONTRIBUTING says."""
    folder = tmp_path_factory.mktemp("house")
    for room in ROOMS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / room, folder / room, ignore=ignored)
    for room, record in RECORDS.items():
        shutil.copy(MODULES / room / f"{NAME}.py", folder / room)
        table = folder / room / "tasks.py"
        add_line(table, "from .", f"from .{NAME} import {record} as ACCEPTABILITY")
        add_line(table, '    "wos": ', f'    "{NAME}": ACCEPTABILITY,')
    module = folder / "klue_metrics" / "klue_metrics.py"
    add_line(module, "from .", f"from .{NAME} import METRIC as ACCEPTABILITY")
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The task's files in the official layout."""
    folder = tmp_path_factory.mktemp("data")
    write_data(folder)
    return folder


@pytest.fixture(scope="module")
def clean(hub: Hub, house: Path, tmp_path_factory: pytest.TempPathFactory) -> CleanProcess:
    """Processes that have the copy and not this project."""
    return CleanProcess(hub, tmp_path_factory.mktemp("clean"), root=house)


@pytest.fixture(scope="module")
def model(clean: CleanProcess, data: Path, tiny_encoder: Path) -> Path:
    """A model of the task, with its predictions and its result."""
    done(
        clean, "train", NAME, "--model", tiny_encoder, "--output", "runs/ninth", "--name", "tiny",
        "--data-dir", data,
    )  # fmt: skip
    return clean.work / "runs" / "ninth"


def done(clean: CleanProcess, *arguments: object) -> str:
    """What a command prints; it has to succeed."""
    answer = clean.klue(*arguments)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def said(clean: CleanProcess, *arguments: object) -> Any:
    return json.loads(done(clean, *arguments, "--json"))


def test_its_data_is_built_checked_and_described(clean: CleanProcess, data: Path) -> None:
    from datasets import load_dataset

    of_task = ("--task", NAME, "--data-dir", data)
    done(clean, "data", "build", "--out", "built/klue", *of_task)
    rows = load_dataset(str(clean.work / "built" / "klue"), NAME, split="validation")
    assert [(row["sentence"], row["label"]) for row in rows] == [
        (sentence, int(label == "unacceptable")) for sentence, label in SENTENCES
    ]
    assert NAME in done(clean, "data", "check", *of_task)
    assert "unacceptable" in done(clean, "data", "stats", *of_task)


def test_it_is_trained_predicted_scored_and_compared(
    clean: CleanProcess, data: Path, model: Path
) -> None:
    result = json.loads((model / "result.json").read_text(encoding="utf-8"))
    file = clean.work / "predictions.jsonl"
    done(clean, "predict", NAME, "--model", model, "--output", file, "--data-dir", data)
    given = ("--data-dir", data)
    scores = said(clean, "score", NAME, file, "--by", "label", *given)
    assert scores["scores"]["accuracy"] == result["scores"]["accuracy"]
    assert set(scores["by"]) == {"acceptable", "unacceptable"}
    assert said(clean, "compare", NAME, file, file, *given)["scores"]["accuracy"]["difference"] == 0
    assert NAME in done(clean, "report", "results")
    wrong = clean.work / "wrong.jsonl"
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    turned = {"acceptable": "unacceptable", "unacceptable": "acceptable"}
    wrong.write_text(
        "".join(json.dumps({**one, "label": turned[one["label"]]}) + "\n" for one in lines)
    )
    page = clean.work / "errors.html"
    worst = file if result["scores"]["accuracy"] < 100 else wrong
    shown = done(clean, "score", NAME, worst, "--errors", 2, "--html", page, *given)
    for view in (shown, page.read_text(encoding="utf-8")):
        assert any(sentence in view for sentence, _ in SENTENCES)


READ_BACK = """
import json, sys
import evaluate
from datasets import load_dataset
from huggingface_hub import ModelCard
from transformers import pipeline

rows = load_dataset("org/klue", "acceptability", split="validation")
metric = evaluate.load("org/klue_metrics", "acceptability")
card = ModelCard.load(sys.argv[1])
ask = pipeline(card.data.pipeline_tag, model=sys.argv[1])
labels = [answer["label"] for answer in ask(rows["sentence"][:])]
print(json.dumps(metric.compute(predictions=labels, references=rows["label"][:])))
"""


def test_it_is_pushed_and_read_back_by_a_stranger(
    clean: CleanProcess, data: Path, model: Path
) -> None:
    org = ("--org", "org")
    done(clean, "push", "data", *org, "--data-dir", data)
    done(clean, "push", "metrics", *org)
    (pushed,) = said(clean, "push", "model", model, *org)
    result = json.loads((model / "result.json").read_text(encoding="utf-8"))
    scores = json.loads(clean.python(READ_BACK, pushed["repo_id"]))
    assert scores == {"accuracy": result["scores"]["accuracy"]}
    assert NAME in done(clean, "leaderboard", *org)


PAGE = """
import json, sys
from pathlib import Path
from space_app.page import build, launch_options
from space_app.settings import Settings

settings = Settings(runs=Path(sys.argv[1]), data_dir=sys.argv[2], leaderboard=sys.argv[3])
blocks = build(settings)
config = json.dumps(blocks.get_config_file(), ensure_ascii=False, default=str)
print(json.dumps([word in config for word in ("문장 수용성", "Acceptability")]))
"""

ANSWER = """
import json, sys
from klue_baselines.pipeline import KluePipeline
from klue_datasets import load
from space_app.tasks import DEMOS
from space_app.texts import LANGUAGES

demo, row = DEMOS["acceptability"], load("acceptability", "validation", data_dir=sys.argv[2])[0]
pipeline = KluePipeline.from_pretrained("acceptability", sys.argv[1])
said = [
    [demo.answer(pipeline, language.of(demo.texts), row["sentence"]).html,
     demo.rows.show(row, language.of(demo.texts)).html]
    for language in LANGUAGES
]
print(json.dumps(said, ensure_ascii=False))
"""


def test_the_page_has_it_in_two_languages(clean: CleanProcess, data: Path, model: Path) -> None:
    built = clean.ours(PAGE, model.parent, data, clean.work / "board")
    assert json.loads(built.splitlines()[-1]) == [True, True]
    korean, english = json.loads(clean.ours(ANSWER, model, data).splitlines()[-1])
    assert "문법에 맞음" in korean[0] and "문법에 맞음" in korean[1]
    assert "sounds right" in english[0] and "sounds right" in english[1]
    assert SENTENCES[0][0] in korean[1]


def test_contributing_says_so() -> None:
    """What a ninth task touches is what CONTRIBUTING tells its author."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for room, record in RECORDS.items():
        assert re.search(rf"`{room}/`.*`{record} = ", text), room
    assert "klue_metrics/klue_metrics.py" in text
