"""JSON files of our own that were cut or damaged: one line that names the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_common.errors import InputError
from klue_common.own_files import parse_json, read_json

DAMAGED = {
    b"": "found Expecting value: line 1 column 1 (char 0)",
    b'{"task": "yn': "found Unterminated string",
    b"\xff\xfe": "found text that is no UTF-8",
    b"[]": "found no JSON object",
    b"[" * 100_000: "found too many levels of JSON",
    b'{"seed": ' + b"1" * 5000 + b"}": "found Exceeds the limit",
}


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_damage_is_one_line_with_the_file(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_json(path, "a run's settings")
    message = str(caught.value)
    assert message.startswith(f"{path}: {DAMAGED[content]}")
    assert message.endswith(", expected a run's settings") and "\n" not in message


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: Is a directory, expected a run"):
        read_json(tmp_path, "a run")


@given(st.text())
def test_any_text_is_an_object_or_one_line(text: str) -> None:
    try:
        assert isinstance(parse_json(text, "x", "y"), dict)
    except InputError as error:
        assert str(error).startswith("x: ") and len(str(error).splitlines()) == 1
