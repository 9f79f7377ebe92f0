"""One run: a task's questions asked, its predictions written and scored, its result kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from klue_common.errors import InputError
from klue_datasets import TASKS, read_rows
from klue_datasets.sources import DataDir, Source, resolve
from klue_metrics import METRICS
from klue_results.results import Result

from . import reply_log
from .asking import Asking, ask_all
from .engine import Engine
from .prompts import Prompts, check_apart, prompts_for
from .results import result_of
from .tally import tally
from .task import RANK, LMTask, Question, Row
from .tasks import lm_task

Progress = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]


@dataclass(frozen=True)
class LMRun:
    """What to ask and how.

    Attributes:
        task: the task's id.
        output: the prediction file; the replies and the result lie beside it.
        split: like "validation" or "validation[:200]".
        mode: "rank", "generate" or "constrained", None for the task's main one.
        language, paraphrase, shots, shot_seed: of the prompts.
        thinking: tokens beyond the longest answer, for models that reason first.
        concurrency: questions that are asked at once.
        data_dir, sample: as for `klue_datasets.load`.
        name: what results call the model, None for the engine's name of it.
    """

    task: str
    output: Path
    split: str = "validation"
    mode: str | None = None
    language: str = "ko"
    paraphrase: int = 0
    shots: int = 0
    shot_seed: int = 0
    thinking: int = 0
    concurrency: int = 4
    data_dir: DataDir | None = None
    sample: bool = False
    name: str | None = None


@dataclass(frozen=True)
class Plan:
    """A run that is ready to begin: its rows, questions and prompts."""

    run: LMRun
    task: LMTask
    mode: str
    rows: Sequence[Row]
    questions: Sequence[Question]
    prompts: Prompts

    @property
    def settings(self) -> dict[str, Any]:
        """What two runs must share for their scores to be averaged over seeds of shots."""
        return {
            "mode": self.mode,
            "language": self.run.language,
            "paraphrase": self.run.paraphrase,
            "shots": self.run.shots,
            "thinking": self.run.thinking,
            "prompt_version": self.task.version,
            "prompt_digest": self.prompts.digest,
        }


def mode_of(task: LMTask, wished: str | None) -> str:
    """Return how a task is asked.

    Raises:
        InputError: it cannot be asked in the way that is wished for.
    """
    mode = wished or task.main_mode
    if mode not in task.modes:
        raise InputError(f"{task.name}: found --{mode}, expected {' or '.join(task.modes)}")
    return mode


def plan(run: LMRun) -> Plan:
    """Return a run with its rows, questions and prompts.

    Raises:
        InputError: a setting that is wrong, or shots that are among the questions.
        DataError: a file that is missing or broken.
    """
    task = lm_task(run.task)
    mode = mode_of(task, run.mode)
    rows = read_rows(run.task, run.split, data_dir=run.data_dir, sample=run.sample, full=True)
    prompts = prompts_for(
        task,
        language=run.language,
        paraphrase=run.paraphrase,
        shots=run.shots,
        shot_seed=run.shot_seed,
        data_dir=run.data_dir,
        sample=run.sample,
    )
    questions = [question for row in rows for question in task.questions(row, run.language)]
    check_apart(prompts, [question.guid for question in questions])
    return Plan(run, task, mode, rows, questions, prompts)


def carry_out(planned: Plan, engine: Engine, progress: Progress) -> Result:
    """Ask what was not asked yet, write the predictions, score them, and return the result.

    The result is written beside the predictions; a finished run is read again, and gives the same
    files.

    Raises:
        InputError: the replies beside the output are of another run, or the engine cannot be asked
            in this way.
        RunError: the engine does not answer; the same command goes on.
        DataError: a file cannot be written.
    """
    run, task, source = planned.run, planned.task, source_of(planned.run)
    asking = Asking(engine, planned.prompts, planned.mode, run.thinking)
    about = {
        "task": run.task,
        "split": run.split,
        "seed": run.shot_seed,
        **planned.settings,
        **engine.about,
        "data": source.digest,
        "questions": len(planned.questions),
    }
    began = time.monotonic()
    with reply_log.opened(reply_log.log_path(run.output), about) as log:
        done = sum(question.guid in log.found for question in planned.questions)
        with progress(f"{run.task}: {planned.mode}", len(planned.questions)) as advance:
            advance(done)
            ask_all(asking, planned.questions, log, run.concurrency, advance)
        found = dict(log.found)
    asked = time.monotonic() - began
    continuations = asking.continuations if planned.mode == RANK else ()
    made = tally(task, planned.questions, found, continuations)
    METRICS[run.task].write_predictions(run.output, made.records)
    result = result_of(planned, made, engine.about, source, asked)
    result.write(result_path(run.output))
    return result


def source_of(run: LMRun) -> Source:
    """Return where the file that is asked about comes from."""
    split = run.split.partition("[")[0]
    task = TASKS[run.task]
    return resolve(task, run.data_dir, run.sample, [split]).only(task, [split])


def result_path(output: Path) -> Path:
    """Return where the result behind a prediction file lies.

    >>> result_path(Path("a/ynat.jsonl")).name
    'ynat.result.json'
    """
    return output.with_name(f"{output.stem}.result.json")
