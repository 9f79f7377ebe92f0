"""Logs of other harnesses as prediction files: lm-evaluation-harness and inspect-ai."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from klue_common.errors import InputError, one_line
from klue_common.extras import package
from klue_datasets import read_rows
from klue_datasets.errors import show
from klue_metrics import METRICS

from .asking import continuations_of
from .engine import CUT_OFF, FILTERED, STOPPED
from .prompts import Prompts
from .tally import Reply, Tally, tally
from .task import LMTask, Question
from .tasks import lm_task

LM_EVAL = "a sample log of `lm_eval run --tasks klue_{task} --log_samples`"
INSPECT = "a log of `inspect eval klue_lm/klue_{task}`"
FINISHES = {"max_tokens": CUT_OFF, "content_filter": FILTERED}
TOO_LONG = "model_length"


@dataclass(frozen=True)
class Logged:
    """A question with its reply, as a log has them.

    Attributes:
        place: file and line, or file and sample.
        language: of the prompt.
        question: what was asked.
        reply: as `reply_log` has it.
    """

    place: str
    language: str
    question: Question
    reply: Reply


def from_lm_eval(task: str, log: Path, output: Path) -> Tally:
    """Write the prediction file of a sample log of lm-evaluation-harness.

    Args:
        task: the task's id.
        log: `samples_klue_<task>_<time>.jsonl`, as `--log_samples` writes it.
        output: the prediction file.

    Raises:
        InputError: the log is damaged, or of another task; it names the line.
        DataError: the output cannot be written.
    """
    return written(task, lm_eval_tally(task, log), output)


def lm_eval_tally(task: str, log: Path) -> Tally:
    """Return the records of a sample log of lm-evaluation-harness; see `from_lm_eval`."""
    return tallied(lm_task(task), log, lm_eval_samples(task, log))


def from_inspect(task: str, log: Path, output: Path) -> Tally:
    """Write the prediction file of a log of inspect-ai, `.eval` or `.json`.

    Args:
        task: the task's id.
        log: as `inspect eval` writes it.
        output: the prediction file.

    Raises:
        InputError: the log is damaged, or of another task, or inspect-ai is not installed.
        DataError: the output cannot be written.
    """
    return written(task, inspect_tally(task, log), output)


def inspect_tally(task: str, log: Path) -> Tally:
    """Return the records of a log of inspect-ai; see `from_inspect`."""
    return tallied(lm_task(task), log, inspect_samples(task, log))


def written(task: str, made: Tally, output: Path) -> Tally:
    """Write records as a prediction file and return them."""
    METRICS[task].write_predictions(output, made.records)
    return made


def tallied(task: LMTask, log: Path, samples: Iterable[Logged]) -> Tally:
    """Return the records of a log's samples.

    Raises:
        InputError: a question occurs twice, or there is none.
    """
    questions: list[Question] = []
    found: dict[str, Reply] = {}
    languages = set()
    for sample in samples:
        if sample.question.guid in found:
            raise InputError(
                f"{sample.place}: found {sample.question.guid} a second time, expected each "
                "question once"
            )
        languages.add(sample.language)
        questions.append(sample.question)
        found[sample.question.guid] = sample.reply
    if len(languages) != 1:
        raise InputError(f"{log}: found {len(languages)} languages, expected samples in one")
    continuations = continuations_of(Prompts(task, languages.pop(), 0, ""))
    return tally(task, questions, found, continuations)


def lm_eval_samples(task: str, log: Path) -> Iterator[Logged]:
    """Yield the samples of a log of lm-evaluation-harness."""
    expected = LM_EVAL.format(task=task)
    try:
        # Not `splitlines`: a string of JSON may hold other line ends of Unicode.
        lines = log.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{log}: found {one_line(error)}, expected {expected}") from None
    for number, line in enumerate(lines, start=1):
        place = f"{log}:{number}"
        try:
            sample = json.loads(line)
        except (ValueError, RecursionError):
            raise InputError(f"{place}: found no JSON, expected {expected}") from None
        if not isinstance(sample, dict):
            raise InputError(f"{place}: found no object, expected {expected}")
        language, question = asked(place, task, sample.get("doc"), expected)
        results = sample.get("filtered_resps")
        reply = lm_eval_reply(task, language, results)
        if reply is None:
            raise InputError(f"{place}: filtered_resps: found {show(results)}, expected {expected}")
        yield Logged(place, language, question, {"guid": question.guid, **reply})


def lm_eval_reply(task: str, language: str, results: Any) -> dict[str, Any] | None:
    """Return the reply of `filtered_resps`, None where it is none."""
    if not isinstance(results, list) or not results:
        return None
    if len(results) == 1 and isinstance(results[0], str):
        return {"text": results[0]}
    try:
        logprobs = [float(logprob) for logprob, _ in results]
    except (TypeError, ValueError):
        return None
    labels = lm_task(task).wordings[language].labels
    return {"logprobs": logprobs} if labels and len(logprobs) == len(labels) else None


def inspect_samples(task: str, log: Path) -> Iterator[Logged]:
    """Yield the samples of a log of inspect-ai."""
    expected = INSPECT.format(task=task)
    for sample in inspect_log(log, expected).samples or ():
        place = f"{log}: sample {sample.id}"
        language, question = asked(place, task, sample.metadata, expected)
        if sample.error is not None:
            raise InputError(f"{place}: found no answer ({show(sample.error.message)}), expected "
                             "one; `inspect eval-retry` asks again")  # fmt: skip
        reply = inspect_reply(sample.output.completion, sample.output.stop_reason)
        yield Logged(place, language, question, {"guid": question.guid, **reply})


def inspect_reply(text: str, reason: str | None) -> dict[str, Any]:
    """Return a reply as `reply_log` has it, without its guid.

    >>> inspect_reply("정치", "max_tokens")
    {'text': '정치', 'finish': 'length'}
    """
    if reason == TOO_LONG:
        return {"too_long": True}
    return {"text": text, "finish": FINISHES.get(reason or "", STOPPED)}


def inspect_log(log: Path, expected: str) -> Any:
    """Return a log of inspect-ai.

    Raises:
        InputError: it cannot be read, or inspect-ai is not installed.
    """
    read_eval_log = package("inspect_ai.log", "inspect", "its logs").read_eval_log
    if not log.is_file():
        raise InputError(f"{log}: found no such file, expected {expected}")
    try:
        return read_eval_log(str(log))
    except Exception as error:  # zip, zstandard, JSON, pydantic: each has errors of its own
        raise InputError(f"{log}: found {one_line(error)}, expected {expected}") from None


def asked(place: str, task: str, about: Any, expected: str) -> tuple[str, Question]:
    """Return the language and the question of what a harness keeps of one.

    Raises:
        InputError: it is none of ours, or of another task.
    """
    about = about if isinstance(about, Mapping) else {}
    if isinstance(about.get("guid"), str) and about.get("task") not in (task, None):
        raise InputError(f"{place}: found an answer of {show(about['task'])}, expected {expected}")
    kinds = {"guid": str, "question": str, "longest": int, "language": str}
    for name, kind in kinds.items():
        if not isinstance(about.get(name), kind):
            raise InputError(f"{place}: {name}: found {show(about.get(name))}, expected {expected}")
    language = about["language"]
    if language not in lm_task(task).wordings:
        raise InputError(f"{place}: language: found {show(language)}, expected {expected}")
    read_by = about.get("about")
    if type(read_by) is not kind_read_by(task):
        raise InputError(f"{place}: about: found {show(read_by)}, expected {expected}")
    return language, Question(about["guid"], about["question"], about["longest"], read_by)


@cache
def kind_read_by(task: str) -> type:
    """Return the type of what a task's answers are read by, as its first question has it.

    >>> kind_read_by("ner")
    <class 'str'>
    """
    row = read_rows(task, "validation", sample=True, full=True)[0]
    return type(lm_task(task).questions(row, "ko")[0].about)
