"""What was started with `python -m` in the first release is started still."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from klue_baselines.moved import PROGRAMS


@pytest.mark.parametrize("old", PROGRAMS)
def test_old_and_new_are_there(old: str) -> None:
    spec = importlib.util.find_spec(old)
    assert spec is not None and spec.origin is not None
    assert f'go_on("{old}")' in Path(spec.origin).read_text(encoding="utf-8")
    assert importlib.util.find_spec(PROGRAMS[old]) is not None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "arguments", "shown"),
    [
        ("klue_baselines.cli", ["report", "--help"], "table of all results"),
        ("klue_baselines.pretraining.klue_tiny", ["--help"], "--gains"),
    ],
)
def test_it_goes_on(old: str, arguments: list[str], shown: str) -> None:
    done = subprocess.run([sys.executable, "-m", old, *arguments], capture_output=True, text=True)
    assert done.returncode == 0 and shown in done.stdout, done.stderr
    assert f"{old} has moved: python -m {PROGRAMS[old]}" in done.stderr.splitlines()
