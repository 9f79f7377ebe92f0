"""Raw files are read as they were written: every row with all that it holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klue_annotation.misfits import MisfitError
from klue_annotation.task import Vote
from klue_annotation.tasks import FORMS
from klue_datasets.errors import DataError
from klue_datasets.sources import SAMPLE
from klue_datasets.tasks import TASKS
from tests.forms import any_text
from tests.klue_annotation.made_up import GOLD, PEOPLE, items, rows

each_task = pytest.mark.parametrize("name", list(FORMS))


def made_rows(name: str) -> list[dict[str, Any]]:
    """The raw rows of the sample whose people all answer gold."""
    task, found = FORMS[name], []
    for item, row in zip(items(name), rows(name), strict=True):
        author = [task.author(item)] if task.author(item) is not None else []
        answers = [*author, *[GOLD[name](row)] * PEOPLE[name]]
        votes = [Vote(f"{person:02d}", answer) for person, answer in enumerate(answers)]
        found.append(task.raw(item, task.gold(item, votes)[0], votes))
    return found


@each_task
def test_what_was_written_is_read(name: str, tmp_path: Path) -> None:
    task, path, made = FORMS[name], tmp_path / "raw", made_rows(name)
    path.write_text(task.write(made), encoding="utf-8")
    assert task.read(path) == json.loads(json.dumps(made))


@pytest.mark.parametrize("name", ["ynat", "ner", "dp"])
@given(texts=st.lists(any_text, min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_any_text_is_read_as_it_was_written(name: str, texts: list[str], tmp_path: Path) -> None:
    task, made = FORMS[name], []
    answers: dict[str, Any] = {"ynat": lambda item: "사회", "ner": lambda item: []}
    answers["dp"] = lambda item: [[0, "VP"]] * len(item["word_form"])
    for number, text in enumerate(texts):
        try:
            row = {task.text_column: text, "pos": ["NA"] * len(text.split(" "))}  # no analyser
            item = {"guid": f"a-{number}", **task.item(row)}
        except MisfitError:
            continue
        made.append(task.raw(item, answers[name](item), [Vote("01", ["사회"] * 3)]))
    if made:
        path = tmp_path / "raw"
        path.write_text(task.write(made), encoding="utf-8", newline="\n")
        assert task.read(path) == made


@each_task
def test_rows_of_the_sample_stay(name: str, tmp_path: Path) -> None:
    task, path = FORMS[name], SAMPLE / TASKS[name].files["train"]
    again = tmp_path / "raw"
    again.write_text(task.write(task.read(path)), encoding="utf-8")
    assert task.read(again) == task.read(path)
    assert [row["guid"] for row in task.read(path)] == [row["guid"] for row in rows(name)]


@each_task
def test_the_label_of_a_row_is_that_of_its_gold(name: str) -> None:
    task = FORMS[name]
    assert (task.row_label is None) == (task.label is None)
    if task.row_label is None or task.label is None:
        return
    for made, row in zip(made_rows(name), rows(name), strict=True):
        assert task.row_label(made) == str(task.label(GOLD[name](row)))


@pytest.mark.parametrize("name", ["ner", "dp"])
def test_official_blocks_are_written_to_the_letter(
    name: str, data_dir: list[Path], tmp_path: Path
) -> None:
    path = official(name, data_dir)
    assert FORMS[name].write(FORMS[name].read(path)) == path.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ynat", "sts", "nli", "re", "wos", "mrc"])
def test_official_rows_stay(name: str, data_dir: list[Path], tmp_path: Path) -> None:
    task, path, again = FORMS[name], official(name, data_dir), tmp_path / "raw"
    again.write_text(task.write(task.read(path)), encoding="utf-8")
    was, made = (json.loads(one.read_text(encoding="utf-8")) for one in (path, again))
    assert task.read(again) == task.read(path)
    assert isinstance(was, dict) or made == was


def official(name: str, data_dir: list[Path]) -> Path:
    file = TASKS[name].files["validation"]
    found = [folder / file for folder in data_dir if (folder / file).is_file()]
    return found[0] if found else pytest.skip(f"KLUE_DATA_DIR has no {file}")


def test_questions_that_stand_elsewhere_are_a_line(tmp_path: Path) -> None:
    path = tmp_path / "raw"
    path.write_text('{"data": [{"paragraphs": [{"context": "글"}]}]}', encoding="utf-8")
    with pytest.raises(DataError, match="found another shape, expected articles"):
        FORMS["mrc"].read(path)
