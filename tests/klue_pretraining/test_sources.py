"""Sources in pieces: however they are cut, the documents are the same, and bad ones are named."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from klue_common.errors import InputError
from klue_pretraining.readers import Reading, rows
from klue_pretraining.sources import pieces, shares
from klue_pretraining.work_folder import digest_of

TEXTS = [f"{number}번째 문서의 글이다." * (number % 4 + 1) for number in range(23)]
LINES = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in TEXTS).encode()


def read(sources: list[str], tasks: int, reading: Reading | None = None) -> list[tuple[str, str]]:
    found = [piece for source in sources for piece in pieces(source)]
    shared = shares(found, tasks)
    assert len(shared) == tasks
    reading = reading or Reading()
    return [row for share in shared for piece in share for row in rows(piece, reading)]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The same texts in each of the forms."""
    folder = tmp_path_factory.mktemp("sources")
    table = pa.table({"text": TEXTS})
    pq.write_table(table, folder / "a.parquet", row_group_size=4)
    contents = {
        "a.jsonl": LINES,
        "b.txt": "\r\n".join(TEXTS).encode(),
        "c.jsonl.gz": gzip.compress(LINES),
        "d.jsonl.zst": zstandard.compress(LINES),
        "e.jsonl.bz2": bz2.compress(LINES),
        "f.jsonl.xz": lzma.compress(LINES),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [str(folder / name) for name in (*contents, "a.parquet")]


@pytest.mark.parametrize("tasks", [1, 2, 7, 100])
def test_pieces_are_the_whole(files: list[str], tasks: int) -> None:
    found = read(files, tasks)
    assert [text for _, text in found] == TEXTS * len(files)
    assert len({place for place, _ in found}) == len(found)
    assert found == read(files, 3)


@given(content=st.text("가a\n\r\ufeff ", max_size=40).map(str.encode), tasks=st.integers(1, 9))
def test_lines_are_cut_nowhere(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, tasks: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "cut.txt"
    path.write_bytes(content)
    assert read([str(path)], tasks) == read([str(path)], 1)


def test_the_line_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES + b'{"text": "\xff"}\n' + LINES + b"{\n")
    reading = Reading(skip_bad=True)
    assert len(read([str(path)], 5, reading)) == 2 * len(TEXTS)
    assert [example.partition(":")[0] for example in reading.examples] == [
        f"{path}, line {len(TEXTS) + 1}",
        f"{path}, line {2 * len(TEXTS) + 2}",
    ]


def test_an_address_is_a_file_a_folder_or_a_pattern(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl.gz", "notes.md"):
        content = gzip.compress(LINES) if name.endswith("gz") else LINES
        (tmp_path / name).write_bytes(content)
    address = tmp_path.as_uri()
    for source, times in (("", 2), ("/b.jsonl", 1), ("/*.jsonl", 1)):
        assert [text for _, text in read([address + source], 3)] == TEXTS * times, source


def test_a_source_is_the_same_by_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.jsonl").write_bytes(LINES)
    monkeypatch.chdir(tmp_path)
    assert digest_of(pieces("a.jsonl")) == digest_of(pieces(str(tmp_path / "a.jsonl")))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("file:///nowhere/at/all", "found nothing, expected a file, or files that end in"),
        ("nosuch://a/b", "cannot be opened: Protocol not known"),
        ("nowhere.jsonl", "found no such file"),
    ],
)
def test_what_is_no_source(source: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        pieces(source)


def test_a_damaged_file_is_named_or_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(LINES * 100)[:-20])
    with pytest.raises(InputError, match=r"a\.jsonl\.gz: found .*expected a whole gzip file"):
        read([str(path)], 1, Reading(skip_bad=False))
    reading = Reading(skip_bad=True)
    read([str(path)], 1, reading)
    assert reading.bad == 1


@pytest.mark.parametrize("tasks", [1, 4])
def test_a_damaged_row_group_takes_no_other_with_it(tmp_path: Path, tasks: int) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": TEXTS}), path, row_group_size=4)
    with pq.ParquetFile(path) as table:
        damaged = table.metadata.row_group(1).column(0)
    content = bytearray(path.read_bytes())
    first, size = damaged.dictionary_page_offset, damaged.total_compressed_size
    content[first : first + size] = b"\xff" * size
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.parquet, row group 2: found .*\(--skip-bad leaves"):
        read([str(path)], tasks, Reading(skip_bad=False))
    reading = Reading(skip_bad=True)
    assert [text for _, text in read([str(path)], tasks, reading)] == TEXTS[:4] + TEXTS[8:]
    assert reading.bad == 1


def test_a_file_that_cannot_be_read_is_named_or_left_out(tmp_path: Path) -> None:
    paths = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for path in paths:
        path.write_bytes(LINES)
    found = [piece for path in paths for piece in pieces(str(path))]
    paths[0].unlink()
    paths[0].mkdir()  # root may read all files
    with pytest.raises(InputError, match=r"a\.jsonl: found Is a directory, expected a source that"):
        list(rows(found[0], Reading(skip_bad=False)))
    reading = Reading(skip_bad=True)
    assert [text for piece in found for _, text in rows(piece, reading)] == TEXTS
    assert reading.examples == [f"{paths[0]}: Is a directory"]


def test_a_source_that_vanishes_or_shrinks(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)
    (piece,) = pieces(str(path))
    path.write_bytes(LINES[: len(LINES) // 2].rpartition(b"\n")[0] + b"\n")
    with pytest.raises(
        InputError, match=r"bytes where there were .* expected it to stay as it was"
    ):
        list(rows(piece, Reading(skip_bad=True)))
    path.unlink()
    with pytest.raises(InputError, match="found no such file, expected it to stay"):
        list(rows(piece, Reading(skip_bad=True)))


def test_the_field_may_have_another_name(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"body": "글이다."}\n')
    pq.write_table(pa.table({"body": ["글이다."]}), tmp_path / "a.parquet")
    for name in ("a.jsonl", "a.parquet"):
        ((_, text),) = read([str(tmp_path / name)], 1, Reading(field="body"))
        assert text == "글이다."
