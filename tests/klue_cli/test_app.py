"""The command as a program: exit codes, one line for wrong input, nothing half written."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from klue_baselines.tasks import BASELINES
from klue_datasets import read_rows
from klue_metrics import METRICS

ROOT = Path(__file__).parent.parent.parent


def klue(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "klue_cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


def assert_one_line(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if line.startswith("klue: error:")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    for part in parts:
        assert part in lines[0]


@pytest.mark.slow
def test_train_predict_score_agree(tiny_encoder: Path, tmp_path: Path) -> None:
    model, file = tmp_path / "model", tmp_path / "ynat.jsonl"
    trained = klue(
        "train", "ynat", "--model", tiny_encoder, "--output", model, "--sample", "--epochs", 1,
        "--results", tmp_path / "results", "--json",
    )  # fmt: skip
    assert trained.returncode == 0, trained.stderr
    predicted = klue("predict", "ynat", "--model", model, "--output", file, "--sample")
    assert predicted.returncode == 0, predicted.stderr
    assert predicted.stdout == ""
    scored = klue("score", "ynat", file, "--sample", "--json")
    assert scored.returncode == 0, scored.stderr
    assert json.loads(trained.stdout) == json.loads((model / "result.json").read_text())
    expected = json.loads(trained.stdout)["scores"]["macro_f1"]
    assert json.loads(scored.stdout)["scores"]["macro_f1"] == pytest.approx(expected)
    reported = klue("report", tmp_path / "results", "--json")
    assert json.loads(reported.stdout)[0]["mean"] == pytest.approx(expected)
    assert "sample" in klue("report", tmp_path / "results").stdout


def test_an_unknown_task_is_named() -> None:
    done = klue("train", "cola", "--model", "x", "--output", "y")
    assert_one_line(done, "'cola'", ", ".join(BASELINES))


def test_a_missing_data_folder_is_named(tiny_encoder: Path, tmp_path: Path) -> None:
    done = klue(
        "train", "ynat", "--model", tiny_encoder, "--output", tmp_path / "out",
        "--data-dir", tmp_path / "nowhere",
    )  # fmt: skip
    assert_one_line(done, str(tmp_path / "nowhere"))
    assert not (tmp_path / "out").exists()


def test_a_model_folder_without_weights_is_named(tiny_encoder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "hollow"
    shutil.copytree(tiny_encoder, folder)
    (folder / "model.safetensors").unlink()
    done = klue("train", "ynat", "--model", folder, "--output", tmp_path / "out", "--sample")
    assert_one_line(done, str(folder), "no weights", "model.safetensors")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["train", "predict"])
def test_a_model_is_opened_before_the_data_is_read(
    tiny_encoder: Path, tmp_path: Path, command: str
) -> None:
    hollow, raw = tmp_path / "hollow", tmp_path / "raw" / "ynat-v1.1"
    shutil.copytree(tiny_encoder, hollow)
    (hollow / "model.safetensors").unlink()
    raw.mkdir(parents=True)
    for part in ("train", "dev"):
        (raw / f"ynat-v1.1_{part}.json").write_text("no JSON")
    done = klue(
        command, "ynat", "--model", hollow, "--output", tmp_path / "out",
        "--data-dir", tmp_path / "raw",
    )  # fmt: skip
    assert_one_line(done, str(hollow), "no weights")
    assert not (tmp_path / "out").exists()


def test_a_bench_finds_an_encoder_that_cannot_be_opened_once(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut"
    shutil.copytree(tiny_encoder, cut)
    weights = cut / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    done = klue(
        "bench", "--model", cut, "--output", tmp_path / "out", "--sample",
        "--results", tmp_path / "results",
    )  # fmt: skip
    assert_one_line(done, str(cut))
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "results").exists()


def test_a_model_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    done = klue("train", "ynat", "--model", folder, "--output", tmp_path / "out", "--sample")
    assert_one_line(done, str(folder), "no such model folder")


def test_an_encoder_is_not_a_fine_tuned_model(tiny_encoder: Path, tmp_path: Path) -> None:
    done = klue(
        "predict", "ynat", "--model", tiny_encoder, "--output", tmp_path / "p.jsonl", "--sample"
    )
    assert_one_line(done, str(tiny_encoder), "expected one for ynat")
    assert not (tmp_path / "p.jsonl").exists()


def test_cut_off_weights_are_named(tiny_encoder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cut"
    shutil.copytree(tiny_encoder, folder)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    done = klue("train", "ynat", "--model", folder, "--output", tmp_path / "out", "--sample")
    assert_one_line(done, str(folder))


def test_a_cut_off_raw_file_is_named(tiny_encoder: Path, tmp_path: Path) -> None:
    import klue_datasets

    source = Path(klue_datasets.__file__).parent / "sample" / "ynat-v1.1"
    copy = tmp_path / "data" / "ynat-v1.1"
    shutil.copytree(source, copy)
    train = copy / "ynat-v1.1_train.json"
    train.write_bytes(train.read_bytes()[:2000])
    done = klue(
        "train", "ynat", "--model", tiny_encoder, "--output", tmp_path / "out",
        "--data-dir", tmp_path / "data",
        HF_HOME=str(tmp_path / "home"),
    )  # fmt: skip
    assert_one_line(done, "ynat-v1.1_train.json")
    assert not (tmp_path / "out").exists()


def test_a_prediction_file_with_a_foreign_guid_is_named(tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    file.write_text('{"guid": "elsewhere", "label": "정치"}\n', encoding="utf-8")
    assert_one_line(klue("score", "ynat", file, "--sample"), "p.jsonl", "elsewhere")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train", "ynat"), "Missing option '--model'"),
        (("frobnicate",), "No such command 'frobnicate'"),
        (("report", "--colour"), "No such option: --colour"),
        (
            ("train", "ynat", "--model", "m", "--output", "o", "--seed", "one"),
            "should be a valid integer",
        ),
    ],
)
def test_wrong_arguments_are_no_traceback(arguments: tuple[str, ...], message: str) -> None:
    done = klue(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_is_said_in_a_line(tiny_encoder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "klue_cli", "train", "ynat", "--sample"]
    command += ["--model", str(tiny_encoder), "--output", str(tmp_path / "out")]
    command += ["--epochs", "10000", "--evaluations", "1", "--results", str(tmp_path / "results")]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    checkpoints = tmp_path / "out" / "checkpoints"
    deadline = time.monotonic() + 120
    while not list(checkpoints.glob("*/trainer_state.json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.strip().splitlines()[-1] == "klue: interrupted"
    assert "Traceback" not in said
    assert list(checkpoints.glob("*/trainer_state.json"))


def test_help_comes_fast_enough_to_read() -> None:
    done = klue("--help")
    assert done.returncode == 0
    for command in ("train", "predict", "score", "compare", "report", "data"):
        assert command in done.stdout


@pytest.fixture(scope="module")
def sample_predictions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prediction file for the sample's nli."""
    path = tmp_path_factory.mktemp("sample") / "nli.jsonl"
    rows = read_rows("nli", "validation", sample=True)
    records = [{"guid": row["guid"], "label": "neutral"} for row in rows]
    METRICS["nli"].write_predictions(path, records)
    return path


