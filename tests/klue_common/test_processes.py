"""The same run started twice, and what becomes of processes whose parent is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from klue_baselines.bench import bench, plan
from klue_baselines.run_folder import alone
from klue_baselines.training.run import Run

PROC = Path("/proc")
SECONDS = 5  # that a process may take to notice
CORPUS = """
import sys
from pathlib import Path
from klue_pretraining.cleaning import Settings
from klue_pretraining.corpus import make_corpus
settings = Settings(benchmark=(), near_duplicates=False, workers=2)
make_corpus([sys.argv[1]], Path(sys.argv[2]), settings)
"""


def running() -> Iterator[tuple[int, int]]:
    """Every process that has not ended, and its parent."""
    for path in PROC.glob("[0-9]*/stat"):
        try:
            state, parent, *_ = path.read_text().rpartition(")")[2].split()
        except OSError:  # it ended while we looked
            continue
        if state != "Z":
            yield int(path.parent.name), int(parent)


def children(process: int) -> set[int]:
    return {pid for pid, parent in running() if parent == process}


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not (done := holds()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return done


@pytest.mark.slow
@pytest.mark.skipif(not PROC.is_dir(), reason="no /proc: processes cannot be listed here")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_workers_of_a_corpus_end_with_it(end: signal.Signals, tmp_path: Path) -> None:
    source = tmp_path / "raw.jsonl"
    sentence = "도서관은 매주 {}번째 월요일에 쉬고 나머지 날에는 밤 아홉 시까지 문을 연다고 밝혔다."
    with source.open("w", encoding="utf-8") as file:
        file.writelines(
            json.dumps({"text": sentence.format(number)}) + "\n" for number in range(100_000)
        )
    command = [sys.executable, "-c", CORPUS, str(source), str(tmp_path / "corpus.jsonl")]
    run, workers = subprocess.Popen(command, stderr=subprocess.DEVNULL), set[int]()
    try:
        assert wait_until(lambda: len(children(run.pid)) == 2 or run.poll() is not None, 120)
        workers = children(run.pid)
        assert len(workers) == 2
        run.send_signal(end)
        assert run.wait() == -end
        assert wait_until(lambda: not workers & {pid for pid, _ in running()}, SECONDS)
    finally:
        run.kill()
        for pid in workers & {pid for pid, _ in running()}:
            os.kill(pid, signal.SIGKILL)
    assert not (tmp_path / "corpus.jsonl").exists()


@pytest.mark.slow
def test_the_same_run_started_twice(tiny_encoder: Path, tmp_path: Path) -> None:
    output = tmp_path / "run"
    klue = [sys.executable, "-m", "klue_cli"]
    own = ["--model", str(tiny_encoder), "--sample", "--results", str(tmp_path / "results")]
    train = [*klue, "train", "ynat", *own, "--output", str(output), "--epochs", "2000"]
    first = subprocess.Popen(train, stderr=subprocess.DEVNULL)
    try:
        assert wait_until(lambda: (output / "run.json").exists() or first.poll() is not None, 120)
        second = subprocess.run(train, capture_output=True, text=True, check=False)
        assert first.poll() is None
    finally:
        first.kill()
        first.wait()
    line = f"klue: error: {output}: found another run at work there, expected its end"
    assert second.returncode == 2
    assert second.stderr.strip().splitlines()[-1].startswith(line)
    shorter = [*train[:-1], "1", "--overwrite"]  # of a killed run the folder is free at once
    third = subprocess.run(shorter, capture_output=True, text=True, check=False)
    assert third.returncode == 0, third.stderr[-2000:]
    assert not (output / ".lock").exists()


@pytest.mark.slow
def test_a_bench_names_the_run_that_another_process_does(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    base = Run("ynat", str(tiny_encoder), tmp_path, sample=True, results=None)
    runs = plan(base, ["ynat"], [0], {})
    with alone(runs[0].output):
        (outcome,) = bench(runs)
    assert outcome.result is None
    assert f"{runs[0].output}: found another run at work there" in outcome.failure
