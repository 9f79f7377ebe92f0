"""Files of people's own: what is a row, what is none, and where it stands."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from typing import Any

import pytest

from klue_baselines.labelling import lines
from klue_baselines.labelling.readers import Source
from klue_baselines.labelling.rows import Bad
from klue_baselines.labelling.sources import source_of
from klue_baselines.tasks import BASELINES
from klue_common.errors import InputError
from klue_datasets.errors import DataError


def source(folder: Path, name: str, content: bytes | str, task: str = "ynat") -> Source:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return source_of(str(path), BASELINES[task], None, None)


def rows(found: Source) -> list[Any]:
    """Line and fields of each row, the message of each that is none."""
    name = str(Path(found.name).parent) + "/"
    return [
        row.message.removeprefix(name) if isinstance(row, Bad) else (row.number, dict(row.fields))
        for row in found.rows()
    ]


def test_a_text_file_has_a_text_a_line(tmp_path: Path) -> None:
    found = source(tmp_path, "own.txt", "\ufeff비가 온다.\r\n\n  \n눈이\u2028온다.\n끝\r")
    texts = {1: "비가 온다.", 4: "눈이\u2028온다.", 5: "끝\r"}
    assert rows(found) == [(number, {"title": text}) for number, text in texts.items()]
    assert rows(source(tmp_path, "own.log", "비", "dp")) == [(1, {"sentence": "비"})]


def test_csv_keeps_cells_as_they_are(tmp_path: Path) -> None:
    content = '\ufeff"id",title,n\r\n007,"비가\r\n온다, ""또""",1e400\r\n\r\n,눈 ,\r\n'
    found = source(tmp_path, "own.csv", content)
    assert (found.columns, found.bom) == (("id", "title", "n"), True)
    expected = [
        (2, {"id": "007", "title": '비가\r\n온다, "또"', "n": "1e400"}),
        (5, {"id": "", "title": "눈 ", "n": ""}),
    ]
    assert rows(found) == expected
    assert rows(found) == expected  # again from the beginning


def test_quotation_marks_are_letters_in_tsv(tmp_path: Path) -> None:
    found = source(tmp_path, "own.tsv", 'id\ttitle\r\n1\t"비가 온다\r\n2\t눈\t\r\n')
    assert rows(found) == [
        (2, {"id": "1", "title": '"비가 온다'}),
        "own.tsv:3: found 3 cells, expected 2, as in the header",
    ]


def test_a_broken_row_of_csv_does_not_hide_the_next(tmp_path: Path) -> None:
    content = (
        b'title,n\n\xec,1\n\xeb\xb9\x84,2\n"a"b,3\n\xeb\x88\x88,4,5\n\xeb\x81\x9d,6\n"open,7\n'
    )
    assert rows(source(tmp_path, "own.csv", content)) == [
        "own.csv:2: found the byte 0xec, expected UTF-8",
        (3, {"title": "비", "n": "2"}),
        "own.csv:4: found ',' expected after '\"', expected a row of CSV",
        "own.csv:5: found 3 cells, expected 2, as in the header",
        (6, {"title": "끝", "n": "6"}),
        "own.csv:7: found unexpected end of data, expected a row of CSV",
    ]


def test_a_line_of_json_is_a_row(tmp_path: Path) -> None:
    content = (
        '\ufeff{"title": "비", "n": 9007199254740993}\r\n\n[1]\n{"a"\n{"title": "\\ud800"}\n{}'
    )
    assert rows(source(tmp_path, "own.jsonl", content)) == [
        (1, {"title": "비", "n": 9007199254740993}),
        "own.jsonl:3: found no JSON object, expected an object a line",
        "own.jsonl:4: found Expecting ':' delimiter: line 1 column 5 (char 4), expected an object "
        "a line",
        "own.jsonl:5: found half a character, expected an object a line",
        (6, {}),
    ]


