"""What every foreign harness needs of a run: its plan, how long an answer may be, its scores."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from klue_common.errors import InputError
from klue_metrics import METRICS, MetricError

from .asking import continuations_of
from .results import CONFIDENCE, scored
from .run import LMRun, Plan, plan
from .tally import Reply, Tally, tally
from .task import ANSWERED, CONSTRAINED, GENERATE, RANK, Question
from .tasks import LMS

PREFIX = "klue_"  # of a task's name in a harness
# What a harness has settings of its own for.
NOT_OURS = ("task", "output", "concurrency", "name")
OPTIONS = tuple(field.name for field in fields(LMRun) if field.name not in NOT_OURS)
LOW, HIGH, SHARE = "_low", "_high", "answered"

logger = logging.getLogger(__name__)


def task_of(name: str) -> str:
    """Return the task behind a harness's name of it.

    Raises:
        InputError: there is none.

    >>> task_of("klue_dp")
    'dp'
    """
    task = name.removeprefix(PREFIX)
    if task not in LMS or not name.startswith(PREFIX):
        expected = ", ".join(PREFIX + one for one in LMS)
        raise InputError(f"task: found {name!r}, expected one of {expected}")
    return task


def planned(task: str, options: Mapping[str, Any]) -> Plan:
    """Return the plan of a run that a harness carries out.

    Args:
        task: its id.
        options: some of `OPTIONS`, as `LMRun` has them.

    Raises:
        InputError: an option that there is not, or one that is wrong.
        DataError: a file that is missing or broken.
    """
    for name in options:
        if name not in OPTIONS:
            raise InputError(f"{task}: found {name!r}, expected some of {', '.join(OPTIONS)}")
    if options.get("mode") == CONSTRAINED:
        raise InputError(
            f"{task}: mode: found {CONSTRAINED!r}, expected {RANK!r} or {GENERATE!r}: a harness "
            "holds no answer to a grammar"
        )
    return plan(LMRun(task, Path(), **options))


def question_fields(question: Question) -> dict[str, Any]:
    """Return a question as the columns that a harness keeps in its log."""
    return {
        "guid": question.guid,
        "question": question.text,
        "longest": question.longest,
        "about": question.about,
    }


def gold_answers(planned: Plan) -> list[str]:
    """Return the gold answer of each question, as a model should write it."""
    language = planned.run.language
    return [answer for row in planned.rows for answer in planned.task.answers(row, language)]


def tallied(planned: Plan, replies: Sequence[Reply]) -> tuple[list[int], Tally]:
    """Return which of the questions were asked, and what became of their replies.

    Args:
        planned: the run.
        replies: as `reply_log` has them, in any order, of all questions or some.
    """
    found = {reply["guid"]: reply for reply in replies}
    asked = [at for at, question in enumerate(planned.questions) if question.guid in found]
    questions = [planned.questions[at] for at in asked]
    continuations = continuations_of(planned.prompts) if planned.mode == RANK else ()
    return asked, tally(planned.task, questions, found, continuations)


def score_names(planned: Plan) -> list[str]:
    """Return the names of a run's scores: the official ones, their intervals' ends, the share."""
    names = (name + end for name in official(planned) for end in ("", LOW, HIGH))
    return [*names, SHARE]


def official(planned: Plan) -> list[str]:
    """Return the official scores that a run can have.

    Where labels can be ranked and are written instead, there is none of probabilities: what the
    gold answers have, written, is what there is.
    """
    metric = METRICS[planned.run.task]
    names = list(metric.scores)
    if planned.mode == RANK or RANK not in planned.task.modes:
        return names
    answers = zip(planned.questions, gold_answers(planned), strict=True)
    records = [planned.task.read(question, answer).fields for question, answer in answers]
    try:
        scores = scored(metric, metric.gold(planned.rows), records)
    except MetricError:  # too few questions to tell
        return names
    return [name for name in names if name in scores]


def scores_of(planned: Plan, replies: Sequence[Reply]) -> dict[str, float]:
    """Return the scores of a run, 0-100, under names of `score_names`.

    "answered" is the share of questions with a readable answer of the task's set, in percent.
    Where the others are undefined, as over too few questions, they are left out and a warning
    says why.

    Args:
        planned: the run.
        replies: as for `tallied`.
    """
    if not replies:  # inspect-ai asks for scores before anything is answered
        return {SHARE: 0.0}
    metric = METRICS[planned.run.task]
    asked, made = tallied(planned, replies)
    found = {SHARE: 100 * made.outcomes.count(ANSWERED) / len(made.outcomes)}
    gold = metric.gold(planned.rows).part(asked)
    try:
        scores = scored(metric, gold, made.records, CONFIDENCE)
    except MetricError as error:  # hours of answers are not lost over it
        logger.warning("%s: %s", planned.run.task, error)
        return found
    for name in metric.scores:
        if name in scores:
            low, high = scores[f"{name}_ci"]
            found |= {name: float(scores[name]), name + LOW: float(low), name + HIGH: float(high)}
    return found
