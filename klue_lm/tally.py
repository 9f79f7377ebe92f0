"""From logged replies to records, and what became of each reply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .asking import BLANK, prior_from, scores_of
from .engine import CUT_OFF, FILTERED
from .ranking import PLAIN, fields_by_ranking, rankings
from .reading import cleaned
from .task import ANSWERED, OUTSIDE, UNREADABLE, Fields, LMTask, Question, Reading

REFUSED, CUT, TOO_LONG = "refused", "cut off", "too long"
OUTCOMES = (ANSWERED, OUTSIDE, UNREADABLE, REFUSED, CUT, TOO_LONG)
Reply = Mapping[str, Any]


@dataclass(frozen=True)
class Tally:
    """The records of a run.

    Attributes:
        records: of the prediction file, in the order of the questions.
        outcomes: what became of each question's reply, one of OUTCOMES.
        others: other ways to rank -> their records.
        finishes: why replies ended -> how many.
        tokens: "prompt" and "new", over all replies.
        dropped: shots that were left out, over all questions.
        floored: label tokens that the engine told no probability of.
        methods: how the engine ranked -> how many questions.
    """

    records: list[Fields]
    outcomes: list[str]
    others: dict[str, list[Fields]] = field(default_factory=dict)
    finishes: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    dropped: int = 0
    floored: int = 0
    methods: dict[str, int] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """How many questions had each outcome, every outcome named."""
        found = Counter(self.outcomes)
        return {name: found[name] for name in OUTCOMES}


def read_reply(task: LMTask, question: Question, reply: Reply) -> Reading:
    """Return what a written reply says; its kind is one of OUTCOMES.

    A reply that was cut off counts as such where nothing was found in it, or where what was found
    may have lost its end: it is read all the same.
    """
    if reply.get("too_long"):
        return Reading(dict(task.nothing), TOO_LONG)
    text = reply.get("text")
    if reply.get("finish") == FILTERED or text is None or not text.strip():
        return Reading(dict(task.nothing), REFUSED)
    reading = task.read(question, cleaned(text))
    if reply.get("finish") == CUT_OFF and reading.kind == UNREADABLE:
        return Reading(reading.fields, CUT)
    return reading


def tally(
    task: LMTask,
    questions: Sequence[Question],
    found: Mapping[str, Reply],
    continuations: Sequence[str] = (),
) -> Tally:
    """Return the records of logged replies.

    Args:
        task: the task's record.
        questions: in the order of the file.
        found: guid -> its reply, as the log has it.
        continuations: the labels as they follow a question, where they were ranked.
    """
    replies = [found[question.guid] for question in questions]
    priors = [found[guid] for guid in sorted(found) if guid.startswith(BLANK)]
    prior = prior_from(priors, continuations) if priors else None
    records: list[Fields] = []
    outcomes: list[str] = []
    others: dict[str, list[Fields]] = {}
    for question, reply in zip(questions, replies, strict=True):
        if "logprobs" in reply:
            by_way = fields_by_ranking(task, rankings(scores_of(reply, continuations), prior))
            reading = Reading(by_way.pop(PLAIN))
        else:
            reading = read_reply(task, question, reply)
            by_way = {}
        records.append({"guid": question.guid, **reading.fields})
        outcomes.append(reading.kind)
        for way, fields in by_way.items():
            others.setdefault(way, []).append({"guid": question.guid, **fields})
    whole = {way: made for way, made in others.items() if len(made) == len(records)}
    return Tally(records, outcomes, whole, **sums(replies))


def sums(replies: Sequence[Reply]) -> dict[str, Any]:
    """Return what a tally counts over all replies."""
    tokens = [reply.get("tokens") or [0, 0] for reply in replies]
    return {
        "finishes": dict(Counter(str(r["finish"]) for r in replies if "finish" in r)),
        "tokens": {"prompt": sum(t[0] for t in tokens), "new": sum(t[1] for t in tokens)},
        "dropped": sum(reply.get("dropped", 0) for reply in replies),
        "floored": sum(reply.get("floored", 0) for reply in replies),
        "methods": dict(Counter(str(r["method"]) for r in replies if "method" in r)),
    }
