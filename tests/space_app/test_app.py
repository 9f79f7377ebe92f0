"""The page as a repository of its own, and as a command."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
import yaml

from klue_hub.contents import space_upload

ROOT = Path(__file__).parents[2]


def write_space(folder: Path) -> None:
    """What `klue push space` would send, as files."""
    for name, content in space_upload("org").files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else Path(content).read_bytes())


@pytest.mark.slow
def test_the_folder_is_a_program_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "space"
    write_space(folder)
    code = (
        "import app, space_app.page as page; from space_app.settings import Settings; "
        "blocks = page.build(Settings.from_environment()); print(page.__file__)"
    )
    environment = {**os.environ, "KLUE_SPACE_SAMPLE": "1", "PYTHONPATH": str(folder)}
    out = subprocess.check_output(
        [sys.executable, "-c", code], cwd=folder, env=environment, text=True
    )
    assert Path(out.strip().splitlines()[-1]).parent == folder / "space_app"


def test_the_readme_is_what_the_hub_reads(tmp_path: Path) -> None:
    write_space(tmp_path / "space")
    text = (tmp_path / "space" / "README.md").read_text(encoding="utf-8")
    about = yaml.safe_load(text.split("---")[1])
    assert about["sdk"] == "gradio" and (tmp_path / "space" / about["app_file"]).is_file()
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert f"gradio=={about['sdk_version']}\n" in pinned


def test_requirements_are_the_projects(tmp_path: Path) -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "space_app" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = {line for line in lines if line and not line.startswith("#")}
    # The Hub brings gradio, by `sdk_version`, and huggingface_hub with it.
    assert wanted == {d for d in project["dependencies"] if not d.startswith("huggingface-hub")}


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
