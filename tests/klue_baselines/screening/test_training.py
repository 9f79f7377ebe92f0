"""Training a screen: the reader of BEEP!, the run, what it writes, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from klue_baselines.screening.beep import dataset_of, read_beep
from klue_baselines.screening.classifier import CLASSIFIER, loss
from klue_baselines.screening.labels import HEADS
from klue_baselines.screening.metric import METRIC
from klue_baselines.screening.results import ScreenResult
from klue_baselines.screening.screen import open_screen
from klue_baselines.screening.training import ScreenRun, train_screen
from klue_common.errors import InputError

HEADER = "comments\tcontain_gender_bias\tbias\thate\n"
CLEAN = ["서울 아파트값 3주째 올라", "비가 온다"]


def made_up(folder: Path, rows: int = 40) -> Path:
    """Write comments of the two files' form, whose labels their words say."""
    lines = [
        f'{at}번 "댓글 {bias} {hate}\tFalse\t{bias}\t{hate}\n'
        for at in range(rows)
        for bias in [HEADS["bias"].names[at % 3]]
        for hate in [HEADS["hate"].names[at // 2 % 3]]
    ]
    folder.mkdir(exist_ok=True)
    (folder / "train.tsv").write_text(HEADER + "".join(lines), encoding="utf-8")
    (folder / "dev.tsv").write_text(HEADER + "".join(lines[:20]), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def trained(
    tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[ScreenRun, ScreenResult]:
    folder = tmp_path_factory.mktemp("screen")
    run = ScreenRun(str(tiny_encoder), made_up(folder / "beep"), folder / "run", others=2, epochs=1)
    return run, train_screen(run, lambda split: CLEAN)


def test_a_run_writes_its_model_and_result(trained: tuple[ScreenRun, ScreenResult]) -> None:
    run, result = trained
    assert ScreenResult.read(run.output / "result.json") == result
    assert set(result.scores) == {"bias_macro_f1", "hate_macro_f1", "macro_f1"}
    assert set(result.dev) == set(result.clean) == {"bias", "toxicity", "either"}
    assert (result.data["train"], result.data["held_out"], result.data["dev"]) == (32, 8, 20)
    assert result.clean_texts == len(CLEAN)
    assert not (run.output / "checkpoints").exists()
    rows = dataset_of(read_beep(run.data / "dev.tsv"))
    gold = METRIC.gold(rows)
    records = METRIC.read_predictions(run.output / "predictions.jsonl", gold)
    assert METRIC.score(gold, records)["macro_f1"] == result.scores["macro_f1"]


def test_a_finished_run_is_not_trained_again(trained: tuple[ScreenRun, ScreenResult]) -> None:
    run, result = trained
    assert train_screen(run, lambda split: CLEAN) == result
    with pytest.raises(InputError, match="holds a finished run with other settings"):
        train_screen(replace(run, seed=5), lambda split: CLEAN)


def test_the_screen_gives_the_runs_probabilities(
    trained: tuple[ScreenRun, ScreenResult],
) -> None:
    run, result = trained
    screen = open_screen(str(run.output))
    assert screen.thresholds == result.thresholds
    texts = [row["text"] for row in read_beep(run.data / "dev.tsv")]
    scores = screen(texts)
    hateful = [row["hate"] != 0 for row in read_beep(run.data / "dev.tsv")]
    found = np.array([one["toxicity"] for one in scores])[hateful]
    limit = screen.thresholds["toxicity"]
    recall = result.dev["toxicity"]["recall"]["value"] / 100
    # A model that has hardly learned has scores that differ by less than batches round.
    assert (found > limit + 1e-5).mean() <= recall <= (found > limit - 1e-5).mean()
    assert screen([]) == []
    one, long = screen([texts[0], " ".join(texts * 20)])
    assert one == pytest.approx(scores[0], abs=1e-5)
    assert 0 <= long["bias"] <= 1


def test_labels_of_another_classifier(trained: tuple[ScreenRun, ScreenResult]) -> None:
    run, _ = trained
    with pytest.raises(InputError, match="expected no --label"):
        open_screen(str(run.output), {"LABEL_0": "bias"})
    assert open_screen(str(run.output), threshold=0.25).thresholds["bias"] == 0.25


def test_the_loss_is_the_mean_of_two_softmaxes() -> None:
    logits, labels = torch.tensor([[2.0, 0, 0, 0, 3, 0]]), torch.tensor([[0, 2]])
    rows = [
        torch.nn.functional.cross_entropy(logits[0, a : a + 3], labels[0, b])
        for a, b in ((0, 0), (3, 1))
    ]
    assert loss({"logits": logits}, labels) == pytest.approx(float(sum(rows)) / 2)
    assert loss({"logits": logits}, labels, 4) == pytest.approx(float(sum(rows)) / 4)


BAD = {
    "empty": ("", "found nothing"),
    "header only": (HEADER, "found no comments"),
    "no column": ("comments\tbias\n", "expected 'hate' too"),
    "cells": (HEADER + "비\tFalse\tnone\n", "train.tsv:2: found 3 cells, expected 4"),
    "label": (HEADER + "비\tFalse\tnone\tmean\n", "train.tsv:2: hate: found 'mean', expected none"),
    "text": (HEADER + " \tFalse\tnone\tnone\n", "train.tsv:2: comments: found no text"),
}


@pytest.mark.parametrize("kind", list(BAD))
def test_comments_that_cannot_be_read(kind: str, tmp_path: Path) -> None:
    text, problem = BAD[kind]
    (tmp_path / "train.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"train\.tsv") as raised:
        read_beep(tmp_path / "train.tsv")
    assert problem in str(raised.value)


def test_wrong_arguments(tiny_encoder: Path, tmp_path: Path) -> None:
    run = ScreenRun(str(tiny_encoder), tmp_path, tmp_path / "run")
    with pytest.raises(InputError, match=r"train\.tsv: no such file, expected BEEP!'s"):
        train_screen(run, lambda split: CLEAN)
    with pytest.raises(InputError, match=r"recall: found 1\.5"):
        train_screen(replace(run, recall=1.5), lambda split: CLEAN)
    assert not (tmp_path / "run").exists()
    with pytest.raises(InputError, match="expected what its labels mean"):
        open_screen(str(tiny_encoder))
    with pytest.raises(InputError, match="--label: found 'mood', expected bias or toxicity"):
        open_screen(str(tiny_encoder), {"LABEL_1": "mood"})
    with pytest.raises(InputError, match="no such model folder"):
        open_screen("./nowhere")


def test_a_damaged_result_is_said(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(json.dumps({"model": "a"}))
    with pytest.raises(InputError, match="found no 'seed'"):
        ScreenResult.read(path)


def test_the_real_comments(shared: Path) -> None:
    folder = shared / "beep"
    if not folder.is_dir():
        pytest.skip("KLUE_SHARED has no beep: no comments to read")
    train, dev = (read_beep(folder / f"{name}.tsv") for name in ("train", "dev"))
    assert (len(train), len(dev)) == (7896, 471)
    for rows, head, counts in (
        (train, "bias", [5148, 1232, 1516]),
        (train, "hate", [3486, 2499, 1911]),
        (dev, "bias", [342, 67, 62]),
        (dev, "hate", [160, 189, 122]),
    ):
        assert np.bincount([row[head] for row in rows]).tolist() == counts
    perfect = [{head: labels.names[row[head]] for head, labels in HEADS.items()} for row in dev]
    gold = METRIC.gold(dataset_of(dev))
    assert METRIC.score(gold, perfect)["macro_f1"] == 100
    assert CLASSIFIER.labels[3] == "hate: none"
