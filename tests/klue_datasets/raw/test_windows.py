from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_datasets import DataError
from klue_datasets.raw import windows
from klue_datasets.raw.windows import line_at, text_windows


@given(st.text())
def test_windows_join_to_the_text_whatever_their_size(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("text") / "a"
    path.write_bytes(text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "WINDOW", 3)
        assert "".join(text_windows(path)) == text.removeprefix("\ufeff")


def test_byte_order_mark_goes_and_line_ends_stay(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    assert "".join(text_windows(path)) == "a\r\nb\rc\n"


def test_a_file_cut_inside_a_character_is_an_error_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x\n" + "가".encode()[:2])
    with pytest.raises(DataError, match="line 2"):
        list(text_windows(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere.*No such file"):
        list(text_windows(tmp_path / "nowhere"))


def test_line_at_counts_over_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "WINDOW", 2)
    path = tmp_path / "a"
    path.write_text("a\nb\nc\nd")
    assert [line_at(path, place) for place in range(7)] == [1, 1, 2, 2, 3, 3, 4]
