"""A text file, a text a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from klue_baselines.own_texts.text_file import examples_of
from klue_baselines.tasks import BASELINES
from klue_common.errors import InputError


def test_lines_are_examples_and_empty_ones_are_not(tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes("\ufeff비가 온다.\r\n\n  \n눈이\u2028온다.".encode())
    rows = examples_of(BASELINES["dp"], path).to_list()
    assert rows == [
        {"guid": "1", "word_form": ["비가", "온다."], "pos": None},
        {"guid": "4", "word_form": ["눈이", "온다."], "pos": None},
    ]


@pytest.mark.parametrize(
    ("task", "content", "message"),
    [
        ("nli", "비가 온다.", "text: found .*own.txt for nli, expected a split"),
        ("wos", "안녕하세요", "text: found .*own.txt for wos, expected a split"),
        ("dp", "", "own.txt: found no text, expected a text a line"),
        ("dp", "비가 온다.\n\u200b", "own.txt:2: sentence: found '\\\\u200b', expected at least"),
        ("dp", None, "own.txt: cannot be read"),
        ("ner", b"\xff\xfe", "own.txt: found text that is no UTF-8"),
    ],
)
def test_what_is_no_example_is_named(
    tmp_path: Path, task: str, content: str | bytes | None, message: str
) -> None:
    path = tmp_path / "own.txt"
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(InputError, match=message):
        examples_of(BASELINES[task], path)
