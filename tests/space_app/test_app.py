"""The page as a repository of its own, and as a command."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires
from pathlib import Path
from urllib.request import urlopen

import pytest
import yaml

from klue_hub.contents import PACKAGES, space_upload

ROOT = Path(__file__).parents[2]


def write_space(folder: Path) -> None:
    """What `klue push space` would send, as files."""
    for name, content in space_upload("org").files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else Path(content).read_bytes())


def test_the_readme_is_what_the_hub_reads(tmp_path: Path) -> None:
    write_space(tmp_path / "space")
    text = (tmp_path / "space" / "README.md").read_text(encoding="utf-8")
    about = yaml.safe_load(text.split("---")[1])
    assert about["sdk"] == "gradio" and (tmp_path / "space" / about["app_file"]).is_file()
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert f"gradio=={about['sdk_version']}\n" in pinned


# Builds the page, does on each tab what a person does there, and prints the top-level modules that
# our code has imported meanwhile, and the packages of ours that were loaded.
USED = """
import builtins, json, os, sys
from pathlib import Path

space, runs, predictions, board = map(Path, sys.argv[1:])
ours = {path.parent.name for path in space.glob("*/__init__.py")}
asked, original = set(), builtins.__import__

def recorded(name, globals=None, locals=None, fromlist=(), level=0):
    if level == 0 and (globals or {}).get("__name__", "").partition(".")[0] in ours:
        asked.add(name.partition(".")[0])
    return original(name, globals, locals, fromlist, level)

builtins.__import__ = recorded

import gradio as gr
import space_app.board.hub_store  # for an operator who names a repository
from space_app.board.leaderboard import NOTES
from space_app.callers import Caller
from space_app.page import build
from space_app.services import Services
from space_app.settings import Settings
from space_app.tabs import comparison, data, leaderboard, score, submission, try_it
from space_app.tabs.context import Page
from space_app.tasks import DEMOS
from space_app.texts import ENGLISH

# As the Hub starts the folder: `app.py`, with settings from the environment.
os.environ |= {"KLUE_SPACE_SAMPLE": "1"}
import app
build(Settings.from_environment())
settings = Settings(runs=runs, sample=True, leaderboard=str(board))
services = Services.of(settings)
# Here, where imports are recorded, and not in a process of its own.
services.workers.work = lambda job: getattr(services.scorer, job[0])(job[1], *job[2])
page = Page(services, ENGLISH, gr.Blocks())
for task, demo in DEMOS.items():
    path = str(predictions / f"{task}.jsonl")
    try_it.answer_texts(page.for_tab(try_it.TAB), demo, (*demo.examples[0], ""), Caller(task))
    score.score_file(page.for_tab(score.TAB), task, path, "", False, Caller(task))
    data.show_examples(page.for_tab(data.TAB), task, "validation", "", "", "", 0)
    on_board = page.for_tab(leaderboard.TAB)
    for kind, notes in NOTES.items():
        about = {**dict.fromkeys(submission.FIELDS, ""), "model": f"a model {kind}"}
        about |= dict.fromkeys(notes, "train")
        submission.submit(on_board.of(submission.TEXTS), task, path, about, Caller(task), kind)
    a, b = (entry.id for entry in page.services.board.comparable(task))
    comparison.compare_entries(on_board, a, b, Caller(task))
    leaderboard.task_plot(on_board, task)
loaded = {name.partition(".")[0]: module for name, module in sys.modules.items()}
for name in ours & loaded.keys():
    assert Path(loaded[name].__file__).is_relative_to(space), loaded[name].__file__
used = sorted(asked - ours - sys.stdlib_module_names)
print(json.dumps({"used": used, "ours": sorted(ours & loaded.keys())}))
"""


def requirements() -> dict[str, str]:
    """The lines of the Space's requirements.txt, by package."""
    lines = (ROOT / "space_app" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return {line.partition(">=")[0]: line for line in lines if line and not line.startswith("#")}


def dependencies() -> dict[str, str]:
    """The project's dependencies, by package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {line.partition(">=")[0]: line for line in project["dependencies"]}


def brought_by(package: str) -> set[str]:
    """The packages that come with one, without its extras."""
    lines = [line for line in requires(package) or () if "extra ==" not in line]
    return {re.split(r"[^\w.-]", line)[0].lower() for line in lines}


def test_requirements_are_the_projects() -> None:
    assert requirements()
    assert requirements().items() <= dependencies().items()


@pytest.mark.slow
def test_the_folder_is_a_program_of_its_own_and_requires_what_it_imports(
    tiny_runs: Path, predictions: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "space"
    write_space(folder)
    arguments = (folder, tiny_runs, predictions["nli"].parent, tmp_path / "board")
    out = subprocess.check_output(
        [sys.executable, "-c", USED, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        text=True,
    )
    found = json.loads(out.splitlines()[-1])
    distributions = packages_distributions()
    used = {distributions[name][0].lower().replace("_", "-") for name in found["used"]}
    # The Hub brings gradio, by `sdk_version`, and what comes with it.
    used -= {"gradio", "huggingface-hub", "starlette"}
    assert sorted(requirements()) == sorted(used & dependencies().keys())
    brought = {name for package in requirements() for name in brought_by(package)}
    assert used - dependencies().keys() <= brought
    assert set(found["ours"]) <= {"space_app", *PACKAGES}


@pytest.mark.slow
def test_the_command_line_does_not_load_the_page() -> None:
    code = (
        "import sys; import klue_cli.app; assert 'gradio' not in sys.modules; "
        "print('space_app' in sys.modules)"
    )
    out = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)
    assert out.strip() == "False"


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def command(tmp_path: Path) -> Iterator[tuple[list[str], int, subprocess.Popen[str]]]:
    """`klue space` that runs until it is asked to end, its words and its port."""
    port = free_port()
    words = [sys.executable, "-m", "klue_cli", "space", "--sample", "--port", str(port)]
    words += ["--runs", str(tmp_path), "--leaderboard", str(tmp_path / "board")]
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        yield words, port, process
        process.kill()


@pytest.mark.slow
def test_the_command_serves_both_languages_until_it_is_interrupted(
    command: tuple[list[str], int, subprocess.Popen[str]],
) -> None:
    words, port, process = command
    texts = {"": "한국어 자연어 이해", "en": "Korean"}
    for path, text in texts.items():
        answer = wait_for(f"http://127.0.0.1:{port}/{path}", process)
        assert text in answer
    again = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert again.stderr.splitlines()[-1].startswith(
        f"klue: error: 127.0.0.1:{port}: cannot listen there"
    )
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) in (0, 130)
    assert process.stderr is not None and "Traceback" not in process.stderr.read()


def wait_for(address: str, process: subprocess.Popen[str]) -> str:
    """A page's text, as soon as it is served."""
    for _ in range(600):
        assert process.poll() is None, "the command has ended"
        try:
            with urlopen(address) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address}: no answer")
