"""`klue export` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from klue_baselines.encoding.encoder import open_tokenizer
from klue_baselines.pipeline import KluePipeline
from klue_baselines.tasks import BASELINES
from klue_cli.app import app
from klue_common.errors import InputError


def test_a_model_becomes_two_files_and_their_sizes(tiny_encoder: Path, tmp_path: Path) -> None:
    pytest.importorskip("onnxscript", reason="the extra onnx is not installed")
    torch.manual_seed(0)
    source, out = tmp_path / "trained", tmp_path / "out"
    changes = {"num_hidden_layers": 1}
    labels = BASELINES["ynat"].labels
    model = BASELINES["ynat"].build(str(tiny_encoder), labels=labels, changes=changes)
    model.config.klue_task = "ynat"
    model.save_pretrained(source)
    open_tokenizer(str(tiny_encoder)).save_pretrained(source)
    done = CliRunner().invoke(app, ["export", "ynat", str(source), "--onnx", str(out), "--json"])
    assert done.exit_code == 0, done.output
    told = {Path(one["file"]): one["megabytes"] for one in json.loads(done.stdout)}
    assert told == {path: path.stat().st_size / 1e6 for path in out.glob("*.onnx")}
    assert len(told) == 2
    assert KluePipeline.from_pretrained("ynat", str(out), runtime="onnx")("제목")["label"] in labels
    texts, answers = tmp_path / "own.txt", tmp_path / "own.csv"
    texts.write_text("비가 온다\n눈이 온다\n", encoding="utf-8")
    small = ["--runtime", "onnx", "--dtype", "int8", "--out", str(answers)]
    done = CliRunner().invoke(app, ["label", "ynat", str(texts), "--model", str(out), *small])
    assert done.exit_code == 0, done.output
    assert len(answers.read_text(encoding="utf-8").splitlines()) == 3
    again = CliRunner().invoke(app, ["export", "ynat", str(source), "--onnx", str(out)])
    assert isinstance(again.exception, InputError)
    assert "expected a new or an empty folder" in str(again.exception)
