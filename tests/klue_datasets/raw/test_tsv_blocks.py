from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_datasets import DataError
from klue_datasets.raw import tsv_blocks
from klue_datasets.raw.tsv_blocks import read_blocks

HEAD = "## 토큰, 레이블 구분자 : \\t\n## 컬럼명 : CHAR\tNE_TAG\n"
TWO = "## a-1\t가 나\n가\tO\n \tO\n나\tO\n\n## a-2\t다\n다\tB-PS\n\n"

cell = st.text(st.characters(codec="utf-8", exclude_characters="\t\n\r#"), min_size=1, max_size=2)
sentence = st.tuples(
    st.from_regex(r"[a-z]+-[0-9]{1,3}", fullmatch=True),
    cell,
    st.lists(st.tuples(cell, cell), min_size=1, max_size=6),
)


def read(path: Path, text: str) -> list[tuple[str, str, list[str], list[str]]]:
    """Each sentence as guid, sentence, first cells, second cells."""
    path.write_bytes(text.encode())
    read = []
    for blocks in read_blocks(path):
        cells = blocks.cells(("first", "second"))
        at = 0
        for guid, text, length in zip(
            blocks.guids, blocks.sentences, blocks.lengths(), strict=True
        ):
            piece = slice(at, at + length)
            first, second = (cells[name].to_pylist()[piece] for name in ("first", "second"))
            read.append((guid, text, first, second))
            at += length
    return read


@given(
    st.lists(sentence, min_size=1, max_size=8), st.integers(1, 3), st.booleans(), st.integers(1, 50)
)
def test_reads_what_was_written_whatever_the_line_ends_and_the_window(
    tmp_path_factory: pytest.TempPathFactory,
    sentences: list[tuple[str, str, list[tuple[str, str]]]],
    blank: int,
    windows: bool,
    window: int,
) -> None:
    text = HEAD
    for guid, words, rows in sentences:
        lines = [f"## {guid}\t{words}", *("\t".join(row) for row in rows)]
        text += "\n".join(lines) + "\n" + "\n" * blank
    text = text.replace("\n", "\r\n") if windows else text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("klue_datasets.raw.windows.WINDOW", window)
        patch.setattr(tsv_blocks, "SENTENCES", 3)
        found = read(tmp_path_factory.mktemp("tsv") / "a.tsv", text)
    assert found == [
        (guid, words, [row[0] for row in rows], [row[1] for row in rows])
        for guid, words, rows in sentences
    ]


def test_the_last_block_needs_no_empty_line(tmp_path: Path) -> None:
    whole = read(tmp_path / "a", HEAD + TWO)
    assert read(tmp_path / "a", (HEAD + TWO).rstrip("\n")) == whole
    assert [guid for guid, *_ in whole] == ["a-1", "a-2"]


def test_two_empty_lines_make_no_example(tmp_path: Path) -> None:
    whole = read(tmp_path / "a", HEAD + TWO)
    assert read(tmp_path / "a", HEAD + "\n\n" + TWO.replace("\n\n", "\n\n\n\n")) == whole


def test_byte_order_mark_and_no_comments(tmp_path: Path) -> None:
    assert read(tmp_path / "a", "\ufeff" + TWO) == read(tmp_path / "a", TWO)


@pytest.mark.parametrize("text", ["", "\n", HEAD])
def test_a_file_without_a_sentence_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match="found no sentence, expected one or more"):
        read(tmp_path / "a", text)


def test_other_separators_are_characters(tmp_path: Path) -> None:
    [(_, _, first, _)] = read(tmp_path / "a", "## a-1\tx\n\u2028\tO\n\x85\tO\n#\tO\n")
    assert first == ["\u2028", "\x85", "#"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "가\tO\n", "line 3: found .*expected '## <guid><tab><sentence>'"),
        (HEAD + TWO + "## 주석\n", "line 11: found '## 주석'"),
        (HEAD + "## a-1\t가\n\n", r"line 3 \(a-1\): found a sentence without lines"),
        (HEAD + "## a-1\t가\n가\tO\n## a-2\t나\n나\tO\n", "line 5: .*expected an empty line"),
        (HEAD + "## a-1\t가\n가\tO\n나\n", r"line 5 \(a-1\): found 1 in '나', expected 2 tab-sep"),
        (HEAD + TWO + "## a-3\t라\n라\tO\tO\n마\n", r"line 12 \(a-3\): found 3 in"),
    ],
)
def test_errors_name_line_and_sentence(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path / "a", text)


def test_no_utf8_is_an_error_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes((HEAD + TWO).encode() + b"\xff")
    with pytest.raises(DataError, match="line 11: found the byte 0xff"):
        list(read_blocks(path))
