"""Where tasks run: settings, and what is wrong with them."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from klue_cli.pretrain import app
from klue_common.errors import InputError, RunError
from klue_pretraining.cleaning import Settings
from klue_pretraining.corpus import make_corpus
from klue_pretraining.counting import Counting, Documents
from klue_pretraining.executors import Execution, options_of, run


def test_settings_are_those_of_the_executor(tmp_path: Path) -> None:
    path = tmp_path / "slurm.toml"
    path.write_text('partition = "cpu"\ntime = "12:00:00"\nmem_per_cpu_gb = 4\n')
    assert options_of("slurm", path)["mem_per_cpu_gb"] == 4
    assert options_of("local", None) == options_of("ray", None) == {}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("ray", "adress = 'x'", r"ray\.toml: found 'adress', expected one of address, cpus_per"),
        ("slurm", "partition = 'cpu'", "found no 'time', expected it for slurm"),
        ("slurm", "tasks = 3", "found 'tasks', expected one of"),
        ("local", "time = 'x'", "found 'time', expected none for local"),
        ("ray", "a =", r"ray\.toml: found .*expected settings \(TOML\)"),
    ],
)
def test_settings_that_are_none(name: str, text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "ray.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        options_of(name, path)


def test_an_executor_that_is_none(raw: Path, tmp_path: Path) -> None:
    arguments = ["corpus", str(raw), "--out", str(tmp_path / "out.jsonl"), "--executor", "spark"]
    error = CliRunner().invoke(app, arguments).exception
    assert isinstance(error, InputError)
    assert "--executor: found 'spark', expected one of local, ray, slurm, hf-jobs" in str(error)


def refused(execution: Execution, raw: Path, tmp_path: Path) -> str:
    with pytest.raises(InputError) as caught:
        make_corpus([str(raw)], tmp_path / "out.jsonl", Settings(benchmark=()), execution=execution)
    assert not list(tmp_path.iterdir())
    return str(caught.value)


def test_a_cluster_that_is_not_there(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    pytest.importorskip("ray")
    said = refused(Execution("ray", 1, {"address": address}), raw, tmp_path)
    assert said.startswith(f"ray: found '{address}' (")
    monkeypatch.setitem(sys.modules, "ray", None)
    said = refused(Execution("ray"), raw, tmp_path)
    assert said.startswith("ray: not installed, expected it for --executor ray (pip install")
    said = refused(Execution("hf-jobs"), raw, tmp_path)
    assert said.startswith("--out: found a path, expected an address")
    monkeypatch.setenv("PATH", "")
    slurm = Execution("slurm", 1, {"partition": "cpu", "time": "1:00:00"})
    assert "found no sbatch" in refused(slurm, raw, tmp_path)


class Fatal(Counting):
    """A step whose process is killed."""

    def run(self, data: Documents | None = None, rank: int = 0, world_size: int = 1) -> Documents:
        import os
        import signal

        if rank == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        yield from ()


@pytest.mark.slow
def test_a_process_that_is_killed_ends_the_run(tmp_path: Path) -> None:
    step = Fatal(str(tmp_path))
    with pytest.raises(RunError, match="found a process that was killed"):
        run(Execution(workers=2), [step], 3, str(tmp_path / "logs"), "fatal")
