"""The folder of a file in the making, whatever has happened to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from klue_baselines.labelling.parts import Parts
from klue_common.errors import InputError

RUN: dict[str, Any] = {"task": "ynat", "input": {"sha256": "0"}}


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    """Three whole parts of 2, 3 and 4 rows."""
    made = Parts(tmp_path)
    assert made.claim(RUN, overwrite=False) == []
    for at in range(3):
        made.add(at, at + 2, f"part {at}\n".encode())
    return made


def rows(parts: Parts, run: dict[str, Any] = RUN, overwrite: bool = False) -> list[int]:
    return [header.rows for header in parts.claim(run, overwrite)]


def test_a_run_goes_on_behind_its_parts(parts: Parts) -> None:
    (parts.path / ".00000003.part.123").write_bytes(b"half")  # what a kill leaves
    assert rows(parts) == [2, 3, 4]
    assert b"".join(parts.contents(3)) == b"part 0\npart 1\npart 2\n"
    assert not list(parts.path.glob(".*"))


@pytest.mark.parametrize("damage", [b"", b"{", b'{"rows": 3, "sha256": "0"}\npart 1\n', None])
def test_it_goes_on_before_a_part_that_is_damaged(parts: Parts, damage: bytes | None) -> None:
    if damage is None:
        parts.part(1).unlink()
    else:
        parts.part(1).write_bytes(damage)
    assert rows(parts) == [2]
    assert not parts.part(2).exists()


def test_a_byte_that_changed_is_seen(parts: Parts) -> None:
    content = parts.part(2).read_bytes()
    parts.part(2).write_bytes(content[:-2] + b"3\n")
    assert rows(parts) == [2, 3]


@pytest.mark.parametrize("damage", [b"", b"\xff", b"[]", b"[" * 100_000])
def test_it_begins_anew_where_nothing_says_which_run_it_was(
    parts: Parts, damage: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (parts.path / "run.json").write_bytes(damage)
    assert rows(parts) == []
    assert "run.json: found" in capsys.readouterr().err
    (parts.path / "run.json").unlink()
    assert rows(parts) == []


def test_another_run_is_refused_or_forgotten(parts: Parts) -> None:
    with pytest.raises(InputError, match="cut off that had another input and x, expected the same"):
        rows(parts, {**RUN, "input": {"sha256": "1"}, "x": 5})
    assert rows(parts) == [2, 3, 4]
    assert rows(parts, {**RUN, "task": "ner"}, overwrite=True) == []
    assert [path.name for path in parts.path.iterdir()] == ["run.json"]
