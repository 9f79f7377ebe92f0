"""Where tasks run: settings, and what is wrong with them."""

from __future__ import annotations

import os
import signal
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
from klue_pretraining.executor_settings import options_of
from klue_pretraining.executors import Execution, run
from klue_pretraining.shards import opened_shares


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
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        said = refused(Execution("ray", 1, {"address": address}), raw, tmp_path)
    assert said.startswith(f"ray: found '{address}' (timed out), expected a Ray cluster")
    monkeypatch.setitem(sys.modules, "ray", None)
    said = refused(Execution("ray"), raw, tmp_path)
    assert said.startswith("ray: not installed, expected it for --executor ray (pip install")
    said = refused(Execution("hf-jobs"), raw, tmp_path)
    assert said.startswith("--out: found a path, expected an address")
    monkeypatch.setenv("PATH", "")
    slurm = Execution("slurm", 1, {"partition": "cpu", "time": "1:00:00"})
    assert "found no sbatch" in refused(slurm, raw, tmp_path)


SBATCH = """#!/bin/sh
# Runs the tasks of a job at once, where Slurm would queue them; not those that add up statistics.
for script; do :; done
grep -q dependency=afterok "$script" && echo "Submitted batch job 2" && exit
last=$(sed -n 's/^#SBATCH --array=0-\\([0-9]*\\).*/\\1/p' "$script")
for task in $(seq 0 "$last"); do
    SLURM_ARRAY_TASK_ID=$task SLURM_NODELIST=node1 sh "$script" >> "$0.log" 2>&1
done
echo "Submitted batch job 1"
"""


@pytest.mark.slow
def test_slurm_gets_jobs_that_make_the_corpus(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(benchmark=(), near_duplicates=False)
    here = make_corpus([str(raw)], tmp_path / "here.jsonl", settings)
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "sbatch").write_text(SBATCH)
    (programs / "squeue").write_text("#!/bin/sh\n")
    (programs / "scontrol").write_text('#!/bin/sh\necho "$3"\n')
    for program in programs.iterdir():
        program.chmod(0o755)
    places = str(programs), str(Path(sys.executable).parent), os.environ["PATH"]
    monkeypatch.setenv("PATH", os.pathsep.join(places))
    options = {"partition": "cpu", "time": "1:00:00", "with_srun": False, "tasks_per_job": 2}
    slurm, out = Execution("slurm", 2, options), tmp_path / "there.jsonl"
    there = make_corpus([str(raw)], out, settings, execution=slurm, tasks=2)
    assert there.sha256 == here.sha256
    (programs / "sbatch").write_text("#!/bin/sh\necho Submitted batch job 3\n")
    out.unlink()
    with pytest.raises(RunError, match=r"found 2 of 2 tasks that did not .*nothing of theirs"):
        make_corpus([str(raw)], out, settings, execution=slurm, tasks=2)
    assert not out.exists()


def test_a_folder_that_is_not_shared(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"shares\.json: found no such file on .* machines share"):
        opened_shares(str(tmp_path / "shares.json"))


class Fatal(Counting):
    """A step whose process is killed."""

    def run(self, data: Documents | None = None, rank: int = 0, world_size: int = 1) -> Documents:
        if rank == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        yield from ()


@pytest.mark.slow
def test_a_process_that_is_killed_ends_the_run(tmp_path: Path) -> None:
    step = Fatal(str(tmp_path))
    with pytest.raises(RunError, match="found a process that was killed"):
        run(Execution(workers=2), [step], 3, str(tmp_path / "logs"), "fatal")
