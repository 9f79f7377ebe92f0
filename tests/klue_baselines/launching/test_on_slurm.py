"""Array jobs by submitit; Slurm's own commands are stood in for, what they start is real."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from klue_baselines.bench import Outcome, bench
from klue_baselines.launching.on_slurm import on_slurm
from klue_baselines.training.run import Run
from klue_common.errors import InputError, RunError
from tests.klue_baselines.launching.test_side_by_side import two_tasks, what_counts

pytest.importorskip("submitit", reason="no submitit: pip install 'klue-hub[cluster]'")

SBATCH = """#!/bin/bash
cp "$1" {folder}/job.sh
echo "Submitted batch job 7"
"""
SRUN = """#!/bin/bash
shift 5  # --unbuffered --output FILE --error FILE
exec "$@"
"""
SACCT = """#!/bin/bash
echo "JobID|State|NodeList"
echo "7_0|$(cat {folder}/state)|one"
echo "7_1|$(cat {folder}/state)|one"
"""
OF_A_JOB = {"NTASKS": 1, "JOB_NUM_NODES": 1, "NODEID": 0, "PROCID": 0, "LOCALID": 0}


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What stands in for Slurm: its folder holds the job that was submitted, and its state."""
    folder = tmp_path / "slurm's"
    folder.mkdir()
    for name, text in [("sbatch", SBATCH), ("srun", SRUN), ("sacct", SACCT)]:
        (folder / name).write_text(text.format(folder=shlex.quote(str(folder))))
        (folder / name).chmod(0o755)
    (folder / "state").write_text("PENDING")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    return folder


def start(slurm: Path, at: int) -> int:
    """Do what Slurm does when a job of the array gets its turn."""
    values = {**OF_A_JOB, "JOB_ID": 70 + at, "ARRAY_JOB_ID": 7, "ARRAY_TASK_ID": at}
    own = {f"SLURM_{name}": str(value) for name, value in values.items()}
    own |= {"SLURM_JOB_NODELIST": "one", "SLURM_CPUS_PER_TASK": "1"}
    return subprocess.run(["bash", slurm / "job.sh"], env=os.environ | own).returncode


@pytest.mark.slow
def test_an_array_job_ends_in_the_numbers_of_one_by_one(
    slurm: Path,
    tiny_encoder: Path,
    tmp_path: Path,
    in_turn: list[Outcome],
    capfd: pytest.CaptureFixture[str],
) -> None:
    runs = two_tasks(tiny_encoder, tmp_path / "out")
    runs[1] = replace(runs[1], eval_split="validation[:0]")  # a run that fails
    settings = {"partition": "short", "time": 30, "cpus_per_task": 1}
    launch = partial(on_slurm, folder=tmp_path / "out" / "slurm", settings=settings)
    outcomes = bench(runs, launch)
    assert [(one.result, one.failure) for one in outcomes] == [(None, "")] * 2
    assert "[2/2] nli seed 1: submitted, job 7_1\n" in capfd.readouterr().err
    script = (slurm / "job.sh").read_text()
    for line in ("--array=0-1%2", "--partition=short", "--time=30", "--cpus-per-task=1"):
        assert f"#SBATCH {line}\n" in script

    (slurm / "job.sh").rename(slurm / "first.sh")
    bench(runs, launch)
    assert "[1/2] ynat seed 1: waits for job 7_0 (PENDING), as " in capfd.readouterr().err
    assert not (slurm / "job.sh").exists()  # nothing was submitted twice

    (slurm / "first.sh").rename(slurm / "job.sh")
    assert [start(slurm, at) != 0 for at in (0, 1)] == [False, True]
    outcomes = bench(runs, launch)
    assert what_counts(outcomes[0]) == what_counts(in_turn[0])
    assert outcomes[1].result is None
    assert "[2/2] nli seed 1: submitted, job 7" in capfd.readouterr().err  # it is tried again


RUNS = {"a": Run("ynat", "enc", Path("a")), "b": Run("nli", "enc", Path("b"))}


def test_a_dry_run_prints_the_job_where_there_is_no_slurm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    on_slurm(RUNS, tmp_path / "slurm", {"qos": "low"}, dry_run=True)
    said = capsys.readouterr().out
    assert said.startswith("#!/bin/bash\n")
    for line in ("--array=0-1%2", "--qos=low", "--time=1440", "--job-name=klue-bench"):
        assert f"#SBATCH {line}\n" in said
    assert f"-u -m submitit.core._submit {tmp_path / 'slurm'}" in said
    assert not [*tmp_path.iterdir()]
    with pytest.raises(InputError, match=r'^--launcher: Could not detect "srun".*--dry-run needs'):
        on_slurm(RUNS, tmp_path / "slurm", {})
    assert on_slurm({}, tmp_path / "slurm", {}) == {}  # nothing is left to do


def test_what_slurm_or_submitit_refuses_is_a_line(slurm: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^--slurm: Unavailable parameter\(s\): \['tyme'\]"):
        on_slurm(RUNS, tmp_path / "jobs", {"tyme": 3})
    (slurm / "sbatch").write_text("#!/bin/bash\necho 'invalid partition specified' >&2; exit 1")
    with pytest.raises(RunError, match=r"^sbatch: .*invalid partition specified"):
        on_slurm(RUNS, tmp_path / "jobs", {})
