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

from klue_baselines import run_folder
from klue_baselines.run_folder import Claim, RunFolder, State, alone, check_writable, checkpoints
from klue_common.errors import InputError


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_folder, "LOCK_TIMEOUT", 0.2)


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


def refusal(state: State, differing: list[str]) -> str:
    return f"{state.value} by another one, {', '.join(differing)}"


def test_a_folder_is_claimed_by_one_run(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run", "done.json", ("done.json", "run.json"))
    assert folder.claim({"seed": 1, "later": None}, refusal) == Claim(State.NEW)
    folder.mark({"seed": 1})
    # A name that the folder's files lack was not known when they were written: it is None there.
    started = folder.claim({"seed": 1, "later": None}, refusal)
    assert started == Claim(State.STARTED, {"seed": 1})
    with pytest.raises(InputError, match=f"{folder.path}: started by another one, seed, later"):
        folder.claim({"seed": 2, "later": 3}, refusal)
    (folder.path / "done.json").write_text('{"seed": 1, "scores": [2]}')
    finished = folder.claim({"seed": 1}, refusal)
    assert finished == Claim(State.FINISHED, {"seed": 1, "scores": [2]})
    with pytest.raises(InputError, match="finished by another one, seed"):
        folder.claim({"seed": 2}, refusal)
    assert folder.claim({"seed": 2}, refusal, overwrite=True) == Claim(State.NEW)
    assert not list(folder.path.iterdir())


def test_what_a_kill_left_is_removed(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, "done.json", ("run.json",))
    for step in (9, 10, 11):
        (tmp_path / "checkpoints" / f"checkpoint-{step}").mkdir(parents=True)
    for step in (9, 10):  # the state is written last
        (tmp_path / "checkpoints" / f"checkpoint-{step}" / "trainer_state.json").write_text("{}")
    (tmp_path / ".new.123").mkdir()
    (tmp_path / ".result.json.123").write_text("half a res")
    folder.claim({}, refusal)
    assert folder.last_checkpoint() == str(tmp_path / "checkpoints" / "checkpoint-10")
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoints"]
    assert [path.name for path in checkpoints(tmp_path)] == ["checkpoint-9", "checkpoint-10"]
    folder.drop_checkpoints()
    assert folder.last_checkpoint() is None


@pytest.mark.parametrize("content", [b"", b'{"task"', b"\xff", b"[]", b"[" * 100_000], ids=range(5))
def test_a_damaged_marker_says_how_to_go_on(content: bytes, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, "result.json", ["run.json"])
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(InputError) as caught:
        folder.claim({"task": "ynat"}, refusal)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'run.json'}: found ") and "\n" not in message
    assert message.endswith("--overwrite, or another folder, begins one anew")
    assert folder.claim({"task": "ynat"}, refusal, overwrite=True).state is State.NEW
