"""`klue score` and `klue compare` on the bundled sample."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from klue_cli.compare import compare
from klue_cli.score import load_gold, score
from klue_metrics import METRICS, MetricError
from klue_metrics.relation_extraction import RELATIONS

app = typer.Typer()
app.command()(score)
app.command()(compare)


def klue(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def perfect(task: str, reference: Any) -> dict[str, Any]:
    if task == "mrc":
        texts = reference["answers"]["text"]
        return {"prediction_text": "" if reference["is_impossible"] else texts[0]}
    if task == "dp":
        return dict(reference)
    field = METRICS[task].fields[0].name
    return {field: reference}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A perfect prediction file of the sample for every task."""
    folder = tmp_path_factory.mktemp("predictions")
    paths = {}
    for task, metric in METRICS.items():
        gold = load_gold(task, "validation", None, True)
        paths[task] = folder / f"{task}.jsonl"
        records = [
            {"guid": guid, **perfect(task, reference)}
            for guid, reference in zip(gold.guids, gold.references, strict=True)
        ]
        metric.write_predictions(paths[task], records)
    return paths


@pytest.fixture(scope="module")
def worse(files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for nli, always neutral."""
    path = tmp_path_factory.mktemp("worse") / "nli.jsonl"
    records = [json.loads(line) for line in files["nli"].read_text("utf-8").splitlines()]
    METRICS["nli"].write_predictions(path, [{**r, "label": "neutral"} for r in records])
    return path


@pytest.fixture(scope="module")
def worst(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file for re that puts each relation's one example of the sample last.

    An example that was drawn twice ties with itself: every resample scores higher than the data.
    """
    path = tmp_path_factory.mktemp("worst") / "re.jsonl"
    gold = load_gold("re", "validation", None, True)
    scores = 1 - np.eye(30)[RELATIONS.encode(gold.references, "references")]
    METRICS["re"].write_predictions(
        path,
        [
            {"guid": guid, "label": "per:title", "probabilities": row}
            for guid, row in zip(gold.guids, scores, strict=True)
        ],
    )
    return path


NOTE = "auprc: the interval leaves out the value, since with few examples of a class"


def test_an_interval_that_leaves_out_its_value_says_why(worst: Path, files: Any) -> None:
    done = klue("score", "re", worst, "--sample", "--json")
    content = json.loads(done.stdout)
    low, _ = content["scores"]["auprc_ci"]
    assert content["scores"]["auprc"] < low
    (note,) = content["notes"]
    assert note.startswith(NOTE)
    assert note in klue("score", "re", worst, "--sample").stdout
    by_source = klue("score", "re", worst, "--sample", "--by", "source").stdout
    assert "wikipedia auprc, wikitree auprc: the interval leaves out" in by_source
    others = {"--no-intervals": worst, "--intervals": files["re"]}
    for option, path in others.items():
        assert "leaves out" not in klue("score", "re", path, "--sample", option).stdout


def test_a_difference_outside_its_interval_says_why(worst: Path, tmp_path: Path) -> None:
    """The best scores are as good in every resample, the worst are better than in the data."""
    records = [json.loads(line) for line in worst.read_text("utf-8").splitlines()]
    best = tmp_path / "best.jsonl"
    for record in records:
        record["probabilities"] = [1 - score for score in record["probabilities"]]
    METRICS["re"].write_predictions(best, records)
    content = json.loads(klue("compare", "re", best, worst, "--sample", "--json").stdout)
    part = content["scores"]["auprc"]
    assert part["difference"] > part["difference_ci"][1]
    (note,) = content["notes"]
    assert note.startswith("auprc, A - B: the interval leaves out the value")
    assert note in klue("compare", "re", best, worst, "--sample").stdout
    same = klue("compare", "re", worst, worst, "--sample").stdout
    assert "leaves out" not in same


@pytest.mark.parametrize("task", METRICS)
def test_every_task(files: dict[str, Path], task: str) -> None:
    done = klue("score", task, files[task], "--sample", "--json", "--textbook", "--by", "length")
    assert done.exit_code == 0, done.output
    content = json.loads(done.stdout)
    assert (content["task"], content["sample"]) == (task, True)
    assert content["scores"][METRICS[task].main_score] == pytest.approx(100)
    assert content["scores"][f"{METRICS[task].main_score}_ci"] == [100, 100]
    assert sum(part["examples"] for part in content["by"].values()) == content["examples"]


def test_tables(files: dict[str, Path]) -> None:
    done = klue("score", "nli", files["nli"], "--sample", "--by", "label")
    assert "no KLUE score" in done.stdout
    assert "accuracy  100.00  [100.00, 100.00]" in done.stdout
    assert "entailment" in done.stdout
    without = klue("score", "nli", files["nli"], "--sample", "--no-intervals")
    assert "[" not in without.stdout


def test_errors(worse: Path, tmp_path: Path) -> None:
    page = tmp_path / "new" / "errors.html"
    done = klue("score", "nli", worse, "--sample", "--errors", 2, "--html", page)
    assert done.exit_code == 0, done.output
    assert "2 of" in done.stdout and "confusions" in done.stdout
    assert page.read_text("utf-8").startswith("<!doctype html>")
    content = json.loads(klue("score", "nli", worse, "--sample", "--errors", 2, "--json").stdout)
    assert len(content["errors"]["examples"]) == 2


def test_compare(files: dict[str, Path], worse: Path) -> None:
    done = klue("compare", "nli", files["nli"], worse, "--sample")
    assert "accuracy: A is better at the 5 % level." in done.stdout
    same = klue("compare", "nli", worse, worse, "--sample")
    assert "accuracy: A and B cannot be told apart at the 5 % level." in same.stdout
    content = json.loads(klue("compare", "nli", worse, files["nli"], "--sample", "--json").stdout)
    assert content["scores"]["accuracy"]["difference"] < 0
    assert content["b"] == str(files["nli"])


def test_a_score_that_is_left_out_is_said(files: dict[str, Path], tmp_path: Path) -> None:
    labels = [json.loads(line) for line in files["re"].read_text(encoding="utf-8").splitlines()]
    lines = [json.dumps({"guid": one["guid"], "label": one["label"]}) for one in labels]
    bare = tmp_path / "bare.jsonl"
    bare.write_text("\n".join(lines), encoding="utf-8")
    done = klue("compare", "re", files["re"], bare, "--sample")
    assert "auprc: not compared, since a file lacks what it is made from" in done.stderr
    assert "auprc" not in done.stdout


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def written(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in records), "utf-8")
    return path


