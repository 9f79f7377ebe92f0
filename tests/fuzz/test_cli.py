"""Command lines: any option of any command with any value, and paths that lead nowhere."""

from __future__ import annotations

import os
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import example, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from klue_cli import app as cli
from klue_datasets import TASKS
from tests.fuzz.damage import ODD_TEXTS
from tests.fuzz.harness import ask, check_line, often

# Commands and arguments of which each ends at once: what they need is missing or small.
SEEDS = (
    "train nli --model no/such --output new --sample",
    "predict nli --model no/such --output new.jsonl --sample",
    "label nli there/predictions.jsonl --model no/such --out new.jsonl",
    "label ynat - --model no/such --skip-bad",
    "report there",
    "score nli there/predictions.jsonl --sample --json",
    "score dp new.jsonl --sample --confidence 0.9 --n-resamples 5 --seed 1",
    "compare nli there/predictions.jsonl new.jsonl --sample",
    "bench --model no/such --output new --tasks nli --seeds 1 --sample",
    "bench --model no/such --settings there/settings.toml --sample",
    "data build --out new --sample --task sts",
    "data check --task sts --data-dir there",
    "data stats --sample --task sts --json",
    "push model there --org o --dry-run",
    "pretrain corpus there/predictions.jsonl --out new.txt --sample --benchmark none --workers 1",
    "pretrain tokenizer there/predictions.jsonl --out new --sample --no-analyser",
    "pretrain model there/predictions.jsonl --tokenizer there --out new --preset tiny",
    "leaderboard --org o",
)
VALUES = (
    *ODD_TEXTS, *TASKS, "file", "there", "file/x", "new/x", "astray", "x" * 5000, "0", "-1", "1e400", "inf", "nan",
    "4294967296", "9" * 400, "0.5", "1,2,,3", "train[:10%]", "validation[", "train[5:2]", "[:", ":", "::", "/", "//x",
    "~", "~nobody/x", "http://127.0.0.1:1/x", "org/name", "a/b/c", "--help", "--", "-x", "--json=1", "wrong", "label",
)  # fmt: skip


@cache
def options() -> tuple[str, ...]:
    """Return the options of all commands."""

    def of(command: Any) -> set[str]:
        inner = getattr(command, "commands", {}).values()
        own = {name for param in command.params for name in param.opts if name.startswith("-")}
        return own.union(*map(of, inner))

    return tuple(sorted(of(typer.main.get_command(cli.app)) - {"--trust-remote-code", "--workers"}))


@st.composite
def command_lines(draw: Any) -> list[str]:
    """Draw a command line: a right one with a few changes."""
    words = shlex.split(draw(st.sampled_from(SEEDS)))
    values = st.sampled_from(VALUES).filter(lambda value: "\x00" not in value)
    for _ in range(draw(st.integers(1, 3))):
        way, place = draw(st.integers(0, 5)), draw(st.integers(1, len(words)))
        if way < 2:
            words[place:place] = [draw(st.sampled_from(options())), draw(values)]
        elif way == 2 and place < len(words):
            del words[place]
        elif way == 3:
            words.insert(place, draw(st.sampled_from(options())))
        elif place < len(words):
            words[place] = draw(values)
    return words


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a file and a folder in it, no Hub and no data."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("KLUE_DATA_DIR", str(tmp_path / "there"))
    (tmp_path / "file").write_text("x")
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "predictions.jsonl").write_text('{"guid": "a", "label": "neutral"}\n')
    (tmp_path / "there" / "settings.toml").write_text("[nli]\nepochs = 1\n")
    (tmp_path / "astray").symlink_to("nowhere")
    return tmp_path


@often(15, 700)
@given(words=command_lines())
@example(["train", "nli", "--model", "x" * 5000, "--output", "new", "--sample"])
def test_command_lines(folder: Path, words: list[str]) -> None:
    def run() -> str:
        done = CliRunner().invoke(cli.app, words, input="")
        error = done.exception
        if error is not None and not isinstance(error, SystemExit):
            raise error
        typers = "Usage" in done.output or "─ Error ─" in done.output  # its own box
        if isinstance(error, SystemExit) and error.code == 2 and not typers:
            check_line(done.output.strip())
        return done.output

    before = os.environ.copy()
    ask("command line", run)
    os.environ.clear()
    os.environ.update(before)
    half_made = [path for path in folder.rglob(".*") if path.name.endswith((".tmp", ".part"))]
    assert not half_made, half_made
