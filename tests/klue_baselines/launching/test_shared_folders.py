from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from klue_baselines.launching import shared_folders
from klue_baselines.launching.shared_folders import DATA, shared_by
from klue_baselines.training.settings import Run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "encoder").mkdir()
    monkeypatch.setenv(DATA, "data")
    return Run("ynat", "encoder", Path("out/ynat/seed-1"), results=Path("results"))


def test_what_all_see_is_shared_and_nothing_is_left(run: Run, tmp_path: Path) -> None:
    other = replace(run, task="nli", output=Path("out/nli/seed-1"), results=None)
    with shared_by([run, other]) as shared:
        assert {token.parent for token in shared.tokens} == {*map(Path, FOLDERS)}
        assert shared.read == (Path("data"), Path("encoder"))
        os.chdir("/")  # another machine's process begins elsewhere
        del os.environ[DATA]
        assert shared.missing() == ""
        assert (Path.cwd(), os.environ[DATA]) == (tmp_path, "data")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


FOLDERS = ("out/ynat", "out/nli", "results")


def test_what_another_machine_does_not_see_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_folders, "SEEN_WITHIN", 0.3)
    with shared_by([run]) as shared:
        shared.tokens[0].unlink()  # as where the other machine has a folder of its own there
        assert shared.missing() == (
            "does not see what is written to out/ynat here, expected a folder that all nodes share"
        )
        Path("encoder").rmdir()
        assert shared.missing() == "does not see the folder encoder, expected it there as here"