def test_an_object_of_a_json_array_is_a_row(tmp_path: Path) -> None:
    content = '\ufeff[{"title": "비",\n "n": 9007199254740993}, {"title": "\\ud800"},\n{}]\n'
    found = source(tmp_path, "own.json", content)
    assert rows(found) == [
        (1, {"title": "비", "n": 9007199254740993}),
        "own.json: row 2: found half a character, expected an object",
        (3, {}),
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("own.json", '[{"title": "비"},\n{"title":', "own.json: line 2: found the end of the file"),
        ("own.json", '[{"title": "비"}, 5]', "line 1: found '5"),
        ("own.json.gz", gzip.compress(b"[{}]"), "own.json.gz:1: found a JSON array, expected an"),
    ],
)
def test_an_array_that_cannot_be_read_is_an_error(
    name: str, content: str | bytes, message: str, tmp_path: Path
) -> None:
    # No row to skip: where the next one begins cannot be told.
    with pytest.raises((InputError, DataError), match=message):
        rows(source(tmp_path, name, content))


def test_windows_korean_is_recognised(tmp_path: Path) -> None:
    [message] = rows(source(tmp_path, "own.txt", "서울".encode("cp949")))
    assert message.startswith("own.txt:1: found the byte 0xbc, expected UTF-8 (iconv -f cp949")


def test_a_line_without_end_is_skipped_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LONGEST", 100)
    found = source(tmp_path, "own.txt", f"비\n{'a' * 1000}\n눈\n{'b' * 1000}")
    limit = f"found a line of more than {100 >> 20} MB, expected a row"
    assert rows(found) == [
        (1, {"title": "비"}),
        f"own.txt:2: {limit}",
        (3, {"title": "눈"}),
        f"own.txt:4: {limit}",
    ]


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    packed = gzip.compress("title\n비\n".encode())
    assert rows(source(tmp_path, "own.csv.gz", packed)) == [(2, {"title": "비"})]
    with pytest.raises(InputError, match=r"own\.txt\.gz: cannot be read: "):
        rows(source(tmp_path, "own.txt.gz", packed[:-9]))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "비".encode("utf-16"), "a.txt: found UTF-16, expected UTF-8: iconv"),
        ("a.csv", "비".encode("utf-16"), "a.csv: found UTF-16, expected UTF-8: iconv"),
        ("a.xlsx", b"PK\x03\x04", "a.xlsx: found a zip archive or an Excel workbook"),
        ("a.jsonl", b"PAR1", "a.jsonl: found Parquet, expected text, or the ending .parquet"),
        ("a.parquet", b"title", "a.parquet: found .*, expected a Parquet file"),
        ("a.csv", b"", "a.csv: found nothing, expected a line with the columns' names"),
        ("a.csv", b"a,b,a\n", "a.csv: found the column 'a' twice"),
        ("a.csv", b"\xff,b\n", "a.csv:1: found the byte 0xff, expected UTF-8"),
    ],
)
def test_what_is_no_table_is_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        list(source(tmp_path, name, content).rows())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("no.csv", "no.csv: no such file, expected a file, - or a dataset's id"),
        ("x" * 5000, "no such file"),
        ("\0", "no such file"),
    ],
)
def test_what_is_not_there_is_refused(given: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        source_of(given, BASELINES["ynat"], None, None)


def test_a_text_file_is_for_tasks_that_take_a_text(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"found a text file, expected .* for nli: an example is a"
    ):
        source(tmp_path, "own.txt", "비", "nli")
    with pytest.raises(InputError, match="its lines have no columns"):
        source_of(str(tmp_path / "own.txt"), BASELINES["ynat"], ("a",), None)
    with pytest.raises(InputError, match="--split: found 'train' for"):
        source_of(str(tmp_path / "own.txt"), BASELINES["ynat"], None, "train")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no FIFOs")
def test_a_fifo_is_read_once(tmp_path: Path) -> None:
    import os
    import threading

    path = tmp_path / "own.csv"
    os.mkfifo(path)
    writing = threading.Thread(target=path.write_text, args=("title\n비\n눈\n",))
    writing.start()
    found = source_of(str(path), BASELINES["ynat"], None, None)
    assert not found.again and found.columns == ("title",)
    assert [number for number, _ in rows(found)] == [2, 3]
    writing.join()
