"""A dataset on the Hub as a source of documents, streamed by the command."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.clean_process import CleanProcess
from tests.hub import Hub

CARD = """---
configs:
- config_name: news
  data_files: news/*.parquet
- config_name: letters
  data_files: letters/*.parquet
---
"""
NEWS = [
    "부산에서 열린 불꽃 축제에 시민들이 많이 모였습니다.",
    "새 도서관은 내년 봄에 문을 열 예정이라고 합니다.",
    "어제 저녁 내린 눈으로 산길이 모두 막혔습니다.",
]
LETTER = "어머니께 오랜만에 편지를 씁니다."


def parquet(column: str, texts: list[str]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({column: texts}), buffer)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def texts(hub: Hub) -> str:
    """A dataset of two configurations on the Hub, one of them in two files."""
    hub.create("dataset", "org/texts")
    files = {
        "README.md": CARD.encode(),
        "news/0.parquet": parquet("text", NEWS[:2]),
        "news/1.parquet": parquet("text", NEWS[2:]),
        "letters/0.parquet": parquet("text", [LETTER]),
    }
    hub.write("dataset", "org/texts", files)
    return "org/texts"


def corpus(clean: CleanProcess, source: str, out: Path) -> tuple[int, list[str], str]:
    """What the command makes of a source: exit code, documents, stderr."""
    done = clean.klue(
        "pretrain", "corpus", source, "--out", out, "--sample", "--workers", "1", "--json"
    )
    lines = out.read_text().splitlines() if out.exists() else []
    return done.returncode, [json.loads(line)["text"] for line in lines], done.stderr


@pytest.mark.parametrize(("configuration", "expected"), [("news", NEWS), ("letters", [LETTER])])
def test_a_configuration_is_streamed(
    clean: CleanProcess, hub: Hub, texts: str, tmp_path: Path, configuration: str,
    expected: list[str],
) -> None:  # fmt: skip
    code, found, errors = corpus(clean, f"{texts}:{configuration}", tmp_path / "out.jsonl")
    assert code == 0, errors
    assert found == expected
    assert any(f"/{texts}/resolve/" in line for line in hub.seen)


def test_a_connection_that_breaks_is_taken_up_again(
    clean: CleanProcess, hub: Hub, texts: str, tmp_path: Path
) -> None:
    hub.fault(".*/resolve/.*parquet", drop="before")
    hub.fault(".*/resolve/.*parquet", status=503)
    code, found, errors = corpus(clean, f"{texts}:news", tmp_path / "out.jsonl")
    assert (code, found) == (0, NEWS), errors
    assert not any(fault.times for fault in hub.faults)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("org/texts", "['news', 'letters']"),  # no configuration is named
        ("org/texts:poems", "poems"),
        ("org/nothing", "org/nothing"),
    ],
)
def test_what_the_hub_has_not_is_one_line(
    clean: CleanProcess, texts: str, tmp_path: Path, source: str, said: str
) -> None:
    out = tmp_path / "out.jsonl"
    code, _, errors = corpus(clean, source, out)
    assert code == 2
    assert "Traceback" not in errors
    last = errors.splitlines()[-1]
    assert last.startswith("klue: error: ")
    assert said in last
    assert not list(tmp_path.iterdir())


def test_another_column_is_named(clean: CleanProcess, hub: Hub, tmp_path: Path) -> None:
    hub.create("dataset", "org/bodies")
    hub.write("dataset", "org/bodies", {"0.parquet": parquet("body", NEWS)})
    code, _, errors = corpus(clean, "org/bodies", tmp_path / "out.jsonl")
    assert code == 2
    assert "org/bodies: found columns body, expected one named 'text'" in errors.splitlines()[-1]
