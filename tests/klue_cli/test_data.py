from __future__ import annotations

import json
from pathlib import Path

import datasets
import pytest
from typer.testing import CliRunner

from klue_cli.data import app
from klue_common.errors import InputError
from klue_datasets import TASKS, DataError

runner = CliRunner()


def run(*arguments: object) -> tuple[int, str, str]:
    """Run a command; wrong input comes out as it does for the `klue` command."""
    result = runner.invoke(app, list(map(str, arguments)))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_build_writes_a_folder_and_a_table(tmp_path: Path) -> None:
    code, out, err = run("build", "--out", tmp_path / "klue", "--sample")
    assert code == 0
    assert "sample" in out
    for name in TASKS:
        assert f"{name}/train-00000-of-00001.parquet" in out
        assert f"{name} train: " in err
    assert datasets.load_dataset(str(tmp_path / "klue"), "dp")["train"].num_rows > 0


def test_build_one_task_as_json(raw: Path, tmp_path: Path) -> None:
    code, out, _ = run(
        "build", "--out", tmp_path / "klue", "--task", "ner", "--data-dir", raw, "--full",
        "--errata", "--json",
    )  # fmt: skip
    report = json.loads(out)
    assert code == 0
    assert (report["version"], report["full"], list(report["tasks"])) == (
        "1.1.1+errata",
        True,
        ["ner"],
    )


def test_build_tells_what_the_readers_noticed(raw: Path, tmp_path: Path) -> None:
    path = raw / TASKS["ynat"].files["train"]
    rows = json.loads(path.read_text(encoding="utf-8"))
    rows[0]["label"] = None
    path.write_text(json.dumps(rows), encoding="utf-8")
    _, out, err = run("build", "--out", tmp_path / "klue", "--task", "ynat", "--data-dir", raw)
    assert "dropped 1 row without a label: ynat-v1_train_00000" in err
    assert "dropped" not in out


@pytest.mark.parametrize("command", ["build", "check", "stats"])
def test_wrong_input_is_the_package_s_error(command: str, tmp_path: Path) -> None:
    out = ["--out", tmp_path / "klue"] if command == "build" else []
    with pytest.raises(DataError, match="found 'squad', expected one of ynat"):
        run(command, "--task", "squad", "--sample", *out)
    with pytest.raises(DataError, match="found no folder"):
        run(command, "--data-dir", tmp_path / "nowhere", *out)
    assert list(tmp_path.iterdir()) == []


def test_check_is_0_for_remarks_and_1_for_broken_promises(raw: Path) -> None:
    code, out, _ = run("check", "--data-dir", raw)
    assert code == 0
    assert "16 files: 0 broken promises" in out
    assert "not the official file" in out
    path = raw / TASKS["dp"].files["train"]
    path.write_text(path.read_text(encoding="utf-8").replace("\t0\tVP", "\t1\tVP", 1))
    code, out, _ = run("check", "--data-dir", raw, "--task", "dp")
    assert code == 1
    assert "broken: klue-dp-v1.1/klue-dp-v1.1_train.tsv: " in out
    code, out, _ = run("check", "--data-dir", raw, "--task", "dp", "--json")
    assert code == 1
    assert any(report["broken"] for file in json.loads(out) for report in file["reports"])


def test_stats_prints_tables_or_json() -> None:
    code, out, _ = run("stats", "--sample", "--task", "nli")
    assert code == 0
    for part in (
        "nli (sample): labels",
        "entailment",
        "eojeol",
        "validators with gold",
        "in train",
    ):
        assert part in " ".join(out.split())
    _, out, _ = run("stats", "--sample", "--task", "nli", "--json")
    assert json.loads(out)[0]["task"] == "nli"


def test_stats_draws(tmp_path: Path) -> None:
    _, _, err = run("stats", "--sample", "--task", "dp", "--plots", tmp_path / "plots")
    assert "dp-labels.svg" in err
    assert (tmp_path / "plots" / "dp-lengths.svg").exists()
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match=r"--plots: found the file .*, expected a folder"):
        run("stats", "--sample", "--plots", tmp_path / "file")
