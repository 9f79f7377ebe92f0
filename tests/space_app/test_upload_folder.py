"""The folder of uploads is bounded."""

from __future__ import annotations

import os
from pathlib import Path

from space_app.upload_folder import trim


def test_the_oldest_go_first(tmp_path: Path) -> None:
    for number in range(5):
        path = tmp_path / f"{number}" / "a.jsonl"
        path.parent.mkdir()
        path.write_bytes(b"x" * 100)
        os.utime(path, (1000 + number, 1000 + number))
    trim(tmp_path, 500)
    assert len(list(tmp_path.glob("*/*"))) == 5
    trim(tmp_path, 250)
    assert sorted(path.parent.name for path in tmp_path.glob("*/*")) == ["3", "4"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["3", "4"]
    trim(tmp_path, -1)
    trim(tmp_path / "no folder", 0)
    assert not list(tmp_path.iterdir())
