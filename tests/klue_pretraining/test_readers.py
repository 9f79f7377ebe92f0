"""Sources of documents, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from klue_common.errors import InputError
from klue_pretraining.corpus_file import corpus_texts
from klue_pretraining.readers import Reading, documents

TEXTS = ["첫 문서입니다.", "둘째 문서입니다.\n두 줄입니다."]


def read(source: object, skip_bad: bool = False) -> tuple[list[str], Reading]:
    reading = Reading(skip_bad)
    return list(documents(str(source), reading)), reading


def test_text_has_a_document_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeff첫 문서\r\n\n둘째 문서".encode())
    assert read(path)[0] == ["첫 문서", "둘째 문서"]


def test_json_lines_parquet_and_a_dataset_folder_agree(tmp_path: Path) -> None:
    import json

    lines = tmp_path / "a.jsonl"
    lines.write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    folder = tmp_path / "folder"
    folder.mkdir()
    pq.write_table(pa.table({"id": [1, 2], "text": TEXTS}), folder / "a.parquet")
    for source in (lines, folder / "a.parquet", folder):
        assert read(source)[0] == TEXTS, source


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b'{"text": "\xff"}', "byte 0xff at place 11"),
        (b'{"text": 1}', "no string in the field 'text'"),
        (b'{"text": "', "no JSON"),
    ],
)
def test_a_bad_line_is_named_or_skipped(tmp_path: Path, line: bytes, found: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "good"}\n' + line + b"\n")
    with pytest.raises(InputError, match=rf"a\.jsonl, line 2: found {found}.*--skip-bad"):
        read(path)
    texts, reading = read(path, skip_bad=True)
    assert texts == ["good"]
    assert reading.bad == 1
    assert found in reading.examples[0]


def test_what_is_no_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "missing.jsonl")
    broken = tmp_path / "a.parquet"
    broken.write_bytes(b"no parquet")
    with pytest.raises(InputError, match="expected a Parquet file"):
        read(broken)
    pq.write_table(pa.table({"body": ["a"]}), broken)
    with pytest.raises(InputError, match="found columns body, expected one named 'text'"):
        read(broken)


def test_a_broken_corpus_is_told_of_no_option_that_is_not_there(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text('{"text": "온전한 문장이다."}\n{"text": "잘린', encoding="utf-8")
    with pytest.raises(InputError, match=r"line 2: found no JSON .*, expected an object a line$"):
        list(corpus_texts(corpus))
