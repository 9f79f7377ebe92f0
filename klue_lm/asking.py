"""Asking the questions of a run: several at once, each once, with fewer shots where long."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from klue_common.errors import InputError

from .engine import Engine, Ranked, TooLongError
from .prompts import Prompts
from .ranking import CONTENT_FREE, LabelScores, prior_of
from .reply_log import ReplyLog
from .task import CONSTRAINED, RANK, Question

TOKENS_A_CHARACTER = 1.5  # of Korean, for vocabularies that know little of it
SPARE = 8  # tokens
BLANK = "content-free-"  # what the guids of questions without content begin with


@dataclass(frozen=True)
class Asking:
    """How the questions of a run are asked.

    Attributes:
        engine: who answers.
        prompts: what all prompts share.
        mode: "rank", "generate" or "constrained".
        thinking: tokens beyond the longest answer, for models that reason before they answer.
    """

    engine: Engine
    prompts: Prompts
    mode: str
    thinking: int = 0

    def ask(self, question: Question) -> dict[str, Any]:
        """Return what the log keeps of a question's reply, under its guid.

        Whole shots are left out, the last first, until the prompt fits; a question that does not
        fit by itself is not answered.

        Raises:
            InputError: not even the instruction fits, as a question without content tells.
        """
        for count in range(len(self.prompts.shots), -1, -1):
            try:
                reply = self.once(question, count)
            except TooLongError:
                continue
            dropped = len(self.prompts.shots) - count
            return {"guid": question.guid, **reply, **({"dropped": dropped} if dropped else {})}
        if question.guid.startswith(BLANK):
            raise InputError(
                f"{self.prompts.task.name}: found an instruction longer than the model's context, "
                "expected a model with a longer one"
            )
        return {"guid": question.guid, "too_long": True}

    def once(self, question: Question, shots: int) -> dict[str, Any]:
        """Ask a question with so many shots."""
        task, wording = self.prompts.task, self.prompts.wording
        prompt = self.prompts.prompt(question, shots)
        if self.mode == RANK:
            return kept(self.engine.rank(prompt, self.continuations))
        form = task.form(question, wording) if self.mode == CONSTRAINED and task.form else None
        longest = most_tokens(question.longest, self.thinking)
        reply = self.engine.generate(prompt, stop=task.stop, longest=longest, form=form)
        return {
            "text": reply.text,
            "finish": reply.finish,
            "tokens": [reply.prompt_tokens, reply.new_tokens],
        }

    @property
    def continuations(self) -> list[str]:
        """The labels as they follow a question."""
        return continuations_of(self.prompts)


def most_tokens(longest: int, thinking: int = 0) -> int:
    """Return how many tokens a model may write for an answer of so many characters.

    >>> most_tokens(120)
    188
    """
    return int(longest * TOKENS_A_CHARACTER) + SPARE + thinking


def continuations_of(prompts: Prompts) -> list[str]:
    """Return the labels as they follow a question, none where answers cannot be ranked."""
    return [prompts.task.lead + text for text in prompts.wording.labels.values()]


def blank_questions(prompts: Prompts) -> list[Question]:
    """Return the questions without content, none where a task has none."""
    blank = prompts.task.blank
    if blank is None:
        return []
    asked = [prompts.task.ask(blank(text), prompts.wording)[0] for text in CONTENT_FREE]
    return [replace(one, guid=f"{BLANK}{number}") for number, one in enumerate(asked)]


def prior_from(replies: Sequence[Mapping[str, Any]], continuations: Sequence[str]) -> np.ndarray:
    """Return the labels' log-probabilities without content, of the replies to such questions."""
    return prior_of([scores_of(reply, continuations) for reply in replies])


def scores_of(reply: Mapping[str, Any], continuations: Sequence[str]) -> LabelScores:
    """Return the labels' scores that a logged reply holds."""
    lengths = np.array([len(text.strip()) for text in continuations])
    return LabelScores(np.array(reply["logprobs"], np.float64), lengths)


def kept(ranked: Ranked) -> dict[str, Any]:
    """Return what the log keeps of a ranking."""
    return {
        "logprobs": [float(value) for value in ranked.logprobs],
        "method": ranked.method,
        "floored": ranked.floored,
        "tokens": [ranked.prompt_tokens, 0],
    }


def ask_all(
    asking: Asking,
    questions: Sequence[Question],
    log: ReplyLog,
    concurrency: int,
    advance: Callable[[int], None],
) -> None:
    """Ask those questions that the log has no reply to, several at once.

    Where one fails, those that are under way are waited for and kept, and then its error is raised.

    Raises:
        RunError, InputError: as the engine says.
    """
    blank = blank_questions(asking.prompts) if asking.mode == RANK else []
    left = (one for one in (*blank, *questions) if one.guid not in log.found)
    with ThreadPoolExecutor(concurrency) as pool:
        running: set[Future[dict[str, Any]]] = set()
        try:
            for question in left:
                running.add(pool.submit(asking.ask, question))
                if len(running) >= 2 * concurrency:
                    running = settle(running, log, advance)
            while running:
                running = settle(running, log, advance)
        except BaseException:
            for future in running:
                future.cancel()
            for future in running:
                if not future.cancelled() and future.exception() is None:
                    log.add(future.result())
            raise


def settle(
    running: set[Future[dict[str, Any]]], log: ReplyLog, advance: Callable[[int], None]
) -> set[Future[dict[str, Any]]]:
    """Keep the replies that are there, and return what is still under way."""
    done, running = wait(running, return_when=FIRST_COMPLETED)
    for future in done:
        reply = future.result()
        log.add(reply)
        advance(not reply["guid"].startswith(BLANK))
    return running