IMPORTED = """
import sys
from klue_cli.app import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=open("modules", "w"))
"""


def imported(folder: Path, *arguments: object) -> set[str]:
    """What a command imports, in a process of its own that works in a folder."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set((folder / "modules").read_text().split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("score", "nli", "FILE", "--sample"),
        ("score", "nli", "FILE", "--sample", "--by", "label", "--errors", "2", "--html", "page"),
        ("compare", "nli", "FILE", "FILE", "--sample"),
        ("report", ROOT / "results"),
        ("report", ROOT / "results", "--markdown"),
        ("--help",),
        ("train", "--help"),
        ("bench", "--help"),
    ],
)
def test_what_learns_nothing_imports_no_library_of_learning(
    sample_predictions: Path, tmp_path: Path, arguments: tuple[object, ...]
) -> None:
    given = [sample_predictions if argument == "FILE" else argument for argument in arguments]
    heavy = {"torch", "transformers", "accelerate", "datasets", "pandas", "scipy"}
    assert not heavy & imported(tmp_path, *given)


@pytest.mark.parametrize("command", [("build", "--out", "klue"), ("check",), ("stats",)])
def test_the_data_s_commands_need_no_torch(tmp_path: Path, command: tuple[str, ...]) -> None:
    assert not {"torch", "transformers"} & imported(tmp_path, "data", *command, "--sample")
