"""The demonstration of `klue annotate`: made-up answers, and the whole way."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from klue_annotation import studio_server
from klue_cli.annotation_demo import ADDED, NAME, SENTENCES, demonstrate, headlines, made_up
from klue_common.errors import InputError
from klue_datasets.rows import read_rows
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


def test_without_a_server_it_says_so_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(studio_server.VARIABLE, str(tmp_path / "none"))
    with pytest.raises(InputError, match="expected one of them \\(make label-studio\\)"):
        demonstrate(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_whole_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        studio_server.command()
    except InputError as error:
        pytest.skip(str(error))
    demonstrate(tmp_path)
    said = capsys.readouterr().out
    assert "60 rows, 57 kept, 3 flagged" in said
    assert "3 made-up people annotate" in said
    assert "klue-tiny" in said
    sides = [
        read_rows("ynat", split, data_dir=tmp_path / NAME, full=True)
        for split in ("train", "validation")
    ]
    gold = {one.title: one.topic for one in headlines()}
    rows = [row for side in sides for row in side]
    assert 45 < len(rows) <= 57
    right = sum(TOPICS[row["label"]] == gold[row["title"]] for row in rows)
    assert right / len(rows) > 0.9
    record = json.loads((tmp_path / NAME / "dataset.json").read_text(encoding="utf-8"))
    assert set(record["tasks"]["ynat"]["train"]["sources"]) == {
        "sample, train",
        "sample, validation",
    }
    for folder in (NAME, "built"):
        card = (tmp_path / folder / "README.md").read_text(encoding="utf-8")
        assert "The annotators of this dataset are made up" in card
    assert record["screening"]["kept"] == 57
    assert record["tasks"]["ynat"]["overlap"] == {"exact": 0, "near": 0}
