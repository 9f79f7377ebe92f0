"""Hostile inputs: valid ones that were damaged, and some that never were any.

A damaged input is a valid seed with one to three changes, so that most of it is right and the
damage is met wherever a reader trusts what stands behind the first line.
"""

from __future__ import annotations

import copy
import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hypothesis import strategies as st

# Values that JSON can write, and how: what no reader expects at its place.
ODD_JSON = (
    "null", "true", "false", "0", "-1", "1", "5", "2.5", "-0.0", "1e400", "1e308", "NaN", "-Infinity",
    "9007199254740993", "2147483648", "1" + "0" * 30, "1" * 5000,
    '""', '" "', '"x"', '"5"', '"\\ud800"', '"a\\udfffb"', '"\\u0000"', '"a\\nb"', '"\\r\\n"', '"\\u0085"',
    '"\\u2028"', '"\\u202e\\u001b[31m"', '"\\u1112\\u1161\\u11ab"', '"\\u200b"', '"\\ufffd"', '"\\ufeff"',
    '"' + "가" * 3000 + '"', '"../../etc/passwd"', '"<script>"', '"{{x}}"', '"%s"', '"서울-x-y"',
    "[]", "{}", "[[]]", "[null]", '[1,"a"]', '["x"]', '{"a":1}', '{"":null}', '{"text":[]}',
    "[" * 60 + "]" * 60, "[" * 5000 + "]" * 5000, '{"a":' * 3000 + "1" + "}" * 3000, "x", "",
)  # fmt: skip
ODD_TEXTS = (
    "", " ", "x", "\ud800", "손흥민\ud83d", "\x00", "a\nb", "a\r\nb", "\x85", "\u2028", "\u202e\x1b[31m",
    "\u1112\u1161\u11ab\u1100\u116e\u11a8", "\u200b", "\ufffd", "\ufffd \ufffd", "\ufeff", "\u0301", "\u00ad",
    "\u3164", "\U000e0001", "가" * 3000, "가 " * 300, "5", "-1", "nan", "../x", "<script>", "{{x}}", "%s",
    "[SEP] [CLS]", "<subj>가</subj>", "뷁ᄏ😀漢", "\t", "#", "---", "null",
)  # fmt: skip
RAW = "\x01raw{}\x01"  # stands for a value of ODD_JSON until the text is written
TWICE = "\x01twice"  # ends a key that is written without it: a key that stands there twice
_RAW = re.compile(r'"\\u0001raw(\d+)\\u0001"')
_TWICE = re.compile(r"(\\u0001twice)+")


def odd_json(draw: Any) -> str:
    """Draw the mark of an odd value."""
    return RAW.format(draw(st.integers(0, len(ODD_JSON) - 1)))


