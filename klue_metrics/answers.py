"""Questions and their answers as columns: predictions by guid, predicted texts, gold answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from .errors import MetricError, shown
from .labels import is_null


def gold_answers(reference: Mapping[str, Any]) -> list[str]:
    """Return the gold answers of a reference; an unanswerable question has the one answer "".

    Rows of the Hub dataset carry plausible answers even where the question is impossible, so
    `is_impossible` decides where it is given.
    """
    answers = reference["answers"]
    texts = answers["text"] if isinstance(answers, Mapping) else [a["text"] for a in answers]
    if isinstance(texts, str):  # Its characters would pass for answers.
        raise TypeError(f"answers: found the text {shown(texts)}, expected a list of texts")
    return [""] if reference.get("is_impossible") or len(texts) == 0 else list(texts)


def align(predictions: list[Any], references: list[Any]) -> list[Any]:
    """Return the predictions in the order of the references, found by guid.

    Raises:
        MetricError: a guid is missing or doubled, or a question has no prediction.
    """
    by_guid = dict(zip(guids(predictions, "predictions"), predictions, strict=True))
    ordered = []
    for number, guid in enumerate(guids(references, "references")):
        if guid not in by_guid:
            message = f"found {shown(guid)}, expected a guid that has a prediction"
            raise MetricError(f"references[{number}]['guid']: {message}")
        ordered.append(by_guid[guid])
    return ordered


def guids(column: Sequence[Any], side: str) -> list[str]:
    """Return the guid of each example.

    Raises:
        MetricError: an example has none, or one that another has too.
    """
    seen: dict[str, int] = {}
    for number, example in enumerate(column):
        guid = example.get("guid") if isinstance(example, Mapping) else None
        if not isinstance(guid, str):
            message = f"found {shown(example)}, expected a dict with a text as guid"
            raise MetricError(f"{side}[{number}]: {message}")
        if guid in seen:
            message = f"found {shown(guid)}, the guid of {side}[{seen[guid]}], expected another"
            raise MetricError(f"{side}[{number}]['guid']: {message}")
        seen[guid] = number
    return list(seen)


def texts(predictions: Sequence[Any], unknown_label: str) -> list[str | None]:
    """Return the predicted text of each question; None where there is none, if that is wrong.

    Raises:
        MetricError: the first prediction without a text.
    """
    found: list[str | None] = []
    for number, prediction in enumerate(predictions):
        text = prediction.get("prediction_text") if isinstance(prediction, Mapping) else None
        if isinstance(text, str):
            found.append(text)
        elif unknown_label == "wrong" and is_null(text):
            found.append(None)
        else:
            place = f"predictions[{number}]['prediction_text']"
            raise MetricError(f"{place}: found {shown(text)}, expected a text, '' for no answer")
    return found


def answer_lists(references: Sequence[Any]) -> list[list[str]]:
    """Return the gold answers of each question.

    Raises:
        MetricError: the first reference without answers that are texts.
    """
    lists = []
    for number, reference in enumerate(references):
        place = f"references[{number}]['answers']"
        try:
            answers = gold_answers(reference)
        except (KeyError, TypeError, IndexError):  # a list or an array has no names
            found = shown(reference.get("answers") if isinstance(reference, Mapping) else reference)
            expected = "{'text': [...], 'answer_start': [...]}"
            raise MetricError(f"{place}: found {found}, expected {expected}") from None
        except ValueError:  # an array has no truth value
            place, found = (
                f"references[{number}]['is_impossible']",
                shown(reference["is_impossible"]),
            )
            raise MetricError(f"{place}: found {found}, expected true or false") from None
        for text in answers:
            if not isinstance(text, str):
                raise MetricError(f"{place}['text']: found {shown(text)}, expected a text")
        lists.append(answers)
    return lists
