from __future__ import annotations

import pickle
from pathlib import Path

from klue_datasets.errors import DataError, data_error, not_utf8, show


def test_message_without_a_place_names_the_file_alone() -> None:
    assert str(data_error("a.json", "", "nothing", "a list")) == (
        "a.json: found nothing, expected a list"
    )


def test_error_is_a_value_error_and_can_be_sent_between_processes() -> None:
    error = data_error("a", "b", "c", "d")
    assert isinstance(error, ValueError)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_show_stays_on_one_line_and_can_be_printed() -> None:
    shown = show("가\n나\ud800")
    assert "\n" not in shown
    shown.encode("utf-8")


def test_show_cuts_long_values() -> None:
    assert len(show("가" * 1000)) == 60


def test_not_utf8_names_the_line_and_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes("가\n나\n".encode() + b"\xff\n")
    error = not_utf8(path)
    assert isinstance(error, DataError)
    assert "line 3" in str(error)
    assert "0xff" in str(error)
