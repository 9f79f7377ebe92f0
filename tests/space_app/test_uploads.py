"""What may not come in."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from klue_common.errors import InputError
from space_app.settings import Limits
from space_app.uploads import check_upload


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("predictions.jsonl", "{}")
    return buffer.getvalue()


NESTED = b'{"guid": ' + b"[" * 100 + b"]" * 100 + b"}"
REFUSED = {
    "a zip": (zipped(), r"^p\.jsonl: found a zip archive, expected JSON Lines"),
    "a gzip": (gzip.compress(b"{}"), "found a gzip archive"),
    "a pickle": (pickle.dumps([1]), "found a pickle"),
    "100 levels": (NESTED, r"^p\.jsonl:1: found .*expected one flat JSON object a line"),
    "100,000 levels": (b"[" * 100_000, r"^p\.jsonl:1: .*expected one JSON object a line"),
    "a list": (b'{"a": 1}\n[1]\n', r"^p\.jsonl:2: "),
    "NaN": (b'{"score": NaN}', r"^p\.jsonl:1: found the number NaN"),
    "Infinity": (b'{"score": -Infinity}', r"^p\.jsonl:1: found the number -Infinity"),
    "no UTF-8": (b'{"a": "\xff"}', r"^p\.jsonl:1: found byte 0xff, expected UTF-8"),
    "no JSON": (b"guid,label\n", r"^p\.jsonl:1: found 'guid,label'"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_with_a_line(what: str, tmp_path: Path) -> None:
    content, expected = REFUSED[what]
    path = tmp_path / "p.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=expected) as caught:
        check_upload(path, Limits())
    assert "\n" not in str(caught.value) and str(tmp_path) not in str(caught.value)


def test_a_line_of_50_megabytes_costs_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    with path.open("wb") as file:
        file.write(b'{"guid": "')
        for _ in range(50):
            file.write(b"x" * (1 << 20))
    tracemalloc.start()
    with pytest.raises(InputError, match=r":1: found a line of more than 262,144 bytes"):
        check_upload(path, Limits())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 << 20


def test_size_and_number_of_lines_are_limited(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_bytes(b'{"guid": "a"}\n' * 11)
    with pytest.raises(InputError, match=r"^p\.jsonl:11: found more than 10 lines"):
        check_upload(path, Limits(upload_lines=10))
    with pytest.raises(InputError, match=r"found 0\.0 MB, expected at most"):
        check_upload(path, Limits(upload_bytes=100))
    check_upload(path, Limits(upload_lines=11))


def test_what_is_allowed_comes_in(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    record = {"guid": "a", "label": "per:title", "probabilities": [0.1] * 30, "text": "<b>{\u2028"}
    path.write_text("\ufeff" + json.dumps(record, ensure_ascii=False) + "\n\n", encoding="utf-8")
    check_upload(path, Limits())
