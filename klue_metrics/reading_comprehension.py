"""mrc, machine reading comprehension: exact match and ROUGE-W.

Definitions, on normalised text, the best over the gold answers, the mean over the questions:

* normalised: lower-case, ASCII punctuation deleted, whitespace collapsed and trimmed. (The
  original also means to blank quotes and brackets, but its pattern asks for one of '"《》<>〈〉
  followed by the literal ()‘’ and so fires on nothing else.)
* exact match: equality. An unanswerable question has the one gold answer "".
* ROUGE-W: with L the longest common contiguous substring in characters, spaces included,
  P = L / |prediction|, R = L / |gold|, 2PR / (P + R). A gold answer that normalises to "" gives 1
  to an empty prediction, else 0. L is difflib's: see `official_longest_match`.

Under unknown_label="wrong" no answer at all (None) is wrong, even where "" is right.

Prediction file: {"guid": "klue-mrc-v1_dev_00000", "prediction_text": "한국은행"}
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from .answer_text import (
    BLANKED,
    BLANKED_AS_MEANT,
    longest_match,
    normalise,
    official_longest_match,
    rouge_w,
)
from .answers import align, answer_lists, gold_answers, texts
from .error_views import MISSED, RIGHT, WRONG, Confusion, Line, Span, View, text_lines
from .errors import shown
from .gold import GoldExample, length_group, named_groups, row_guid
from .labels import is_null
from .prediction_files import Field
from .resampling import Statistics
from .task import TaskMetric
from .unicode_forms import Compared


def question_scores(
    predicted: list[str | None],
    gold: list[list[str]],
    match: Callable[[str, str], int] = official_longest_match,
    blanked: re.Pattern[str] = BLANKED,
) -> np.ndarray:
    """Return [exact match, ROUGE-W, 1] per question, float64 [questions, 3]."""
    rows = []
    for text, answers in zip(predicted, gold, strict=True):
        if text is None:
            rows.append((0.0, 0.0, 1.0))
            continue
        answer = normalise(text, blanked)
        candidates = [normalise(gold_text, blanked) for gold_text in answers]
        best = max(rouge_w(answer, candidate, match) for candidate in candidates)
        rows.append((float(answer in candidates), best, 1.0))
    return np.array(rows)


def statistics(
    predictions: Sequence[Any], references: Sequence[Any], unknown_label: str = "error"
) -> Statistics:
    """Return [exact match, ROUGE-W, 1] per question, float64 [questions, 3]."""
    return Statistics(question_scores(texts(predictions, unknown_label), answer_lists(references)))


def from_sums(sums: np.ndarray) -> dict[str, np.ndarray]:
    """Return the means of summed [exact match, ROUGE-W, 1]."""
    with np.errstate(invalid="ignore"):
        return {
            "exact_match": 100 * sums[..., 0] / sums[..., 2],
            "rouge_w": 100 * sums[..., 1] / sums[..., 2],
        }


class CharacterTokens:
    """A tokenizer for rouge_score whose tokens are the characters other than spaces.

    rouge_score's own drops Hangul and so scores everything 0.
    """

    def tokenize(self, text: str) -> list[str]:
        """Return the characters of a text."""
        return [character for character in text if not character.isspace()]


def textbook(
    predictions: Sequence[Any], references: Sequence[Any], unknown_label: str = "error"
) -> dict[str, float]:
    """Return the textbook scores.

    rouge_w_whole_match: ROUGE-W with the true longest match, without difflib's shortcut on gold
        answers of 200 characters and more.
    exact_match_without_brackets: exact match under the normalisation that was meant: quotes and
        brackets, 《》〈〉‘’ among them, blanked.
    rouge_l: rouge_score's ROUGE-L (F1 of the longest common subsequence, gaps allowed) on
        characters of the normalised texts.
    """
    from rouge_score.rouge_scorer import RougeScorer

    predicted, gold = texts(predictions, unknown_label), answer_lists(references)
    scorer = RougeScorer(["rougeL"], tokenizer=CharacterTokens())

    def rouge_l(text: str | None, answer: str) -> float:
        if text is None or not answer:
            return float(text == answer)
        return scorer.score(answer, text)["rougeL"].fmeasure if text else 0.0

    best = [
        max(rouge_l(text if text is None else normalise(text), normalise(a)) for a in answers)
        for text, answers in zip(predicted, gold, strict=True)
    ]
    whole = question_scores(predicted, gold, longest_match)
    meant = question_scores(predicted, gold, longest_match, BLANKED_AS_MEANT)
    return {
        "rouge_w_whole_match": float(100 * whole[:, 1].mean()),
        "exact_match_without_brackets": float(100 * meant[:, 0].mean()),
        "rouge_l": float(100 * np.mean(best)),
    }


def examples(row: Mapping[str, Any]) -> Iterator[GoldExample]:
    """Yield the one example of a dataset row; the unit is the context, which questions share."""
    guid = row_guid(row)
    impossible = bool(row.get("is_impossible"))
    answers = gold_answers(row)
    reference = {
        "guid": guid,
        "answers": row["answers"],
        "question_type": row.get("question_type"),
        "is_impossible": impossible or answers == [""],
    }
    groups = named_groups(
        source=row.get("source"),
        domain=row.get("news_category"),
        question_type=row.get("question_type"),
        label="impossible" if reference["is_impossible"] else "answerable",
        length=length_group(len(row["context"]), 250),
    )
    shown_parts = {"question": row["question"], "context": row["context"], "answers": answers}
    yield GoldExample(guid, reference, row["context"], {}, groups, shown_parts)


def text_problem(value: Any, _: Any, unknown_label: str) -> str | None:
    """Return what is wrong with the field `prediction_text`."""
    if isinstance(value, str) or (unknown_label == "wrong" and is_null(value)):
        return None
    return f"found {shown(value)}, expected a text, '' for no answer"


def view(parts: Mapping[str, Any], reference: Any, record: Mapping[str, Any]) -> View:
    """Return question and context, and the answers with the longest match marked."""
    answers, text = parts["answers"], record.get("prediction_text")
    predicted = "" if is_null(text) else str(text)
    matches = [
        SequenceMatcher(None, predicted, answer, autojunk=False).find_longest_match()
        for answer in answers
    ]
    best = max(range(len(answers)), key=lambda at: matches[at].size)
    a, b, size = matches[best]
    gold = answers[best]
    others = [answer for at, answer in enumerate(answers) if at != best]
    lines = text_lines({"question": parts["question"], "context": excerpt(parts["context"], gold)})
    lines.append(matched("reference", gold, b, size, MISSED))
    lines += text_lines({"also right": " | ".join(others)} if others else {})
    lines.append(matched("prediction", predicted, a, size, WRONG))
    return View(tuple(lines))


def matched(name: str, text: str, start: int, size: int, mark: str) -> Line:
    """Return a text whose match is marked right and whose rest is marked `mark`."""
    if not text:
        return Line(name, (Span("(no answer)"),))
    end = start + size
    parts = ((text[:start], mark), (text[start:end], RIGHT), (text[end:], mark))
    return Line(name, tuple(Span(part, m) for part, m in parts if part))


def excerpt(context: str, answer: str, around: int = 100) -> str:
    """Return the part of a context around an answer, its beginning where there is none."""
    at = max(context.find(answer), 0)
    start, end = max(at - around, 0), at + len(answer) + around
    return ("…" if start else "") + context[start:end] + ("…" if end < len(context) else "")


def confusions(reference: Any, record: Mapping[str, Any]) -> Iterator[Confusion]:
    """Yield whether there is an answer, and what was made of it."""
    answers = gold_answers(reference)
    known = [normalise(answer) for answer in answers]
    text = record.get("prediction_text")
    if is_null(text):
        yield Confusion("impossible" if known == [""] else "answerable", "not answered", False)
        return
    predicted = normalise(str(text))
    if known == [""]:
        yield Confusion("impossible", "an answer" if predicted else "no answer", not predicted)
    elif not predicted:
        yield Confusion("answerable", "no answer", False)
    elif predicted in known:
        yield Confusion("answerable", "exact", True)
    else:
        part = any(longest_match(predicted, answer) for answer in known)
        yield Confusion("answerable", "overlap" if part else "wrong", False)


def unanswered(predictions: Sequence[Any], _: Sequence[Any]) -> list[Any]:
    """Return the predicted texts that are not there."""
    answers = (prediction.get("prediction_text") for prediction in predictions)
    return [text for text in answers if is_null(text)]


def no_text(_: Any) -> dict[str, Any]:
    """Return the field `prediction_text` of a question that was not answered."""
    return {"prediction_text": None}


def compared_texts(reference: Any, record: Mapping[str, Any]) -> Iterator[Compared]:
    """Yield the answer as it is compared, and the gold ones."""
    text = record.get("prediction_text")
    if not is_null(text):
        yield normalise(str(text)), list(map(normalise, gold_answers(reference)))


def from_records(records: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the columns of records, which are predictions as they are."""
    return {"predictions": list(records)}


METRIC = TaskMetric(
    name="mrc",
    title="Machine reading comprehension",
    headings={"exact_match": "EM", "rouge_w": "ROUGE-W"},
    main_score="rouge_w",
    columns={
        "predictions": {"guid": "string", "prediction_text": "string"},
        "references": {
            "guid": "string",
            "answers": {"text": ["string"], "answer_start": ["int32"]},
            "question_type": "int32",
            "is_impossible": "bool",
        },
    },
    statistics=statistics,
    from_sums=from_sums,
    textbook=textbook,
    align=align,
    examples=examples,
    fields=(Field("prediction_text", "the answer, '' for none", text_problem),),
    view=view,
    confusions=confusions,
    unknown=unanswered,
    missing=no_text,
    texts=compared_texts,
    from_records=from_records,
)
