"""What a run would take: requests, tokens, time and money, before anything is asked."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .run import Plan
from .task import RANK

# Of Gemma 3's vocabulary: 0.58 (wos) to 0.78 (dp) over 100 questions and four shots of each task.
TOKENS_A_CHARACTER = 0.63
SPEED = 5000  # tokens a second, of a server with one large GPU
PRICE_IN, PRICE_OUT = 0.15, 0.60  # dollars a million tokens, of a small commercial model


@dataclass(frozen=True)
class Estimate:
    """What one run would take.

    Attributes:
        task, mode: what is asked and how.
        prompt: of the first question, whole.
        questions: how many.
        requests: to a server; where labels are ranked, one for each label.
        prompt_tokens: of all prompts.
        new_tokens: of those, what a server that keeps the prompts' common beginning reads.
        answer_tokens: at most, that are written.
        hours: at SPEED.
        dollars: at PRICE_IN and PRICE_OUT.
    """

    task: str
    mode: str
    prompt: str
    questions: int
    requests: int
    prompt_tokens: int
    new_tokens: int
    answer_tokens: int
    hours: float
    dollars: float

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)


def estimate(planned: Plan) -> Estimate:
    """Return what a run would take, by the lengths of its prompts and of the longest answers."""
    prompts, run = planned.prompts, planned.run
    ranked = planned.mode == RANK
    head = len(prompts.heads[-1])
    lengths = [len(question.text) for question in planned.questions]
    answers = 0 if ranked else sum(gold_length(planned)) + run.thinking * len(planned.questions)
    labels = len(prompts.wording.labels) if ranked else 1
    new = sum(lengths) + head
    prompt = (sum(lengths) + head * len(lengths)) * labels
    tokens = [round(TOKENS_A_CHARACTER * size) for size in (prompt, new, answers)]
    return Estimate(
        task=run.task,
        mode=planned.mode,
        prompt=prompts.prompt(planned.questions[0]),
        questions=len(lengths),
        requests=len(lengths) * labels,
        prompt_tokens=tokens[0],
        new_tokens=tokens[1],
        answer_tokens=tokens[2],
        hours=(tokens[1] + tokens[2]) / SPEED / 3600,
        dollars=(tokens[0] * PRICE_IN + tokens[2] * PRICE_OUT) / 1e6,
    )


def gold_length(planned: Plan) -> list[int]:
    """Return the characters of each gold answer, which is what an answer takes."""
    language = planned.run.language
    answers = (planned.task.answers(row, language) for row in planned.rows)
    return [len(answer) for of_row in answers for answer in of_row]
