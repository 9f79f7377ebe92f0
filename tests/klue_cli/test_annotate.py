"""`klue annotate`: from rows to tasks, and from exports to files and tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from klue_annotation.tasks import FORMS
from klue_cli.app import app
from klue_datasets.rows import read_rows
from klue_datasets.sources import SAMPLE
from tests.klue_annotation.made_up import GOLD, OTHER, exported, gold_export, items, rows, written


def klue(*arguments: Any) -> Result:
    return CliRunner().invoke(app, ["annotate", *map(str, arguments)])


def fails(*arguments: Any) -> str:
    result = klue(*arguments)
    assert result.exit_code
    assert isinstance(result.exception, ValueError)
    return str(result.exception)


def test_the_form_is_printed() -> None:
    assert klue("form", "ner").stdout == FORMS["ner"].form() + "\n"
    assert fails("form", "nil").startswith("task: found 'nil', expected one of ynat")


@pytest.mark.parametrize("ending", ["txt", "csv", "jsonl", "json"])
def test_tasks_of_a_file(ending: str, tmp_path: Path) -> None:
    given = {
        "txt": "비 온다\n\n눈, 온다\n",
        "csv": 'title,url\n비 온다,a\n"눈, 온다",b\n',
        "jsonl": '{"title": "비 온다"}\n{"title": "눈, 온다", "guid": "own"}\n',
        "json": '[{"title": "비 온다"}, {"title": "눈, 온다"}]',
    }[ending]
    path, out = tmp_path / f"in.{ending}", tmp_path / "tasks.json"
    path.write_text(given)
    result = klue("export", "ynat", path, "--out", out)
    assert result.stdout == ""
    assert result.stderr == f"{out}: 2 tasks\n"
    made = [task["data"] for task in json.loads(out.read_text(encoding="utf-8"))]
    assert [data["title"] for data in made] == ["비 온다", "눈, 온다"]
    guids = [data["item"]["guid"] for data in made]
    assert guids == ["in_00000", "own" if ending == "jsonl" else "in_00001"]


def test_what_was_screened_out_is_not_annotated(tmp_path: Path) -> None:
    path, out = tmp_path / "in.csv", tmp_path / "tasks.json"
    path.write_text("title,keep,reasons\n비,TRUE,\n욕,false,toxicity\n눈,true,toxicity\n")
    assert klue("export", "ynat", path, "--out", out).exit_code == 0
    made = [task["data"]["title"] for task in json.loads(out.read_text(encoding="utf-8"))]
    assert made == ["비", "눈"]
    path.write_text("title,keep,reasons\n비,maybe,\n")
    assert "in.csv:2: keep: found 'maybe'" in fails("export", "ynat", path, "--out", out)


BAD = {
    "no file": ("ynat", "", "no such file"),
    "nothing": ("ynat", "\n", "found nothing, expected what is to be annotated"),
    "no title": ("ynat", '{"text": "a"}', "in.jsonl:1: title: found nothing, expected a text"),
    "twice": ("ynat", '{"title":"a","guid":"b"}\n' * 2, "in.jsonl:2: guid: found 'b' twice"),
    "guid": ("ynat", '{"title":"a","guid":"b c"}', "expected a name without blanks"),
    "broken": ("ynat", '{"title":', "in.jsonl:1: found"),
}


@pytest.mark.parametrize("kind", list(BAD))
def test_what_cannot_be_annotated(kind: str, tmp_path: Path) -> None:
    task, text, problem = BAD[kind]
    path, out = tmp_path / "in.jsonl", tmp_path / "tasks.json"
    if text:
        path.write_text(text)
    assert problem in fails("export", task, path, "--out", out)
    assert not out.exists()


def test_a_text_is_no_pair(tmp_path: Path) -> None:
    path = tmp_path / "in.txt"
    path.write_text("비 온다\n")
    found = fails("export", "sts", path, "--out", tmp_path / "tasks.json")
    assert "an item of sts is more than a text" in found
    assert "--split" in fails("export", "ner", SAMPLE, "--out", path, "--split", "test")


def test_import_says_what_has_no_gold(tmp_path: Path) -> None:
    export = gold_export("ynat")[:3]
    export[1]["annotations"].pop()
    path = written(tmp_path, export)
    result = klue("import", "ynat", path, "--out", tmp_path / "made")
    assert result.stdout.startswith("ynat: 3 items, 2 with gold, 1 without\n")
    assert result.stderr == (
        f"{path}: item ynat-v1_train_00001: found 2 answers, expected 3 that count: no gold\n"
    )
    made = read_rows("ynat", "train", data_dir=tmp_path / "made", full=True)
    assert made[0]["annotations"]["annotators"] == ["01", "02", "03"]
    as_json = klue(
        "import", "ynat", path, "--out", tmp_path / "dev", "--split", "validation", "--json"
    )
    assert json.loads(as_json.stdout)["undecided"][0]["found"] == "2 answers"
    assert read_rows("ynat", "validation", data_dir=tmp_path / "dev")


def test_review(tmp_path: Path) -> None:
    some, gold = items("ner")[:2], [GOLD["ner"](row) for row in rows("ner")[:2]]
    first = written(tmp_path, exported("ner", some, [[answer] for answer in gold]))
    out = tmp_path / "second.json"
    assert klue("review", "ner", first, "--out", out).stderr == f"{out}: 2 tasks to review\n"
    made = json.loads(out.read_text(encoding="utf-8"))
    assert len(made[0]["predictions"][0]["result"]) == len(gold[0])


def test_agreement(tmp_path: Path) -> None:
    labels = [item["author"] for item in items("nli")]
    answers = [[label, label, label, OTHER["nli"](label)] for label in labels]
    path = written(tmp_path, exported("nli", items("nli"), answers))
    result = klue("agreement", "nli", path, "--below", 70)
    assert "same label" in result.stdout
    assert "two agree, %" in result.stdout
    report = json.loads(klue("agreement", "nli", path, "--json").stdout)
    (author,) = [one for one in report["annotators"] if one["annotator"] == "author"]
    assert author["answers"] == len(labels)
    assert report["before"][0]["pairwise"]["percent"] == pytest.approx(60)


def test_an_export_that_is_not_there(tmp_path: Path) -> None:
    assert "none.json" in fails("agreement", "nli", tmp_path / "none.json")


def test_split(tmp_path: Path) -> None:
    export = written(tmp_path, gold_export("re"))
    klue("import", "re", export, "--out", tmp_path / "in")
    out = tmp_path / "klue-law"
    result = klue("split", tmp_path / "in", "--validation", 0.2, "--out", out)
    assert result.exit_code == 0
    assert "re: balance" in result.stdout
    assert "no licence is named in the card (--license)" in result.stderr
    assert json.loads((out / "dataset.json").read_text())["name"] == "klue-law"
    sizes = [len(read_rows("re", split, data_dir=out)) for split in ("train", "validation")]
    assert sum(sizes) == len(rows("re"))
    other = ("--out", tmp_path / "other", "--license", "mit", "--json")
    again = klue("split", tmp_path / "in", "--validation", 0.2, *other)
    found = json.loads(again.stdout)["re"]
    assert [found["train"]["rows"], found["validation"]["rows"]] == sizes
    assert found["overlap"] == {"exact": 0, "near": 0}
    assert "licence" not in again.stderr
    assert "--out: found files in" in fails("split", tmp_path / "in", "--out", out)
