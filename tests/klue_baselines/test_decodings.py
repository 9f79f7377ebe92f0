"""Decodings by name: chosen, refused, and added to a task in its record alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from klue_baselines.pipeline import KluePipeline
from klue_baselines.prediction import given_decoding, open_fine_tuned, predict
from klue_baselines.task import Answers, Record, decoding_of
from klue_baselines.tasks import BASELINES
from klue_baselines.training.run import Run, train
from klue_cli.app import app
from klue_common.errors import InputError
from klue_datasets import load
from tests.klue_baselines.training.test_run import quick_run

DP = BASELINES["dp"]


def test_a_name_or_its_shorthand() -> None:
    assert given_decoding(DP) is None
    assert given_decoding(DP, "tree") == "tree"
    assert given_decoding(DP, constrain=False) == "plain"
    assert given_decoding(DP, constrain=True) == "head-final tree"


def test_the_models_own_unless_another_is_asked_for() -> None:
    assert decoding_of(DP, SimpleNamespace()) == "plain"
    assert decoding_of(DP, SimpleNamespace(klue_decoding="tree")) == "tree"
    assert decoding_of(DP, SimpleNamespace(klue_decoding="tree"), "plain") == "plain"


def test_a_wrong_name_lists_those_of_the_task(tmp_path: Path) -> None:
    message = "decoding: found 'trees', expected 'plain' or 'tree' or 'head-final tree' for dp"
    for refused in (
        lambda: given_decoding(DP, "trees"),
        lambda: decoding_of(DP, SimpleNamespace(klue_decoding="trees")),
        lambda: train(Run("dp", "nowhere", tmp_path / "run", decoding="trees")),
    ):
        with pytest.raises(InputError, match=message):
            refused()
    with pytest.raises(InputError, match="decoding: found 'tree' and constrain, expected one"):
        given_decoding(DP, "tree", constrain=True)


def test_the_commands_refuse_a_wrong_name_before_they_read_anything(tmp_path: Path) -> None:
    for command in (
        ["train", "dp", "--model", "nowhere", "--output", str(tmp_path / "a")],
        ["predict", "dp", "--model", "nowhere", "--output", str(tmp_path / "a")],
    ):
        done = CliRunner().invoke(app, [*command, "--decoding", "trees", "--sample"])
        assert "found 'trees', expected 'plain' or 'tree'" in str(done.exception)
        assert isinstance(done.exception, InputError)
        assert not list(tmp_path.iterdir())


def test_a_run_and_its_predictions_are_decoded_as_named(tiny_encoder: Path, tmp_path: Path) -> None:
    result = train(quick_run("dp", tiny_encoder, tmp_path, decoding="tree"))
    assert result.settings["decoding"] == "tree"
    assert result.scores == result.decodings["tree"]
    rows = load("dp", "validation", sample=True, full=True)
    opened = open_fine_tuned("dp", str(tmp_path))
    own, named, other = (
        predict("dp", opened, rows, batch_size=64, decoding=name)
        for name in (None, "tree", "plain")
    )
    assert own == named != other
    with pytest.raises(InputError, match="decoding: found 'x', expected 'plain' or 'tree'"):
        predict("dp", opened, rows, batch_size=64, decoding="x")


def first_label(answers: Answers) -> list[Record]:
    """Records that all have the first label."""
    return [
        {"guid": example["guid"], "label": answers.config.id2label[0]}
        for example in answers.examples
    ]


def test_a_new_decoding_is_an_entry_of_the_tasks_record(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ynat = BASELINES["ynat"]
    decodings = {**ynat.decodings, "first": first_label}
    monkeypatch.setitem(BASELINES, "ynat", replace(ynat, decodings=decodings))
    result = train(quick_run("ynat", tiny_encoder, tmp_path, decoding="first"))
    assert result.settings["decoding"] == "first"
    assert list(result.decodings) == ["plain", "first"]
    pipeline = KluePipeline.from_pretrained("ynat", str(tmp_path))
    assert pipeline("서울 아파트값 3주째 올라")["label"] == ynat.labels[0]


def test_a_folder_of_before_is_gone_on_with(tiny_encoder: Path, tmp_path: Path) -> None:
    run = quick_run("ynat", tiny_encoder, tmp_path)
    result = train(run)
    marker = tmp_path / "run.json"
    content = json.loads(marker.read_text(encoding="utf-8"))
    del content["decoding"]  # as it was written when decodings had no names
    marker.write_text(json.dumps(content), encoding="utf-8")
    assert train(run) == result
    with pytest.raises(InputError, match="holds a finished run with other settings"):
        train(replace(run, decoding="plain"))
