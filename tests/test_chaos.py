"""A few of the kills of `make chaos`, and that what it finds is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos import Harm, table

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_a_few_kills_do_no_harm() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.chaos", "--kills", "4", "--doors", "build,store,corpus"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr[-2000:]


def test_each_kind_of_harm_is_counted() -> None:
    harm = Harm(kills=1)
    assert not harm.any
    harm.compare({"a": b"1", "b": b"1"}, {"b": b"2", ".c.7": b""}, "then")
    assert (harm.lost, harm.differing, harm.left) == (["a then"], ["b then"], [".c.7 then"])
    assert harm.any
    assert table({"build": harm}).splitlines()[1].split() == ["build", "1", "1", "0", "1", "1"]