def places(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every part of a JSON value but the whole."""
    if isinstance(content, dict | list):
        for key in content if isinstance(content, dict) else range(len(content)):
            yield (*path, key)
            yield from places(content[key], (*path, key))


def at(content: Any, path: Sequence[Any]) -> Any:
    """Return a part of a JSON value."""
    for key in path:
        content = content[key]
    return content


def replaced(draw: Any, holder: Any, key: Any, whole: Any) -> None:
    """Put an odd value in a place."""
    holder[key] = odd_json(draw)


def removed(draw: Any, holder: Any, key: Any, whole: Any) -> None:
    """Take a place away."""
    del holder[key]


def swapped(draw: Any, holder: Any, key: Any, whole: Any) -> None:
    """Put a copy of another part of the whole in a place."""
    holder[key] = copy.deepcopy(at(whole, draw(st.sampled_from(list(places(whole))))))


def doubled(draw: Any, holder: Any, key: Any, whole: Any) -> None:
    """Write a place twice: an element, or a key with another value."""
    if isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    else:
        holder[f"{key}{TWICE}"] = odd_json(draw)


def renamed(draw: Any, holder: Any, key: Any, whole: Any) -> None:
    """Give a value another key."""
    if isinstance(holder, dict):
        holder[draw(st.sampled_from(ODD_TEXTS))] = holder.pop(key)
    else:
        holder[key] = [holder[key]]


CHANGES: tuple[Callable[..., None], ...] = (
    replaced, replaced, replaced, removed, swapped, doubled, renamed,
)  # fmt: skip


def changed(draw: Any, content: Any, most: int = 3) -> Any:
    """Draw a JSON value with up to so many changes."""
    content = copy.deepcopy(content)
    for _ in range(draw(st.integers(1, most))):
        there = list(places(content))
        if not there:
            break
        path = there[draw(st.integers(0, len(there) - 1))]
        draw(st.sampled_from(CHANGES))(draw, at(content, path[:-1]), path[-1], content)
    return content


def written(content: Any, **options: Any) -> str:
    """Return the text of a JSON value with its marks in place of odd values."""
    text = json.dumps(content, **options)
    text = _RAW.sub(lambda found: ODD_JSON[int(found[1])], text)
    return _TWICE.sub("", text)


def values(content: Any) -> Any:
    """Return a JSON value with odd values for their marks, where JSON can read them."""
    try:
        return json.loads(written(content))
    except (ValueError, RecursionError, TypeError):  # TypeError: a value of Python's own in it
        return None


def encoded(draw: Any, text: str) -> bytes:
    """Draw the bytes of a text: most often UTF-8, as it is."""
    form = draw(st.integers(0, 19))
    if form == 0:
        return b"\xef\xbb\xbf" + text.encode("utf-8", "surrogatepass")
    if form == 1:
        return text.replace("\n", "\r\n").encode("utf-8", "surrogatepass")
    if form == 2:
        return unicodedata.normalize("NFD", text).encode("utf-8", "surrogatepass")
    if form == 3:
        return text.encode("utf-16", "surrogatepass")
    return text.encode("utf-8", "surrogatepass")


def cut(draw: Any, data: bytes) -> bytes:
    """Draw the bytes with an end missing, a byte flipped, or a part taken out or said twice."""
    if not data:
        return data
    way, place = draw(st.integers(0, 4)), draw(st.integers(0, len(data) - 1))
    if way == 0:
        return data[:place]
    if way == 1:
        return data[:place] + bytes([draw(st.integers(0, 255))]) + data[place + 1 :]
    end = place + draw(st.integers(1, 40))
    if way == 2:
        return data[:place] + data[end:]
    if way == 3:
        return data[:end] + data[place:]
    return data[:place] + draw(st.sampled_from((b"\xff", b"\x00", b"\n", b'"', b"\t", b"[", b"\xed\xa0\x80"))) + data[place:]  # fmt: skip


@st.composite
def json_files(draw: Any, seeds: Sequence[Any]) -> bytes:
    """Draw the bytes of a JSON file: a seed with changes, or something else."""
    way = draw(st.integers(0, 11))
    if way == 0:
        return draw(st.one_of(st.binary(max_size=60), scratch().map(lambda text: text.encode())))
    content = draw(st.sampled_from(seeds))
    content = changed(draw, content) if way > 2 else content
    data = encoded(draw, written(content, ensure_ascii=True))
    return cut(draw, data) if way < 5 else data


@st.composite
def json_line_files(draw: Any, rows: Sequence[Any]) -> bytes:
    """Draw the bytes of a JSON Lines file: rows with changes, or something else."""
    way = draw(st.integers(0, 11))
    if way == 0:
        return draw(st.one_of(st.binary(max_size=60), scratch().map(lambda text: text.encode())))
    content = changed(draw, list(rows)) if way > 2 else list(rows)
    data = encoded(draw, "".join(written(row) + "\n" for row in content))
    return cut(draw, data) if way < 5 else data


@st.composite
def text_files(draw: Any, seeds: Sequence[str]) -> bytes:
    """Draw the bytes of a file of lines with fields between tabs."""
    way = draw(st.integers(0, 11))
    if way == 0:
        return draw(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
    lines = draw(st.sampled_from(seeds)).split("\n")
    for _ in range(draw(st.integers(1, 3)) if way > 2 else 0):
        change_line(draw, lines)
    data = encoded(draw, "\n".join(lines))
    return cut(draw, data) if way < 5 else data


def change_line(draw: Any, lines: list[str]) -> None:
    """Change a line in place: its place, its number, or one of its fields."""
    place, way = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, 7))
    if way == 0 and len(lines) > 1:
        del lines[place]
    elif way == 1:
        lines.insert(place, lines[place])
    elif way == 2:
        other = draw(st.integers(0, len(lines) - 1))
        lines[place], lines[other] = lines[other], lines[place]
    else:
        fields = re.split(r"(\t| = |: | )", lines[place])
        field = draw(st.integers(0, len(fields) - 1))
        fields[field] = draw(st.sampled_from(ODD_TEXTS))
        lines[place] = "".join(fields)


def scratch() -> st.SearchStrategy[str]:
    """Draw the text of a JSON value that was never a valid input."""
    leaves = st.sampled_from(ODD_JSON)
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3).map(lambda parts: f"[{','.join(parts)}]")
            | st.lists(inner, max_size=2).map(
                lambda parts: "{" + ",".join(f'"{n}":{part}' for n, part in enumerate(parts)) + "}"
            )
        ),
        max_leaves=6,
    )


odd_texts = st.one_of(
    st.sampled_from(ODD_TEXTS),
    st.text(max_size=20),
    st.text(st.characters(categories=["Cc", "Cf", "Cs", "Co", "Lo", "Zs"]), max_size=8),
)


def odd_values() -> st.SearchStrategy[Any]:
    """Draw a value of Python that no example is."""
    return st.one_of(st.sampled_from(ODD_VALUES).map(lambda make: make()), odd_texts)


class EvilError(Exception):
    """What a hostile value raises."""


class Evil:
    """A value that fails whenever anybody looks at it, but for its repr."""

    def __eq__(self, other: object) -> bool:
        raise EvilError

    __hash__ = None  # type: ignore[assignment]


def made_of_libraries() -> list[Callable[[], Any]]:
    """Return what other libraries call a number, a text or a list."""
    import numpy as np
    import pandas as pd
    import torch

    return [
        lambda: np.array(1), lambda: np.array("O"), lambda: np.array([1, 2]), lambda: np.float32(1.5),
        lambda: np.int8(1), lambda: np.bool_(True), lambda: np.str_("사회"), lambda: np.zeros((2, 2)),
        lambda: np.array([None, "x"], dtype=object), lambda: np.datetime64("2020-01-01"),
        lambda: torch.tensor(1), lambda: torch.tensor(True), lambda: torch.tensor([1.5]),
        lambda: torch.zeros(2, 2), lambda: pd.NA, lambda: pd.Series(["neutral"]), lambda: pd.NaT,
        lambda: pd.DataFrame({"a": [1]}),
    ]  # fmt: skip


def made_of_python() -> list[Callable[[], Any]]:
    """Return what Python has beside texts, numbers and lists."""
    from collections import OrderedDict, deque
    from decimal import Decimal
    from fractions import Fraction

    return [
        lambda: None, lambda: True, lambda: False, lambda: 0, lambda: -1, lambda: 5, lambda: 2.5,
        lambda: 10**30, lambda: 10**400, lambda: 1e308, lambda: math.nan, lambda: math.inf,
        lambda: b"x", bytearray, list, lambda: [[]], lambda: [None], tuple, lambda: (1, 2), set,
        lambda: {"a"}, frozenset, dict, lambda: {"head": [1], "deprel": ["NP"]},
        lambda: {"head": "1", "deprel": "N"}, lambda: {"head": {1}, "deprel": {"NP"}},
        lambda: {"guid": "0", "prediction_text": "a"}, lambda: {"text": None, "answer_start": [0]},
        lambda: ["O", "B-PS"], lambda: [12, 0], lambda: ["O", None], lambda: ["a-b-c"],
        lambda: Decimal("0.9"), lambda: Fraction(1, 3), lambda: deque([0]), lambda: range(3),
        lambda: iter([1, 2]), lambda: (n for n in range(2)), lambda: ..., object, Evil, lambda: 1j,
        lambda: OrderedDict(a=1), lambda: memoryview(b"ab"), lambda: len, lambda: Exception("a\nb"),
    ]  # fmt: skip


ODD_VALUES = [*made_of_python(), *made_of_libraries()]


def some_changed(draw: Any, column: Sequence[Any], most: int = 2) -> Any:
    """Draw a column of valid values of which a few are odd; or an odd one in its place."""
    way = draw(st.integers(0, 9))
    if way == 0:
        return draw(odd_values())
    found = copy.deepcopy(list(column))
    for _ in range(draw(st.integers(0, most)) if found else 0):
        place = draw(st.integers(0, len(found) - 1))
        change = draw(st.integers(0, 4))
        if change == 0:
            del found[place]
            if not found:
                break
        elif change == 1 and isinstance(found[place], list | dict) and found[place]:
            found[place] = values(changed(draw, found[place], 1))
        elif change == 2 and isinstance(found[place], list) and found[place]:
            found[place][draw(st.integers(0, len(found[place]) - 1))] = draw(odd_values())
        else:
            found[place] = draw(odd_values())
    return found if way > 2 else draw(st.sampled_from((tuple, iter, list)))(found)
