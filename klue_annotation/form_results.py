"""What a person filled into a form, as Label Studio's JSON holds it, read and written.

An annotation's `result` is a list of {from_name, to_name, type, value}: `from_name` is the field of
the form, `value` what was filled in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from klue_common.own_files import is_number
from klue_datasets.errors import show

from .misfits import MisfitError, SlipError

Span = tuple[int, int, str]  # characters [start, end) of a text, and their label


class Results:
    """The filled fields of a form.

    Raises:
        MisfitError: it is no list of results, or a field has another name than the form's.
    """

    def __init__(self, results: Any, names: re.Pattern[str]) -> None:
        """Take the results of an annotation.

        Args:
            results: its `result`.
            names: what the names of the form's fields look like.
        """
        if not isinstance(results, list):
            raise MisfitError("result", show(results), "a list")
        self.by_field: dict[str, list[dict[str, Any]]] = {}
        for result in results:
            value = result.get("value") if isinstance(result, dict) else None
            if not isinstance(value, dict):
                raise MisfitError("result", show(result), "an object with a value")
            name = result.get("from_name")
            if not isinstance(name, str) or not names.fullmatch(name):
                raise MisfitError("result", f"the field {show(name)}", "a field of the form")
            self.by_field.setdefault(name, []).append(value)

    def values(self, field: str, key: str) -> Iterator[Any]:
        """Yield what stands under a key in each result of a field."""
        for value in self.by_field.get(field, ()):
            if key not in value:
                raise MisfitError(field, show(value), f"{key} in it")
            yield value[key]

    def choice(self, field: str, labels: Collection[str]) -> str | None:
        """Return the label that was chosen, None where none was.

        Raises:
            MisfitError: the form has no such label.
        """
        chosen = [
            label for found in self.values(field, "choices") for label in listed(field, found)
        ]
        for label in chosen:
            if label not in labels:
                raise MisfitError(field, f"the label {show(label)}", f"one of {', '.join(labels)}")
        if len(chosen) > 1:
            raise MisfitError(field, f"{len(chosen)} labels", "one")
        return chosen[0] if chosen else None

    def needed(self, field: str, labels: Collection[str]) -> str:
        """Return the label that was chosen.

        Raises:
            SlipError: none was.
        """
        label = self.choice(field, labels)
        if label is None:
            raise SlipError(f"nothing chosen for {field}")
        return label

    def number(self, field: str) -> int | None:
        """Return the whole number that was given, None where none was.

        Raises:
            SlipError: it is no whole number.
        """
        found = list(self.values(field, "number"))
        if not found:
            return None
        if len(found) > 1 or not is_number(found[0]):
            raise MisfitError(field, show(found), "one number")
        if found[0] != int(found[0]):
            raise SlipError(f"{field} is {found[0]}, no whole number")
        return int(found[0])

    def written(self, field: str) -> list[str]:
        """Return the lines that were typed, in their order, without blanks around them."""
        texts = []
        for found in self.values(field, "text"):
            texts += listed(field, [found] if isinstance(found, str) else found)
        return [line.strip() for text in texts for line in text.splitlines() if line.strip()]

    def spans(self, field: str, labels: Collection[str], text: str) -> list[Span]:
        """Return the parts of a text that were labelled, in their order, each once.

        Raises:
            MisfitError: a label that the form does not have, or a part that is none of the text.
        """
        found = set()
        for value in self.by_field.get(field, ()):
            chosen = listed(field, value.get("labels"))
            if len(chosen) != 1 or chosen[0] not in labels:
                raise MisfitError(field, f"the label {show(chosen)}", f"one of {', '.join(labels)}")
            start, end = _place(field, value, text)
            found.add((start, end, chosen[0]))
        return sorted(found)


def listed(field: str, found: Any) -> list[str]:
    """Return a list of texts.

    Raises:
        MisfitError: it is none.
    """
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise MisfitError(field, show(found), "a list of texts")
    if any("\ud800" <= char <= "\udfff" for one in found for char in one):
        raise MisfitError(field, f"half a character in {show(found)}", "texts")
    return found


def _place(field: str, value: dict[str, Any], text: str) -> tuple[int, int]:
    """Return where a labelled part stands, in characters."""
    start, end = value.get("start"), value.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        expected = f"a part of the {len(text)} characters"
        raise MisfitError(field, f"{show(start)} to {show(end)}", expected)
    there = value.get("text", text[start:end])
    if there != text[start:end]:
        found = f"{show(there)} at {start} to {end}"
        raise MisfitError(field, found, show(text[start:end]))
    return start, end


def chosen(field: str, of: str, label: str) -> dict[str, Any]:
    """Return the result of a chosen label."""
    return _result(field, of, "choices", {"choices": [label]})


def counted(field: str, of: str, number: int) -> dict[str, Any]:
    """Return the result of a number."""
    return _result(field, of, "number", {"number": number})


def typed(field: str, of: str, texts: Sequence[str]) -> dict[str, Any]:
    """Return the result of typed texts."""
    return _result(field, of, "textarea", {"text": list(texts)})


def labelled(field: str, of: str, span: Span, text: str) -> dict[str, Any]:
    """Return the result of a labelled part of a text."""
    start, end, label = span
    value = {"start": start, "end": end, "text": text[start:end], "labels": [label]}
    return {"id": f"{field}-{start}-{end}", **_result(field, of, "labels", value)}


def _result(field: str, of: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"from_name": field, "to_name": of, "type": kind, "value": value}