def test_what_was_counted_as_wrong_is_said(files: dict[str, Path], tmp_path: Path) -> None:
    records = lines_of(files["re"])
    records[1]["label"], records[2]["label"] = "per:foo", None
    path = written(tmp_path / "re.jsonl", records[1:])
    refused = klue("score", "re", path, "--sample")
    assert isinstance(refused.exception, MetricError)
    options = ("--sample", "--unknown-label", "wrong")
    done = klue("score", "re", path, *options)
    said = "counted as wrong: 1 invented, 2 empty (guids missing: 1)"
    assert said in done.stdout
    content = json.loads(klue("score", "re", path, *options, "--json").stdout)
    assert content["unknown_labels"] == {"invented": 1, "empty": 2, "missing": 1}
    assert list(content["scores"]) == ["micro_f1", "micro_f1_ci"]
    both = klue("compare", "re", path, files["re"], *options)
    assert f"A: {said}" in both.stdout
    content = json.loads(klue("compare", "re", path, files["re"], *options, "--json").stdout)
    assert content["unknown_labels"]["a"]["missing"] == 1
    assert content["unknown_labels"]["b"] == {"invented": 0, "empty": 0, "missing": 0}


def test_a_score_that_cannot_be_made_is_said(files: dict[str, Path], tmp_path: Path) -> None:
    records = [{**r, "probabilities": [0.5] * 30} for r in lines_of(files["re"])]
    path = written(tmp_path / "re.jsonl", records)
    assert "auprc" not in klue("score", "re", path, "--sample").stderr
    path = written(tmp_path / "re.jsonl", records[1:])
    done = klue("score", "re", path, "--sample", "--unknown-label", "wrong")
    assert "auprc: not scored, since a file lacks what it is made from" in done.stderr


