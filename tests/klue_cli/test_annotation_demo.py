"""The demonstration of `klue annotate`: made-up answers; the whole way is in `test_server`."""

from __future__ import annotations

import random
import sys
from collections import Counter
from pathlib import Path

import pytest

from klue_annotation import studio_server
from klue_cli.annotation_demo import ADDED, SENTENCES, headlines, made_up, main
from klue_cli.ending import ended
from klue_datasets.tasks import TASKS

TOPICS = TASKS["ynat"].label_sets["label"]


def test_headlines_are_the_samples() -> None:
    found = headlines()
    assert len(found) + len(ADDED) + 1 == SENTENCES
    assert {one.topic for one in found} == set(TOPICS)


def test_made_up_people_err_at_times() -> None:
    draw = random.Random(0)
    answers = [made_up(TOPICS, "정치", draw) for _ in range(1000)]
    assert answers.count(None) == pytest.approx(20, abs=12)
    first = Counter(answer[0] for answer in answers if answer)
    assert first["정치"] == pytest.approx(880, abs=40)
    assert set(first) == set(TOPICS)


def test_without_a_server_it_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(studio_server.VARIABLE, str(tmp_path / "none"))
    monkeypatch.setattr(sys, "argv", ["annotation_demo", str(tmp_path / "out")])
    assert ended(main) == 2
    assert "expected one of them (make label-studio)" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
