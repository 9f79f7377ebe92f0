"""KLUE's own files: its votes give its gold, and its gold comes back through the forms."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import krippendorff
import pytest

from klue_annotation.adjudication import Adjudicated
from klue_annotation.agreement import agreement_on
from klue_annotation.form_results import Results
from klue_annotation.task import AUTHOR, Gold, Vote
from klue_annotation.tasks import FORMS
from klue_datasets.rows import read_rows
from klue_datasets.tasks import TASKS
from tests.klue_annotation.made_up import GOLD


def full_rows(task: str, data_dir: list[Path], split: str = "validation") -> list[dict[str, Any]]:
    if not any((folder / TASKS[task].files[split]).is_file() for folder in data_dir):
        pytest.skip(f"KLUE_DATA_DIR has no {TASKS[task].files[split]}")
    joined = os.pathsep.join(map(str, data_dir))
    return read_rows(task, split, data_dir=joined, full=True)


def adjudicated(task: str, row: dict[str, Any], votes: list[Vote]) -> Adjudicated:
    item = {"guid": row["guid"], **FORMS[task].item(row)}
    return Adjudicated(item, tuple(votes), FORMS[task].gold(item, votes))


@pytest.fixture(scope="module")
def sts(data_dir: list[Path]) -> list[tuple[dict[str, Any], Adjudicated]]:
    pairs = []
    for row in full_rows("sts", data_dir):
        given = row["annotations"]
        votes = map(Vote, given["annotators"], given["annotations"])
        pairs.append((row, adjudicated("sts", row, list(votes))))
    return pairs


def test_ratings_give_the_published_labels(
    sts: list[tuple[dict[str, Any], Adjudicated]],
) -> None:
    for row, one in sts:
        assert isinstance(one.gold, Gold)
        made = FORMS["sts"].raw(one.item, one.gold.answer, one.votes)
        assert made["labels"]["real-label"] == pytest.approx(row["labels"]["real-label"])
        assert made["labels"]["label"] == row["labels"]["label"]
        assert made["labels"]["binary-label"] == row["labels"]["binary-label"]
        assert made["annotations"] == row["annotations"]


def test_alpha_of_ratings(sts: list[tuple[dict[str, Any], Adjudicated]]) -> None:
    found = agreement_on([one for _, one in sts], FORMS["sts"].measures[0])
    assert found.alpha == pytest.approx(0.748, abs=5e-4)
    counts = [[one.answers.count(rating) for rating in range(6)] for _, one in sts]
    library = krippendorff.alpha(
        value_counts=counts, value_domain=list(range(6)), level_of_measurement="interval"
    )
    assert found.alpha == pytest.approx(library, abs=1e-9)


@pytest.mark.parametrize(
    ("split", "alpha"),
    [("validation", 0.838), pytest.param("train", 0.836, marks=pytest.mark.slow)],
    ids=["validation", "train"],
)
def test_five_labels_give_the_published_gold(
    split: str, alpha: float, data_dir: list[Path]
) -> None:
    task, names = FORMS["nli"], TASKS["nli"].label_sets["label"]
    items = []
    for row in full_rows("nli", data_dir, split):
        columns = (AUTHOR, "label2", "label3", "label4", "label5")
        votes = [Vote(column, names[row[column]]) for column in columns]
        one = adjudicated("nli", row, votes)
        assert one.gold == Gold(names[row["label"]])
        made = task.raw(one.item, names[row["label"]], votes)
        assert [made[column] for column in columns] == [vote.answer for vote in votes]
        items.append(one)
    found = agreement_on(items, task.measures[0])
    assert found.alpha == pytest.approx(alpha, abs=5e-4)
    counts = [[one.answers.count(name) for name in names] for one in items]
    library = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
    assert found.alpha == pytest.approx(library, abs=1e-9)


def written_again(task: str, rows: list[dict[str, Any]]) -> str:
    """The raw file of rows whose gold went through the form and back."""
    record, made = FORMS[task], []
    for row in rows:
        item = {"guid": row["guid"], **record.item(row)}
        filled = record.results(item, GOLD[task](row))
        made.append(record.raw(item, record.answer(item, Results(filled, record.fields)), ()))
    return record.write(made)


def official(task: str, data_dir: list[Path]) -> str:
    name = TASKS[task].files["validation"]
    path = next(folder / name for folder in data_dir if (folder / name).is_file())
    return path.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("task", ["ner", "dp"])
def test_official_blocks_come_back_to_the_letter(task: str, data_dir: list[Path]) -> None:
    assert written_again(task, full_rows(task, data_dir)) == official(task, data_dir)


@pytest.mark.slow
@pytest.mark.parametrize("task", ["re", "wos"])
def test_official_lists_come_back(task: str, data_dir: list[Path]) -> None:
    was = json.loads(official(task, data_dir))
    made = json.loads(written_again(task, full_rows(task, data_dir)))
    for row in (*was, *made):
        row.pop("domains", None)  # of wos: in the order of a dialogue's goal, which nobody sees
        for turn in row.get("dialogue", ()):
            turn["state"] = sorted(turn.get("state", ()))
    assert made == was
