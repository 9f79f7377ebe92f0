"""Rows in parts."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from klue_baselines.labelling.arriving import CHARACTERS, as_they_come, in_parts
from klue_baselines.labelling.rows import Asked, Bad, Row


def asked(text: str) -> Asked:
    return Asked(Row("", 1, {}), (text,))


def test_borders_depend_on_nothing_before() -> None:
    rows = [asked("a" * (at * 997 % 5000)) for at in range(400)] + [Bad("")] * 5
    parts = [*in_parts(rows, 50)]
    assert [one for part in parts for one in part] == rows
    assert max(map(len, parts)) == 50
    done = sum(map(len, parts[:3]))
    assert [*in_parts(rows[done:], 50)] == parts[3:]


def test_long_texts_come_in_small_parts() -> None:
    assert [len(part) for part in in_parts([asked("a" * CHARACTERS)] * 3)] == [1, 1, 1]


def test_what_comes_slowly_is_not_waited_for() -> None:
    go_on = threading.Semaphore(0)

    def slow() -> Iterator[int]:
        for number in range(3):
            yield number
            go_on.acquire()

    found = as_they_come(slow())
    for number in range(3):
        assert next(found) == [number]
        go_on.release()
    assert [*found] == []


def test_what_comes_fast_comes_in_lists() -> None:
    found = [*as_they_come(range(1000), most=7)]
    assert [number for part in found for number in part] == [*range(1000)]
    assert max(map(len, found)) <= 7


def test_what_goes_wrong_is_raised_behind_what_has_come() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    found: list[int] = []
    with pytest.raises(ValueError, match="broken"):
        found.extend(number for part in as_they_come(broken()) for number in part)
    assert found == [1]
