"""Submissions on a Hub: the one of the tests, asked by processes of their own."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hub import TOKEN, Hub

ROOT = Path(__file__).parents[3]
REPO = "org/klue-board"
# Reads numbers from the command line, appends them from as many threads, says what was accepted.
SUBMIT = """
import sys
from concurrent.futures import ThreadPoolExecutor
from space_app.board.hub_store import HubStore
from tests.space_app.made_entries import entry

store = HubStore("org/klue-board")
print("ready", flush=True)

def append(number):
    store.append(entry(number), b"%d\\n" % number)
    print(number, flush=True)

numbers = range(int(sys.argv[1]), int(sys.argv[2]))
with ThreadPoolExecutor(len(numbers)) as pool:
    list(pool.map(append, numbers))
"""
READ = """
import json
from space_app.board.hub_store import HubStore

store = HubStore("org/klue-board")
print(json.dumps([[int(e.id, 16), int(store.predictions(e.id))] for e in store.read()]))
"""


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as running:
        yield running
    assert not running.unknown


def started(hub: Hub, home: Path, code: str, *arguments: int) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "HF_ENDPOINT": hub.url,
        "HF_TOKEN": TOKEN,
        "HF_HOME": str(home),
        "HF_HUB_OFFLINE": "0",
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-c", code, *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True)


def output(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out


def numbers(lines: str) -> list[int]:
    return [int(line) for line in lines.split() if line != "ready"]


def content(hub: Hub, home: Path) -> list[list[int]]:
    found: list[list[int]] = json.loads(output(started(hub, home, READ)))
    return found


@pytest.mark.slow
def test_fifty_at_once_from_five_processes(hub: Hub, tmp_path: Path) -> None:
    writers = [started(hub, tmp_path, SUBMIT, 10 * at, 10 * at + 10) for at in range(5)]
    accepted = [number for writer in writers for number in numbers(output(writer))]
    assert sorted(accepted) == list(range(50))
    found = content(hub, tmp_path)
    assert sorted(number for number, _ in found) == list(range(50))
    assert all(number == predicted for number, predicted in found)
    assert sum("/commit/" in line for line in hub.seen) >= 50


@pytest.mark.slow
def test_troubles_on_the_way_lose_and_double_nothing(hub: Hub, tmp_path: Path) -> None:
    """A lost answer, a refusal, a connection cut while lines are read or written."""
    commit, lines = r"POST .*/commit/", r"GET .*/resolve/.*/submissions\.jsonl"
    troubles: list[dict[str, Any]] = [
        {"pattern": commit, "drop": "after"},
        {"pattern": commit, "drop": "middle"},
        {"pattern": commit, "status": 503},
        {"pattern": commit, "status": 412},
        {"pattern": lines, "drop": "before", "times": 3},
    ]
    assert numbers(output(started(hub, tmp_path, SUBMIT, 0, 1))) == [0]
    for number, trouble in enumerate(troubles, start=1):
        hub.fault(**trouble)
        writer = started(hub, tmp_path, SUBMIT, number, number + 1)
        assert numbers(output(writer)) == [number], trouble
    found = content(hub, tmp_path)
    assert [number for number, _ in found] == list(range(len(troubles) + 1))


@pytest.mark.slow
def test_what_was_accepted_outlives_sigkill(hub: Hub, tmp_path: Path) -> None:
    rng = random.Random(0)
    accepted: list[int] = []
    for attempt in range(4):
        writer = started(hub, tmp_path, SUBMIT, 100 * attempt, 100 * attempt + 40)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0.1, 0.5))
        writer.kill()
        accepted += numbers(writer.communicate()[0])
    found = content(hub, tmp_path)
    there = [number for number, _ in found]
    assert accepted
    assert set(accepted) <= set(there) and len(there) == len(set(there))
    assert all(number == predicted for number, predicted in found)
    assert numbers(output(started(hub, tmp_path, SUBMIT, 900, 901))) == [900]
