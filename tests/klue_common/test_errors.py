"""Every message is one line that a terminal can print."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_common.errors import InputError, RunError, exit_code
from klue_datasets import DataError
from klue_metrics import MetricError

ERRORS = [InputError, RunError, DataError, MetricError]


@pytest.mark.parametrize("kind", ERRORS)
@given(text=st.text())
def test_a_message_is_one_line_of_utf8(kind: type[Exception], text: str) -> None:
    message = str(kind(text))
    assert len(message.splitlines()) <= 1
    message.encode("utf-8")
    assert str(kind(message)) == message


@pytest.mark.parametrize("kind", ERRORS)
def test_what_a_name_holds_is_shown_as_an_escape(kind: type[Exception]) -> None:
    assert str(kind("a\nb\x1b[31m\u2028c\ud800: found '서울'")) == (
        "a\\nb\\x1b[31m\\u2028c\\ud800: found '서울'"
    )


@pytest.mark.parametrize("kind", ERRORS)
def test_errors_go_from_process_to_process(kind: type[Exception]) -> None:
    back = pickle.loads(pickle.dumps(kind("a\nb")))
    assert type(back) is kind and str(back) == "a\\nb"


def test_exit_codes() -> None:
    assert [exit_code(kind("x")) for kind in (*ERRORS, OSError)] == [2, 1, 2, 2, None]
