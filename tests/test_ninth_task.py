"""A ninth task is one module a room and its line in each room's `tasks.py`, and nothing else.

The modules are in tests/ninth_task: the acceptability of Korean sentences, made up here. They are
put into a copy of the project, which then builds, trains, scores, compares, shows, pushes and reads
back nine tasks.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.clean_process import ROOT, CleanProcess
from tests.hub import Hub
from tests.ninth import MODULES, NAME, RECORDS, SENTENCES, write_data
from tests.test_house import ROOMS

pytestmark = pytest.mark.slow
PREDICTED = "predictions.jsonl"


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
    """A model of the task, with its result, and its predictions as `klue predict` writes them."""
    folder, given = clean.work / "runs" / "ninth", ("--data-dir", data)
    clean.commands(
        ["train", NAME, "--model", tiny_encoder, "--output", folder, "--name", "tiny", *given],
        ["predict", NAME, "--model", folder, "--output", clean.work / PREDICTED, *given],
    )
    return folder


def test_its_data_is_built_checked_and_described(clean: CleanProcess, data: Path) -> None:
    from datasets import load_dataset

    of_task = ("--task", NAME, "--data-dir", data)
    _, checked, described = clean.commands(
        ["data", "build", "--out", "built/klue", *of_task],
        ["data", "check", *of_task],
        ["data", "stats", *of_task],
    )
    rows = load_dataset(str(clean.work / "built" / "klue"), NAME, split="validation")
    assert [(row["sentence"], row["label"]) for row in rows] == [
        (sentence, int(label == "unacceptable")) for sentence, label in SENTENCES
    ]
    assert NAME in checked
    assert "unacceptable" in described


def test_it_is_trained_predicted_scored_and_compared(
    clean: CleanProcess, data: Path, model: Path
) -> None:
    result = json.loads((model / "result.json").read_text(encoding="utf-8"))
    file, given = clean.work / PREDICTED, ("--data-dir", data)
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    turned = {"acceptable": "unacceptable", "unacceptable": "acceptable"}
    wrong = clean.work / "wrong.jsonl"
    wrong.write_text(
        "".join(json.dumps({**one, "label": turned[one["label"]]}) + "\n" for one in lines)
    )
    worst = file if result["scores"]["accuracy"] < 100 else wrong
    page = clean.work / "errors.html"
    scored, compared, report, shown = clean.commands(
        ["score", NAME, file, "--by", "label", *given, "--json"],
        ["compare", NAME, file, file, *given, "--json"],
        ["report", "results"],
        ["score", NAME, worst, "--errors", 2, "--html", page, *given],
    )
    scores = json.loads(scored)
    assert scores["scores"]["accuracy"] == result["scores"]["accuracy"]
    assert set(scores["by"]) == {"acceptable", "unacceptable"}
    assert json.loads(compared)["scores"]["accuracy"]["difference"] == 0
    assert NAME in report
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
    _, _, said, board = clean.commands(
        ["push", "data", *org, "--data-dir", data],
        ["push", "metrics", *org],
        ["push", "model", model, *org, "--json"],
        ["leaderboard", *org],
    )
    (pushed,) = json.loads(said)
    result = json.loads((model / "result.json").read_text(encoding="utf-8"))
    scores = json.loads(clean.python(READ_BACK, pushed["repo_id"]))
    assert scores == {"accuracy": result["scores"]["accuracy"]}
    assert NAME in board


PAGE = """
import json, sys
from pathlib import Path
from space_app.page import build, launch_options
from space_app.settings import Settings

model = Path(sys.argv[1])
settings = Settings(runs=model.parent, data_dir=sys.argv[2], leaderboard=sys.argv[3])
blocks = build(settings)
config = json.dumps(blocks.get_config_file(), ensure_ascii=False, default=str)
built = [word in config for word in ("문장 수용성", "Acceptability")]

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
print(json.dumps([built, *said], ensure_ascii=False))
"""


def test_the_page_has_it_in_two_languages(clean: CleanProcess, data: Path, model: Path) -> None:
    said = clean.ours(PAGE, model, data, clean.work / "board")
    built, korean, english = json.loads(said.splitlines()[-1])
    assert built == [True, True]
    assert "문법에 맞음" in korean[0] and "문법에 맞음" in korean[1]
    assert "sounds right" in english[0] and "sounds right" in english[1]
    assert SENTENCES[0][0] in korean[1]


def test_contributing_says_so() -> None:
    """What a ninth task touches is what CONTRIBUTING tells its author."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for room, record in RECORDS.items():
        assert re.search(rf"`{room}/`.*`{record} = ", text), room
    assert "klue_metrics/klue_metrics.py" in text
