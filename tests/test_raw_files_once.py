"""A run finds and hashes its raw files once, whatever rooms use them."""

from __future__ import annotations

from pathlib import Path

import pytest

from klue_baselines.training.run import Run, train
from klue_datasets import TASKS, identity, sources
from klue_datasets.identity import git_sha1

QUICK = {"epochs": 1, "learning_rate": 1e-3, "batch_size": 16, "evaluations": 1, "max_length": 32}


@pytest.mark.slow
def test_a_run_hashes_each_of_its_files_once(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[Path] = []

    def counted(path: Path) -> str:
        hashed.append(path)
        return git_sha1(path)

    monkeypatch.setattr(sources, "git_sha1", counted)
    monkeypatch.setattr(identity, "git_sha1", counted)
    run = Run("ynat", str(tiny_encoder), tmp_path, overrides=QUICK, sample=True, results=None)
    result = train(run)
    source = sources.resolve(TASKS["ynat"], sample=True)
    assert sorted(hashed) == sorted(source.files.values())
    assert result.data["digest"] == source.digest
