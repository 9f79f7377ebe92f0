"""KLUE's eight tasks for inspect-ai, made of this room's records.

A sample is a question, its input the whole prompt in one user message. Answers are written: an
API of messages ranks no labels. The options (`-T shots=3`) are those of `klue lm run`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, metric, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

from klue_common.errors import InputError
from klue_lm.asking import most_tokens
from klue_lm.foreign_logs import inspect_reply
from klue_lm.harness import PREFIX, gold_answers, planned, question_fields, scores_of
from klue_lm.run import Plan
from klue_lm.tally import read_reply
from klue_lm.task import ANSWERED, GENERATE, Question

RAW = "completions"  # how providers that send a prompt without a chat template end


@task
def klue_ynat(**options: Any) -> Task:
    """Topic classification."""
    return made("ynat", options)


@task
def klue_sts(**options: Any) -> Task:
    """Semantic textual similarity."""
    return made("sts", options)


@task
def klue_nli(**options: Any) -> Task:
    """Natural language inference."""
    return made("nli", options)


@task
def klue_ner(**options: Any) -> Task:
    """Named entity recognition."""
    return made("ner", options)


@task
def klue_re(**options: Any) -> Task:
    """Relation extraction."""
    return made("re", options)


@task
def klue_dp(**options: Any) -> Task:
    """Dependency parsing."""
    return made("dp", options)


@task
def klue_mrc(**options: Any) -> Task:
    """Machine reading comprehension."""
    return made("mrc", options)


@task
def klue_wos(**options: Any) -> Task:
    """Dialogue state tracking."""
    return made("wos", options)


def made(name: str, options: Mapping[str, Any]) -> Task:
    """Return a task of inspect-ai.

    Raises:
        InputError: an option that is wrong.
        DataError: a data file that is missing or broken.
    """
    given = {key: value for key, value in options.items() if key != "model"}
    if given.setdefault("mode", GENERATE) != GENERATE:
        raise InputError(f"{name}: mode: found {given['mode']!r}, expected {GENERATE!r}")
    settings = json.dumps(given, sort_keys=True, default=str)
    plan = plan_of(name, settings)
    return Task(
        dataset=MemoryDataset(samples_of(plan), name=PREFIX + name),
        solver=asked(plan.task.stop, plan.run.thinking),
        scorer=klue_reader(name, settings),
        metrics=[klue_scores(name, settings)],
        version=plan.task.version,
        metadata={"klue": {"split": plan.run.split, **plan.settings}},
    )


@lru_cache(maxsize=8)
def plan_of(name: str, settings: str) -> Plan:
    """Return the plan of a run by its options, written as JSON."""
    return planned(name, json.loads(settings))


def samples_of(plan: Plan) -> list[Sample]:
    """Return a sample for each question."""
    about = {"task": plan.run.task, "language": plan.run.language}
    return [
        Sample(
            input=plan.prompts.prompt(question),
            target=answer,
            id=question.guid,
            metadata={**about, **question_fields(question)},
        )
        for question, answer in zip(plan.questions, gold_answers(plan), strict=True)
    ]


@solver
def asked(stop: str, thinking: int) -> Solver:
    """Ask once, greedily; what is no chat has to be stopped."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        raw = str(state.model.api).endswith(RAW)
        longest = most_tokens(state.metadata["longest"], thinking)
        stops = {"stop_seqs": [stop]} if raw else {}
        return await generate(state, max_tokens=longest, temperature=0.0, **stops)

    return solve


@metric
def klue_scores(name: str, settings: str) -> Metric:
    """Score all replies: the official scores, their intervals' ends, the share of answers."""

    def over(scores: list[SampleScore]) -> dict[str, float]:
        replies = [(score.score.metadata or {})["reply"] for score in scores]
        return dict(scores_of(plan_of(name, settings), replies))

    return over


@scorer(metrics=[])  # the task says which
def klue_reader(name: str, settings: str) -> Scorer:
    """Read a task's replies, one by one."""
    plan = plan_of(name, settings)

    async def read(state: TaskState, target: Target) -> Score:
        about = state.metadata
        question = Question(*(about[key] for key in ("guid", "question", "longest", "about")))
        reply = inspect_reply(state.output.completion, state.output.stop_reason)
        reading = read_reply(plan.task, question, reply)
        return Score(
            value=float(reading.kind == ANSWERED),
            answer=reply.get("text", ""),
            explanation=reading.kind,
            metadata={"reply": {"guid": question.guid, **reply}},
        )

    return read
