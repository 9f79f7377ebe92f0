"""Raw files, label lists and the ontology: every reader, `check`, `stats` and `build`."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from functools import cache, partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_datasets import TASKS, build
from klue_datasets.notes import Notes
from klue_datasets.raw.json_rows import read_json
from klue_datasets.report.check import check
from klue_datasets.report.stats import stats
from klue_datasets.sources import SAMPLE
from tests.fuzz.damage import json_files, text_files
from tests.fuzz.harness import ask, often

ROWS, SENTENCES = 2, 2  # of a seed
ONTOLOGY = "wos-v1.1/ontology.json"
REAL = [Path(name) for name in os.environ.get("KLUE_DATA_DIR", "").split(os.pathsep) if name]


def start_of(path: Path) -> Any:
    """Return the first rows of a raw file, as a file of their own would hold them."""
    if path.suffix == ".tsv":
        return "\n\n".join(path.read_text(encoding="utf-8").split("\n\n")[: SENTENCES + 1]) + "\n\n"
    content = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(content, list):
        return content[:ROWS]
    articles = [{**one, "paragraphs": one["paragraphs"][:1]} for one in content["data"][:ROWS]]
    return {**content, "data": articles}


@cache
def seeds_of(task: str) -> tuple[Any, ...]:
    """Return the beginnings of a task's files: the sample's, and KLUE's own where they are."""
    names = TASKS[task].files.values()
    found = [folder / name for folder in (SAMPLE, *REAL) for name in names]
    return tuple(start_of(path) for path in found if path.is_file())


def files_of(task: str) -> st.SearchStrategy[bytes]:
    """Draw the bytes of a task's raw file."""
    seeds = seeds_of(task)
    return text_files(seeds) if isinstance(seeds[0], str) else json_files(seeds)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in the official layout with a label list and an ontology."""
    made = tmp_path_factory.mktemp("raw")
    for name in (ONTOLOGY, "klue-re-v1.1/relation_list.json"):
        (made / name).parent.mkdir(parents=True)
        shutil.copy(SAMPLE / name, made / name)
    return made


@pytest.mark.parametrize("task", list(TASKS))
@often(12, 500)
@given(data=st.data())
def test_raw_files(task: str, folder: Path, data: st.DataObject) -> None:
    content = data.draw(files_of(task))
    path = folder / "raw"

    def read(full: bool) -> int:
        tables = list(TASKS[task].read(path, full=full, notes=Notes("raw")))
        return sum(table.num_rows for table in tables)

    for part in (content, content[: len(content) // 2]):
        path.write_bytes(part)
        for full in (True, False):
            ask(f"raw file {task}", partial(read, full))


def ontology() -> Any:
    """Return a part of the ontology that is quickly written."""
    content = json.loads((SAMPLE / ONTOLOGY).read_text(encoding="utf-8"))
    return {name: values[:3] for name, values in content.items()}


@often(30, 1000)
@given(content=json_files([ontology()]))
def test_ontology(folder: Path, content: bytes) -> None:
    path = folder / "some.json"
    path.write_bytes(content)
    read = TASKS["wos"].ontology.read  # type: ignore[union-attr]
    ask("ontology", lambda: read(path))
    ask("label list", lambda: read_json(path))


def whole_folder(folder: Path, task: str, draw: Any) -> None:
    """Write a task's files to a folder: one is damaged, the others are the sample's."""
    record = TASKS[task]
    for name in (*record.files.values(), *record.other_files):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLE / name, folder / name)
    wanted = draw(st.sampled_from(list(record.files.values())))
    (folder / wanted).write_bytes(draw(files_of(task)))
    if task == "wos" and draw(st.booleans()):
        (folder / ONTOLOGY).write_bytes(draw(json_files([ontology()])))
    if task == "re" and draw(st.booleans()):
        names = json.loads((SAMPLE / record.other_files[0]).read_text(encoding="utf-8"))
        (folder / record.other_files[0]).write_bytes(draw(json_files([names])))


def built_or_as_it_was(folder: Path, task: str) -> Any:
    """Build a folder; where that is refused, nothing may be left of it."""
    out = folder / "out"
    try:
        return build(out, [task], data_dir=folder, full=True)
    finally:
        complete = (out / "README.md").is_file()
        left = {path.name for path in folder.iterdir() if "out" in path.name}
        shutil.rmtree(out, ignore_errors=True)
        assert left <= ({"out"} if complete else set()), left


@pytest.mark.parametrize("task", list(TASKS))
@often(3, 60)
@given(data=st.data())
def test_check_stats_and_build(task: str, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        whole_folder(folder, task, data.draw)

        def checked() -> None:
            for file in check([task], data_dir=folder):
                for report in file.reports:
                    line = report.line()
                    assert len(line.splitlines()) == 1 and line.encode()
                json.dumps(file.to_json()).encode()

        def counted() -> None:
            json.dumps([one.to_json() for one in stats([task], data_dir=folder)])

        ask("data check", checked)
        ask("data stats", counted)
        ask("data build", lambda: built_or_as_it_was(folder, task))


def test_the_seeds_are_read(folder: Path) -> None:
    """What is damaged elsewhere is right before."""
    for task, record in TASKS.items():
        for seed in seeds_of(task):
            path = folder / "raw"
            text = seed if isinstance(seed, str) else json.dumps(seed)
            path.write_text(text, encoding="utf-8")
            tables = pa.concat_tables(record.read(path, full=True, notes=Notes("raw")))
            assert tables.num_rows >= 2, task
