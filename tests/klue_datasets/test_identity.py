from __future__ import annotations

from pathlib import Path

import pytest

from klue_datasets import DataError
from klue_datasets.identity import Expected, check_identity, git_sha1


def test_git_sha1_is_git_s(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"what is up, doc?")
    assert git_sha1(path) == "bd9dbf5aae1a3862dd1526723246b20206e5fc37"  # from git's own book
    check_identity(path, Expected(git_sha1(path), 16))
    with pytest.raises(DataError, match="found 16 bytes, expected 17 bytes"):
        check_identity(path, Expected(git_sha1(path), 17))
