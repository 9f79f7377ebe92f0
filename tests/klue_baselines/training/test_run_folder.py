"""A folder is for one run at a time, and is known to be writable before a run begins."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from klue_baselines.training.run import run_folder as folders
from klue_baselines.training.run_folder import alone, check_writable
from klue_common.errors import InputError


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "PATIENCE", 0.2)


def enter(folder: Path) -> None:
    with alone(folder):
        pass


def test_a_second_run_is_refused_while_the_first_is_at_work(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "ynat"
    with alone(folder):
        with pytest.raises(InputError, match=f"{folder}: found another run at work there"):
            enter(folder)
        enter(tmp_path / "runs" / "nli")  # another one is free
    enter(folder)
    assert not list(folder.iterdir())


def test_a_run_that_fails_gives_its_folder_back(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), alone(tmp_path):
        raise ZeroDivisionError
    enter(tmp_path)


def hold(folder: Path, said: Any) -> None:
    with alone(folder):
        said.send("held")
        time.sleep(60)


def test_a_killed_run_gives_its_folder_back(tmp_path: Path) -> None:
    heard, said = multiprocessing.get_context("fork").Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=hold, args=(tmp_path, said))
    process.start()
    assert heard.recv() == "held"
    with pytest.raises(InputError, match="another run at work"):
        enter(tmp_path)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    enter(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("check", [enter, check_writable])
def test_what_cannot_be_written_is_one_line(check: Callable[[Path], None], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file" / "below", tmp_path / "file", Path("/proc/klue")):
        with pytest.raises(InputError) as refused:
            check(folder)
        place, _, reason = str(refused.value).partition(": ")
        assert str(folder).startswith(place)
        assert reason
        assert "\n" not in reason


def test_looking_leaves_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b")
    check_writable(Path("a") / "b")
    assert not list(tmp_path.iterdir())
    assert not Path("a").exists()
