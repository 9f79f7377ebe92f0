"""The runs of a bench as an array job on Slurm, by submitit; a run that is out of time goes on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from klue_common.errors import InputError, RunError, one_line
from klue_common.extras import package
from klue_common.own_files import json_text, read_json
from klue_common.progress import note
from klue_datasets.files import write_text

from ..library_internals import array_script
from ..training.settings import Run
from .apart import Place, do, take

JOBS = "jobs.json"  # which job each run's folder was given to
MARKED = "the jobs of runs; without it all are submitted anew"
ENDED = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "OUT_OF_ME", "NODE_FAIL", "DEADLINE")
DAY = 24 * 60  # minutes that a run may take, where nothing else is asked for


def on_slurm(
    runs: Mapping[str, Run], folder: Path, settings: Mapping[str, Any], dry_run: bool = False
) -> dict[str, str]:
    """Submit runs as an array job, by their titles; nobody waits for them.

    Args:
        runs: by their titles.
        folder: for what submitit keeps of the jobs, and their output; all nodes have to see it.
        settings: submitit's for Slurm, like `partition`, `time` (minutes) and `cpus_per_task`.
        dry_run: print the job's script and submit nothing.

    Returns:
        No failures: what became of a run is found in its folder.

    Raises:
        InputError: there is no submitit or no Slurm here, or a setting is wrong.
        RunError: Slurm refuses the job.
    """
    if not runs:
        return {}
    executor = open_executor(folder, settings, on_paper=dry_run)
    if dry_run:
        print(array_script(executor, len(runs)))
        return {}
    known = jobs_in(folder)
    waiting = {title: job for title, run in runs.items() if (job := job_of(run, known, folder))}
    for title, job in waiting.items():
        note(f"{title}: {job}")
    left = {title: run for title, run in runs.items() if title not in waiting}
    if left:
        submit(executor, left, folder)
    return {}


def open_executor(folder: Path, settings: Mapping[str, Any], on_paper: bool) -> Any:
    """Return what submits, or with `on_paper` what could write a job where there is no Slurm.

    Raises:
        InputError: there is no submitit or no Slurm here, or a setting is wrong.
    """
    package("submitit", "cluster", "--launcher slurm")
    import submitit

    class OnPaper(submitit.SlurmExecutor):
        @classmethod
        def affinity(cls) -> int:
            return 1

    try:
        kind = OnPaper if on_paper else submitit.SlurmExecutor
        executor = kind(folder.absolute())
        executor.update_parameters(**{"job_name": "klue-bench", "time": DAY, **settings})
    except RuntimeError as error:
        raise InputError(f"--launcher: {one_line(error)}; --dry-run needs none") from None
    except (TypeError, ValueError) as error:
        raise InputError(f"--slurm: {' '.join(str(error).split())}") from None
    return executor


def submit(executor: Any, runs: Mapping[str, Run], folder: Path) -> None:
    """Submit runs as one array job, and note down which folder each job is for.

    Raises:
        RunError: Slurm refuses the job.
    """
    from submitit.core.utils import FailedJobError, FailedSubmissionError

    try:
        with executor.batch():
            jobs = [executor.submit(Task(), run) for run in runs.values()]
    except (OSError, FailedJobError, FailedSubmissionError) as error:
        raise RunError(f"sbatch: {' '.join(str(error).split())}") from None
    known = jobs_in(folder)
    known.update(
        {str(run.output): job.job_id for run, job in zip(runs.values(), jobs, strict=True)}
    )
    write_text(folder / JOBS, json_text(known))
    for title, job in zip(runs, jobs, strict=True):
        note(f"{title}: submitted, job {job.job_id}")
    note(f"{folder}: scripts and logs; the same command later shows the table of what is done")


def jobs_in(folder: Path) -> dict[str, Any]:
    """Return the jobs that were submitted, by the folder of their run."""
    return dict(read_json(folder / JOBS, MARKED)) if (folder / JOBS).exists() else {}


def job_of(run: Run, known: Mapping[str, Any], folder: Path) -> str:
    """Return the job that a run was given to and is in still, in words; "" where there is none."""
    import submitit

    job = known.get(str(run.output))
    if job is None:
        return ""
    submitted = submitit.SlurmJob(folder=folder.absolute(), job_id=str(job))
    state = submitted.state
    if submitted.done() or state.startswith(ENDED):
        return ""
    return f"waits for job {job} ({state}), as {folder / JOBS} says"


class Task:
    """A run in a job; Slurm starts it again when its time is over, and it goes on."""

    def __call__(self, run: Run) -> None:
        """Do the run, on the cores that the job was given.

        Raises:
            RunError: it failed, which makes the job a failed one.
        """
        import submitit

        take(Place(threads_of_job()))
        failure, _ = do(run)
        if failure:
            raise RunError(f"job {submitit.JobEnvironment().job_id}: {failure}")

    def checkpoint(self, run: Run) -> Any:
        """Return what submitit queues when time is nearly over: the same, at its checkpoint."""
        from submitit.helpers import DelayedSubmission

        return DelayedSubmission(self, run)


def threads_of_job() -> int | None:
    """Return the cores that Slurm gave to this job; None where it was not asked for a number."""
    cores = os.environ.get("SLURM_CPUS_PER_TASK", "")
    return int(cores) if cores.isdecimal() else None
