from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from klue_datasets import TASKS, DataError
from klue_datasets.report.check import Report, check


def reports_of(task: str, folder: Path) -> list[Report]:
    return [report for file in check([task], data_dir=folder) for report in file.reports]


def broken(task: str, folder: Path) -> list[str]:
    return [report.line() for report in reports_of(task, folder) if report.broken]


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_sample_breaks_no_promise() -> None:
    files = list(check(sample=True))
    assert len(files) == 16
    assert not any(report.broken for file in files for report in file.reports)
    assert {file.official for file in files} == {None}
    assert all(file.rows for file in files)


def test_what_is_not_official_is_remarked(raw: Path) -> None:
    lines = [report.line() for report in reports_of("sts", raw)]
    assert len(lines) == 4
    assert "remark: klue-sts-v1.1/klue-sts-v1.1_train.json: found git SHA-1 " in lines[0]
    assert lines[1].endswith("rows, expected the official 11,668")


@pytest.mark.parametrize(
    ("task", "old", "new", "found"),
    [
        ("ner", "\tI-OG", "\tI-PS", "ner_tags["),
        ("re", '"end_idx": ', '"end_idx": 9', "subject_entity: found"),
        ("mrc", '"answer_start": ', '"answer_start": 1', "answers: found"),
        ("dp", "\t0\tVP", "\t1\tVP", "head: found 0 roots, expected one"),
        ("wos", "식당-지역-", "식당-날씨-", "state: found '식당-날씨-"),
        ("sts", '"binary-label": 1', '"binary-label": 0', "labels.binary-label: found"),
        ("ynat", '"guid": "ynat-v1_dev_00001"', '"guid": "ynat-v1_dev_00000"', "it twice"),
        ("nli", '"guid": "klue-nli-v1_dev_00001"', '"guid": "klue-nli-v1_train_00001"', "twice"),
        ("ynat", '"label": ', '"label": 3, "x": ', "label: found 3, expected a string"),
    ],
)
def test_broken_promises_are_found_with_file_and_place(
    raw: Path, task: str, old: str, new: str, found: str
) -> None:
    name = TASKS[task].files["validation"]
    change(raw, name, old, new)
    lines = broken(task, raw)
    assert lines
    assert all(line.startswith(f"broken: {name}: ") for line in lines)
    assert any(found in line for line in lines)


def test_a_file_that_cannot_be_read_has_no_rows_and_the_others_are_checked(raw: Path) -> None:
    name = TASKS["wos"].files["train"]
    (raw / name).write_bytes((raw / name).read_bytes()[:-5])
    files = {file.file: file for file in check(["wos"], data_dir=raw)}
    assert files[name].rows is None
    assert files[TASKS["wos"].files["validation"]].rows
    [line] = broken("wos", raw)
    assert "cut off" in line


def test_other_files_are_checked_too(raw: Path) -> None:
    change(raw, "klue-re-v1.1/relation_list.json", "org:dissolved", "org:gone")
    assert any("relation_list.json: found other relations" in line for line in broken("re", raw))
    for content in (
        "{",
        "-1",
        "[]",
        '{"관광-종류": 5}',
        '{"관광-종류": -0.0}',
        '{"관광-종류": [1]}',
    ):
        (raw / "wos-v1.1/ontology.json").write_text(content, encoding="utf-8")
        assert any("ontology.json: " in line for line in broken("wos", raw)), content
    (raw / "wos-v1.1/ontology.json").unlink()
    assert broken("wos", raw) == []
    assert any("no such file" in report.found for report in reports_of("wos", raw))


def test_missing_files_and_fields_and_labels_are_remarked(raw: Path) -> None:
    (raw / TASKS["ynat"].files["train"]).unlink()
    change(raw, TASKS["ynat"].files["validation"], '"date"', '"when"')
    path = raw / TASKS["ynat"].files["validation"]
    rows = json.loads(path.read_text(encoding="utf-8"))
    rows[3]["label"] = None
    path.write_text(json.dumps(rows), encoding="utf-8")
    train, validation = check(["ynat"], data_dir=raw)
    assert (train.path, train.rows) == (None, None)
    assert train.reports[0].found == "no such file"
    fields = Counter(report.field for report in validation.reports)
    assert fields == {"": 2, "date": 1, "label": 1}
    assert not any(report.broken for report in validation.reports)


def test_json_of_a_file() -> None:
    file = next(check(["dp"], sample=True))
    plain = json.loads(json.dumps(file.to_json()))
    assert plain["task"] == "dp"
    assert {report["field"] for report in plain["reports"]} == {"word_form[4]"}


def test_no_data_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        list(check(data_dir=tmp_path))


def test_real_files(data_dir: list[Path]) -> None:
    files = {(file.task, file.split): file for file in check(data_dir=data_dir)}
    official = {key for key, file in files.items() if file.official}
    assert official == {
        ("nli", "train"),
        ("nli", "validation"),
        ("re", "train"),
        ("re", "validation"),
        ("sts", "validation"),
        ("ner", "validation"),
        ("dp", "validation"),
    }
    for key in official:
        reports = files[key].reports
        assert not any(report.broken for report in reports)
        assert all(report.known for report in reports)
    broken_files = {key for key, file in files.items() if any(r.broken for r in file.reports)}
    assert broken_files == {("mrc", "validation")}
    assert (
        len({report.guid for report in files["mrc", "validation"].reports if report.broken}) == 113
    )
    nulls = [report for report in files["ynat", "train"].reports if report.field == "label"]
    assert len(nulls) == 747


@pytest.mark.parametrize("number", ["9007199254740993", "1e999", "1" + "0" * 400])
def test_a_score_beyond_all_bounds_is_named(raw: Path, number: str) -> None:
    path = raw / TASKS["sts"].files["validation"]
    rows = json.loads(path.read_text(encoding="utf-8"))
    text = json.dumps(rows).replace(f'"real-label": {rows[0]["labels"]["real-label"]}', "X", 1)
    path.write_text(text.replace("X", f'"real-label": {number}'), encoding="utf-8")
    assert any("real-label" in line for line in broken("sts", raw))


def test_a_guid_that_is_no_unicode_is_named(raw: Path) -> None:
    change(raw, TASKS["ynat"].files["validation"], '"guid": "', '"guid": "\\ud800')
    (line,) = broken("ynat", raw)
    assert "guid" in line and len(line.splitlines()) == 1
    line.encode("utf-8")
