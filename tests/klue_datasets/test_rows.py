from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from klue_datasets import TASKS, DataError, load, read_rows
from klue_datasets.sources import SAMPLE, resolve


@pytest.mark.parametrize("errata", [False, True])
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("name", TASKS)
def test_rows_are_those_that_the_library_loads(name: str, full: bool, errata: bool) -> None:
    for split in TASKS[name].files:
        rows = read_rows(name, split, sample=True, full=full, errata=errata)
        assert rows == load(name, split, sample=True, full=full, errata=errata).to_list()


@pytest.mark.slow
@pytest.mark.parametrize("name", TASKS)
def test_real_rows_and_what_is_told_of_them_too(
    name: str, data_dir: list[Path], caplog: pytest.LogCaptureFixture
) -> None:
    for split in resolve(TASKS[name], data_dir).files:
        told = []
        rows = []
        for way in (load, read_rows):
            caplog.clear()
            rows.append(way(name, split, data_dir=data_dir, full=True))
            told.append([record.message for record in caplog.records])
        assert rows[0].to_list() == rows[1]
        assert told[0] == told[1]


def test_a_slice_is_the_library_s() -> None:
    rows = read_rows("dp", "validation", sample=True, full=True)
    assert read_rows("dp", "validation[-2:]", sample=True, full=True) == rows[-2:]


def test_rows_follow_the_file(raw: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = raw / TASKS["ynat"].files["validation"]
    before = read_rows("ynat", "validation", data_dir=raw)
    path.write_text(
        path.read_text(encoding="utf-8").replace('"label": "', '"label": null, "x": "', 1)
    )
    with caplog.at_level(logging.WARNING, logger="klue_datasets"):
        assert read_rows("ynat", "validation", data_dir=raw) == before[1:]
    assert [record.message for record in caplog.records] == [
        f"{path.name}: dropped 1 row without a label: {before[0]['guid']}"
    ]


@pytest.mark.parametrize(
    ("task", "split", "content"),
    [
        ("squad", "validation", None),
        ("nli", "test", None),
        ("nli", "validation[:x]", None),
        ("nli", "train", None),
        ("nli", "validation", "[{"),
        ("nli", "validation", '[{"guid": "a"}]'),
    ],
)
def test_errors_are_those_of_load(raw: Path, task: str, split: str, content: str | None) -> None:
    (raw / TASKS["nli"].files["train"]).unlink()
    if content is not None:
        (raw / TASKS["nli"].files["validation"]).write_text(content)
    said = []
    for way in (load, read_rows):
        with pytest.raises(DataError) as error:
            way(task, split, data_dir=raw)
        said.append(str(error.value))
    assert said[0] == said[1]
    assert "\n" not in said[0]


def test_reading_imports_no_library_that_takes_longer_than_it() -> None:
    code = """
import sys, klue_datasets
for task in klue_datasets.TASKS:
    klue_datasets.read_rows(task, "validation", sample=True, full=True)
print(sorted({"datasets", "pandas", "tqdm", "urllib.request"} & set(sys.modules)))
"""
    environment = {**os.environ, "PYTHONPATH": str(SAMPLE.parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