@pytest.mark.parametrize("task", ["ynat", "mrc", "wos"])
def test_texts_that_differ_in_form_only_are_said_once(
    files: dict[str, Path], task: str, tmp_path: Path
) -> None:
    """The score stays as it is defined: they are wrong."""
    text = normalize("NFD", files[task].read_text("utf-8"))
    path = tmp_path / "nfd.jsonl"
    path.write_text(text, encoding="utf-8")
    options = ("--sample", "--unknown-label", "wrong")
    done = klue("score", task, path, *options, "--json")
    assert json.loads(done.stdout)["scores"][METRICS[task].main_score] < 60
    assert done.stderr.count("differ from the reference in their Unicode form only") == 1
    assert "Unicode" not in klue("score", task, files[task], *options).stderr
    both = klue("compare", task, path, files[task], *options)
    assert both.stderr.count("differ from the reference in their Unicode form only") == 1


def test_bad_input(files: dict[str, Path]) -> None:
    for arguments, message in [
        (("score", "nli", files["ynat"]), "field 'guid': found"),
        (("score", "nli", files["nli"], "--by", "domain"), "by: found 'domain', expected one of"),
        (("score", "nli", files["nli"], "--confidence", 95), "confidence: found 95"),
        (("compare", "nli", files["nli"], "nowhere"), "nowhere: found no readable file"),
    ]:
        done = klue(*arguments, "--sample")
        assert isinstance(done.exception, MetricError)
        assert message in str(done.exception)


@pytest.mark.parametrize("task", ["nli", "wos"])
def test_a_file_of_all_of_dev_stands_beside_one_of_a_part(
    task: str, files: dict[str, Path], tmp_path: Path
) -> None:
    part = ("--split", "validation[:2]", "--sample")
    some = tmp_path / "some.jsonl"
    guids = load_gold(task, "validation[:2]", None, True).guids
    lines = files[task].read_text("utf-8").splitlines(keepends=True)
    some.write_text("".join(lines[: len(guids)]), encoding="utf-8")
    done = klue("compare", task, files[task], some, *part)
    assert done.exit_code == 0, done.exception
    assert f"{len(guids)} examples" in done.stdout and "cannot be told apart" in done.stdout
    assert klue("score", task, files[task], *part).exit_code == 0
    strange = tmp_path / "strange.jsonl"
    strange.write_text("".join([*lines, lines[0].replace(guids[0], "other")]), encoding="utf-8")
    found = rf"strange.jsonl:{len(lines) + 1}: field 'guid': found 'other', expected one of"
    with pytest.raises(MetricError, match=found):
        raise klue("score", task, strange, *part).exception or AssertionError
    rest = tmp_path / "rest.jsonl"
    rest.write_text("".join(lines[len(guids) :]), encoding="utf-8")
    with pytest.raises(MetricError, match=rf"found 0 of {len(guids)} guids"):
        raise klue("score", task, rest, *part).exception or AssertionError


def test_several_files_are_put_in_order(
    files: dict[str, Path], worse: Path, tmp_path: Path
) -> None:
    twin = tmp_path / "twin.jsonl"
    twin.write_bytes(worse.read_bytes())
    shown = klue("compare", "nli", worse, files["nli"], twin, "--sample").stdout
    assert shown.index(str(files["nli"])) < shown.index(str(worse))
    assert "share a letter cannot be told apart at the 5 % level" in shown
    done = klue("compare", "nli", worse, files["nli"], twin, "--sample", "--json")
    order = json.loads(done.stdout)["scores"]["accuracy"]
    assert order["systems"][0]["ranks"][0] == 1
    assert order["systems"][1]["letters"] == order["systems"][2]["letters"]
    assert order["p"][1][2] == 1
    again = klue("compare", "nli", worse, files["nli"], worse, "--sample")
    assert str(again.exception) == f"compare: found {worse} twice, expected each file once"
