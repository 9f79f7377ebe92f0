"""Divided folders: every row as it was, on one side; the card and the record say what is true."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from klue_annotation.adjudication import import_exports, votes_file
from klue_annotation.splitting.report import TaskSplit
from klue_annotation.splitting.running import Splitting, split_folder
from klue_annotation.tasks import FORMS
from klue_common.errors import InputError
from klue_datasets import build
from klue_datasets.errors import DataError
from klue_datasets.report.check import check
from klue_datasets.tasks import TASKS
from tests.klue_annotation.made_up import exported, gold_export, items, written

each_task = pytest.mark.parametrize("name", list(FORMS))
Folder = tuple[Path, Path, dict[str, TaskSplit]]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an import makes of the sample of all tasks; the first headline has no gold."""
    folder = tmp_path_factory.mktemp("imported")
    for name, task in FORMS.items():
        export = gold_export(name)
        if name == "ynat":
            export[0]["annotations"].pop()
        path = written(tmp_path_factory.mktemp("exports"), export)
        import_exports(task, [path], folder)
    return folder


@pytest.fixture(scope="module")
def divided(imported: Path, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    out = tmp_path_factory.mktemp("divided") / "klue-law"
    splits = split_folder(Splitting(imported, 0.25, 0, "klue-law", "cc-by-4.0"), out)
    return imported, out, {one.task: one for one in splits}


@each_task
def test_every_row_is_on_one_side_as_it_was(name: str, divided: Folder) -> None:
    before, out, splits = divided
    files, task = TASKS[name].files, FORMS[name]
    rows = {row["guid"]: row for row in task.read(before / files["train"])}
    sides = [task.read(out / files[split]) for split in ("train", "validation")]
    assert sorted(row["guid"] for side in sides for row in side) == sorted(rows)
    assert all(row == rows[row["guid"]] for side in sides for row in side)
    for side in sides:
        in_order = [guid for guid in rows if guid in {row["guid"] for row in side}]
        assert [row["guid"] for row in side] == in_order
    assert (splits[name].train.rows, splits[name].validation.rows) == tuple(map(len, sides))
    assert splits[name].overlap == (0, 0)
    assert 0.1 < splits[name].share < 0.4


@each_task
def test_everybodys_answers_go_with_the_rows(name: str, divided: Folder) -> None:
    before, out, _ = divided
    files, lines = TASKS[name].files, set[str]()
    for split in ("train", "validation"):
        guids = [row["guid"] for row in FORMS[name].read(out / files[split])]
        text = (out / votes_file(files[split])).read_text(encoding="utf-8")
        found = [json.loads(line)["guid"] for line in text.splitlines()]
        undecided = ["ynat-v1_train_00000"] if (name, split) == ("ynat", "train") else []
        assert found == undecided + guids
        lines |= set(text.splitlines())
    was = (before / votes_file(files["train"])).read_text(encoding="utf-8")
    assert lines == set(was.splitlines())


@each_task
def test_what_was_divided_passes_the_check(name: str, divided: Folder) -> None:
    _, out, _ = divided
    reports = [report for file in check([name], data_dir=out) for report in file.reports]
    assert [report for report in reports if report.broken] == []
    assert not any(report.found == "no such file" for report in reports)


def test_it_is_built_under_its_own_name(divided: Folder, tmp_path: Path) -> None:
    _, out, splits = divided
    report = build(tmp_path / "built", data_dir=out)
    assert report.own is not None
    assert report.own.name == report.to_json()["name"] == "klue-law"
    card = (tmp_path / "built" / "README.md").read_text(encoding="utf-8")
    head = yaml.safe_load(card.split("---\n")[1])
    assert (head["pretty_name"], head["license"]) == ("klue-law", "cc-by-4.0")
    assert len(head["configs"]) == len(splits) == 8
    assert "# klue-law" in card
    assert "Software" not in card
    assert 'load_dataset("./built", "ynat")' in card
    build(tmp_path / "built", data_dir=out)  # in the folder of an earlier build


def test_the_card_says_what_a_lab_needs_to_know(divided: Folder) -> None:
    _, out, splits = divided
    card = (out / "README.md").read_text(encoding="utf-8")
    for part in ("Sources", "Annotators", "Agreement", "Gold", "Screening", "Splits", "Licence"):
        assert f"## {part}\n" in card
    assert "| `ynat` | 35 | 1 | 3 | 2 to 3 | 0 |" in card
    assert "| `nli` | same label |" in card
    assert "| `sts` | at most 1 apart |" in card
    assert "- `ynat`: the topic that two of three people put first." in card
    assert "Nobody recorded whether the texts were screened" in card
    assert all(f"| `{name}` | " in card for name in splits)
    record = json.loads((out / "dataset.json").read_text(encoding="utf-8"))
    assert (record["name"], record["license"], record["validation"]) == (
        "klue-law",
        "cc-by-4.0",
        0.25,
    )
    assert record["tasks"]["ynat"] == json.loads(json.dumps(splits["ynat"].to_json()))


def test_the_card_counts_what_was_screened_out(imported: Path, tmp_path: Path) -> None:
    screened = tmp_path / "screened.csv"
    screened.write_text("headline,keep,reasons\n비 온다,true,\n욕,FALSE,toxicity; too short\n")
    wanted = Splitting(imported, 0.2, 0, "law", None, ("ynat",), screened)
    split_folder(wanted, tmp_path / "law")
    card = (tmp_path / "law" / "README.md").read_text(encoding="utf-8")
    assert "Of 2 texts" in card
    assert "kept 1." in card
    assert "| toxicity | 1 |" in card
    assert "license: unknown" in card
    assert "nobody may use this data" in card


def test_a_folder_without_answers_can_be_divided(imported: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    for name in ("re", "sts"):
        file = TASKS[name].files["train"]
        (alone / file).parent.mkdir(parents=True)
        shutil.copy(imported / file, alone / file)
    splits = split_folder(Splitting(alone, 0.2, 0, "law"), tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert [one.task for one in splits] == ["sts", "re"]
    assert "Nobody recorded who annotated `sts`, `re`." in card
    assert "Krippendorff alpha (interval)" in card
    assert sorted(path.name for path in (tmp_path / "out").rglob("*votes*")) == []


def test_one_sided_labels_are_named() -> None:
    one = split_of(["가"] * 9 + ["나"])
    assert list(one.too_small()) == ["ynat: label 나: 1 row, all in train"]


def split_of(labels: list[str]) -> TaskSplit:
    from collections import Counter

    from klue_annotation.splitting.report import Side
    from klue_annotation.splitting.units import Overlap

    train = Side(len(labels), len(labels), Counter(labels), Counter())
    validation = Side(1, 1, Counter(labels[:1]), Counter())
    return TaskSplit("ynat", train, validation, Overlap(0, 0), ())


VOTES = votes_file(TASKS["ynat"].files["train"])
RAW = TASKS["ynat"].files["train"]


def cut(file: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_text(text[: len(text) * 2 // 3], encoding="utf-8")

    return change


def replaced(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def without_a_line(folder: Path) -> None:
    *lines, _ = (folder / VOTES).read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / VOTES).write_text("".join(lines), encoding="utf-8")


def both_splits(folder: Path) -> None:
    shutil.copy(folder / RAW, folder / TASKS["ynat"].files["validation"])


DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "a cut file": (cut(RAW), "cut off"),
    "a cut file of answers": (cut(VOTES), "_votes.jsonl: line "),
    "a changed answer": (
        replaced(VOTES, '"answer": ["정치"', '"answer": ["날씨"'),
        "line 1: found a line that was changed or cut",
    ),
    "changed gold": (replaced(VOTES, '"gold": "정치"', '"gold": "사회"'), "expected a line as"),
    "an answer less": (without_a_line, "found no answers to item"),
    "another number": (replaced(VOTES, '"seconds": 2.5', '"seconds": "2"'), "changed or cut"),
    "both splits": (both_splits, "found both splits, expected one file to divide"),
    "an item twice": (
        replaced(RAW, "ynat-v1_train_00002", "ynat-v1_train_00001"),
        "found item ynat-v1_train_00001 twice",
    ),
    "no file": (lambda folder: (folder / RAW).unlink(), "found no file of a task"),
    "no folder": (shutil.rmtree, "no such folder"),
}


@pytest.mark.parametrize("kind", list(DAMAGE))
def test_what_cannot_be_divided_is_a_line(kind: str, imported: Path, tmp_path: Path) -> None:
    folder, (damage, problem) = tmp_path / "in", DAMAGE[kind]
    folder.mkdir()
    shutil.copytree((imported / RAW).parent, (folder / RAW).parent)
    damage(folder)
    with pytest.raises((InputError, DataError)) as found:
        split_folder(Splitting(folder, 0.1, 0, "law"), tmp_path / "out")
    assert problem in str(found.value)
    assert "\n" not in str(found.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"share": 0.0}, "--validation: found 0.0, expected a share between 0 and 1"),
        ({"share": 1.0}, "--validation: found 1.0"),
        ({"share": float("nan")}, "--validation: found nan"),
        ({"name": "klue"}, "--name: found 'klue', expected a name of the dataset's own"),
        ({"name": "law, 2"}, "--name: found 'law, 2'"),
        ({"licence": "CC BY"}, "--license: found 'CC BY'"),
        ({"tasks": ("law",)}, "law"),
        ({"tasks": ("re",), "folder": Path("nowhere")}, "nowhere: no such folder"),
    ],
    ids=["none", "all", "no number", "KLUE's name", "no name", "no licence", "no task", "nowhere"],
)
def test_settings_that_no_division_has(
    changes: dict[str, object], problem: str, imported: Path, tmp_path: Path
) -> None:
    given = {"folder": imported, "share": 0.1, "seed": 0, "name": "law", **changes}
    with pytest.raises((InputError, DataError)) as found:
        split_folder(Splitting(**given), tmp_path / "out")  # type: ignore[arg-type]
    assert problem in str(found.value)
    assert not (tmp_path / "out").exists()


def test_a_folder_with_files_is_left_alone(imported: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(InputError, match="expected an empty folder, or none yet"):
        split_folder(Splitting(imported, 0.1, 0, "law"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_questions_on_one_article_cannot_be_divided(tmp_path: Path) -> None:
    item = items("mrc")[0]
    more = [{**item, "guid": f"q-{n}", "question": f"{item['question']} {n}"} for n in range(3)]
    answer = FORMS["mrc"].author(item)
    export = written(tmp_path, exported("mrc", more, [[answer] * 2] * 3))
    import_exports(FORMS["mrc"], [export], tmp_path / "in")
    with pytest.raises(InputError, match="found one unit, as all 3 rows"):
        split_folder(Splitting(tmp_path / "in", 0.1, 0, "law"), tmp_path / "out")
