"""What the tests of launchers share: the runs of a small bench, done one after the other."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from klue_baselines.bench import Outcome, bench
from klue_baselines.launching.side_by_side import one_by_one
from tests.klue_baselines.launching.test_side_by_side import two_tasks


@pytest.fixture(scope="session")
def in_turn(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    """Two runs, one after the other on a thread each: what all launchers have to end in."""
    folder = tmp_path_factory.mktemp("in-turn")
    return bench(two_tasks(tiny_encoder, folder), partial(one_by_one, threads=1))
