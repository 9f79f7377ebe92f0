"""A model that answers from a table, the same for whoever asks: each prompt has its answer."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from klue_lm.asking import continuations_of
from klue_lm.engine import Ranked, Reply
from klue_lm.forms import Form
from klue_lm.harness import gold_answers, planned
from klue_lm.run import LMRun, Plan, carry_out, plan
from klue_lm.tasks import LMS
from klue_results.results import Result

OPTIONS: dict[str, Any] = {"sample": True, "shots": 2, "shot_seed": 1}


@dataclass
class Table:
    """What the model writes after each prompt, and what it gives each label there."""

    written: dict[str, str]
    ranked: dict[str, dict[str, float]]
    asked: set[str] = field(default_factory=set)

    @property
    def about(self) -> dict[str, str]:
        return {"provider": "test", "model": "table", "api": "none"}

    def generate(self, prompt: str, *, stop: str, longest: int, form: Form | None) -> Reply:
        self.asked.add(prompt)
        return Reply(self.written[prompt])

    def rank(self, prompt: str, continuations: Sequence[str]) -> Ranked:
        even = dict.fromkeys(continuations, -1.0)  # for questions without content
        found = self.ranked.get(prompt, even)
        if found is not even:
            self.asked.add(prompt)
        return Ranked(np.array([found[text] for text in continuations]))


def perfect(task: str, **options: Any) -> Table:
    """Return a model that knows the gold answers."""
    asked = planned(task, {**OPTIONS, **options})
    wanted = asked.task.wanted
    shares = [wanted(row) for row in asked.rows] if wanted else []
    return table(asked, gold_answers(asked), [np.log(share + 1e-9) for share in shares])


def noisy(task: str, **options: Any) -> Table:
    """Return a model that is wrong, silent, talkative or off the point in half of its answers."""
    asked = planned(task, {**OPTIONS, **options})
    draw = random.Random(task)
    gold = gold_answers(asked)
    others = ["", "모르겠습니다, 왜냐하면 이 문장은 너무 어렵기 때문입니다", "UFO", "12: 40 NP"]
    answers = [draw.choice([g, g, g, draw.choice(gold), draw.choice(others)]) for g in gold]
    size = len(continuations_of(asked.prompts))
    logprobs = np.random.default_rng(0).normal(-5, 2, (len(gold), size))
    return table(asked, answers, list(logprobs) if size else [])


def table(asked: Plan, answers: Sequence[str], logprobs: Sequence[Any]) -> Table:
    prompts = [asked.prompts.prompt(question) for question in asked.questions]
    labels = continuations_of(asked.prompts)
    ranked = [dict(zip(labels, map(float, row), strict=True)) for row in logprobs]
    return Table(
        dict(zip(prompts, answers, strict=True)),
        dict(zip(prompts, ranked, strict=True)) if ranked else {},
    )


def by_klue_lm(task: str, table: Table, output: Path, **options: Any) -> Result:
    """Return the result of our own run, whose prediction file is `output`."""

    @contextmanager
    def silent(_: str, __: int) -> Iterator[Any]:
        yield lambda count: None

    return carry_out(plan(LMRun(task, output, **{**OPTIONS, **options})), table, silent)


def expected(result: Result) -> dict[str, float]:
    """Return a result's scores as the harnesses name them."""
    found = {"answered": 100 * share_answered(result)}
    for name, score in result.scores.items():
        low, high = result.intervals[name]
        found |= {name: score, f"{name}_low": low, f"{name}_high": high}
    return found


def share_answered(result: Result) -> float:
    counts = result.language_model["outcomes"]
    return float(counts["answered"] / sum(counts.values()))


TASKS = tuple(LMS)
