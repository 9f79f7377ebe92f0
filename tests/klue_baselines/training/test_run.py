"""Every task from the sample to a scored model, and what may go wrong on the way."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import TrainerCallback, set_seed

from klue_baselines.fine_tuned import open_fine_tuned
from klue_baselines.prediction import predict
from klue_baselines.recipe import recipe_of
from klue_baselines.run_folder import checkpoints
from klue_baselines.tasks import BASELINES
from klue_baselines.tiny import make_encoder
from klue_baselines.training import run as run_module
from klue_baselines.training.held_out import FEWEST, divide
from klue_baselines.training.run import Run, open_encoder, train
from klue_baselines.training.trainer import KlueTrainer
from klue_common.errors import InputError, RunError
from klue_datasets import load
from klue_metrics import METRICS
from klue_results.naming import model_name, weights_digest
from klue_results.results import Result, read_results, result_path
from klue_results.tables import result_rows

QUICK = {"epochs": 1, "learning_rate": 1e-3, "batch_size": 16, "evaluations": 1, "max_length": 96}


def quick_run(task: str, encoder: Path, output: Path, **changes: Any) -> Run:
    run = Run(
        task=task,
        model=str(encoder),
        output=output,
        overrides=QUICK,
        sample=True,
        results=output / "results",
    )
    return replace(run, **changes)


@pytest.mark.slow
@pytest.mark.parametrize("task", list(BASELINES))
def test_a_task_from_the_sample_to_scores(task: str, tiny_encoder: Path, tmp_path: Path) -> None:
    result = train(quick_run(task, tiny_encoder, tmp_path))
    metric = METRICS[task]
    rows = load(task, "validation", sample=True, full=True)
    gold = metric.gold(rows)

    written = metric.read_predictions(tmp_path / "predictions.jsonl", gold)
    scores = metric.score(gold, written)
    assert {name: scores[name] for name in metric.scores} == pytest.approx(dict(result.scores))

    # Other batches round differently: the numbers agree, not their last digits. By those a model
    # that has hardly learned ranks its answers, so that auprc says nothing where they differ.
    again = predict(task, open_fine_tuned(task, str(tmp_path)), rows, batch_size=5)
    numbers = [[one.get("probabilities", []) for one in records] for records in (again, written)]
    assert np.allclose(*numbers, atol=1e-4)
    found = metric.score(gold, again)
    compared = [name for name in scores if name != "auprc"]
    assert [found[name] for name in compared] == pytest.approx(
        [scores[name] for name in compared], rel=1e-2, abs=0.5
    )

    assert result.sample and result.data["source"] == "sample"
    path = result_path(tmp_path / "results", result)
    assert path.parent.parent == tmp_path / "results" / model_name(str(tiny_encoder)) / task
    assert Result.read(path) == result
    assert not (tmp_path / "checkpoints").exists()


class Interrupt(TrainerCallback):
    """Ctrl-C after some steps."""

    def __init__(self, step: int) -> None:
        self.step = step

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step == self.step:
            raise KeyboardInterrupt


@pytest.mark.slow
def test_an_interrupted_run_ends_in_the_same_numbers(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    overrides = {**QUICK, "epochs": 4, "batch_size": 8}
    whole = train(quick_run("ynat", tiny_encoder, tmp_path / "a", overrides=overrides))

    run = quick_run("ynat", tiny_encoder, tmp_path / "b", overrides=overrides)
    progress = run_module.TrainingProgress
    with monkeypatch.context() as patched:
        patched.setattr(run_module, "TrainingProgress", lambda label: Interrupt(10))
        with pytest.raises(KeyboardInterrupt):
            train(run)
    assert run_module.TrainingProgress is progress
    assert not (tmp_path / "b" / "result.json").exists()
    resumed = train(run)
    assert resumed.scores == whole.scores
    first, second = (
        (tmp_path / name / "predictions.jsonl").read_text(encoding="utf-8") for name in "ab"
    )
    assert first == second


@pytest.mark.slow
def test_patience_and_seconds_outlast_an_interruption(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing is learned, so that no evaluation is better than the first and the third is the last.
    still = {**QUICK, "learning_rate": 1e-30, "epochs": 9, "batch_size": 8, "patience": 2}

    def learned(name: str) -> float:
        result = train(quick_run("ynat", tiny_encoder, tmp_path / name, overrides=still))
        seconds.append(result.seconds["train"])
        return result.speed * result.seconds["train"]

    seconds: list[float] = []
    whole = learned("a")
    saved = run_module.TrainingProgress
    with monkeypatch.context() as patched:
        patched.setattr(run_module, "TrainingProgress", lambda label: Interrupt(whole_steps(whole)))
        with pytest.raises(KeyboardInterrupt):
            learned("b")
    assert run_module.TrainingProgress is saved
    (checkpoint,) = checkpoints(tmp_path / "b")[-1:]
    state = json.loads((checkpoint / "trainer_state.json").read_text())
    before = state["stateful_callbacks"]["Stopwatch"]["args"]["before"]
    assert before > 0
    assert learned("b") == pytest.approx(whole, rel=0.02)
    assert seconds[-1] > before


def whole_steps(examples: float) -> int:
    """The last step but one of a run that learned from so many examples, eight a step."""
    return round(examples / 8) - 1


@pytest.mark.slow
def test_a_folder_holds_one_run(tiny_encoder: Path, tmp_path: Path) -> None:
    run = quick_run("ynat", tiny_encoder, tmp_path)
    first = train(run)
    assert train(run) == first
    with pytest.raises(InputError, match="finished run with other settings"):
        train(replace(run, seed=1))
    (tmp_path / "result.json").unlink()
    with pytest.raises(InputError, match="other settings"):
        train(replace(run, seed=1))
    assert train(replace(run, seed=1, overwrite=True)).seed == 1


@pytest.fixture(scope="module")
def namesakes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two encoders in folders of one name."""
    folder = tmp_path_factory.mktemp("namesakes")
    return make_encoder(folder / "a" / "enc", seed=1), make_encoder(folder / "b" / "enc", seed=2)


def test_encoders_in_folders_of_one_name_have_rows_of_their_own(
    namesakes: tuple[Path, Path], tmp_path: Path
) -> None:
    for seed, encoder in enumerate(namesakes):
        run = quick_run("ynat", encoder, tmp_path / f"{seed}", seed=seed)
        result = train(replace(run, results=tmp_path / "results"))
        assert result.encoder == {
            "path": str(encoder),
            "revision": None,
            "digest": weights_digest(encoder),
        }
    rows = result_rows(read_results(tmp_path / "results"))
    assert [(row["model"], row["seeds"]) for row in rows] == [("a__enc", [0]), ("b__enc", [1])]


def test_a_name_belongs_to_one_encoder(namesakes: tuple[Path, Path], tmp_path: Path) -> None:
    shared = {"results": tmp_path / "results", "name": "enc"}
    first = train(quick_run("ynat", namesakes[0], tmp_path / "0", **shared))
    assert first.model == "enc"
    other = quick_run("nli", namesakes[1], tmp_path / "1", seed=1, **shared)
    with pytest.raises(InputError, match=r"enc.ynat.*json: found a result of another encoder"):
        train(other)
    assert not (tmp_path / "1").exists()
    assert train(replace(other, results=None)).model == "enc"
    assert train(quick_run("ynat", namesakes[0], tmp_path / "2", seed=1, **shared)).seed == 1


def test_a_folder_of_other_weights_is_not_gone_on_with(
    namesakes: tuple[Path, Path], tmp_path: Path
) -> None:
    encoder = shutil.copytree(namesakes[0], tmp_path / "enc")
    run = quick_run("ynat", encoder, tmp_path / "out", results=None)
    train(run)
    (tmp_path / "out" / "result.json").unlink()
    shutil.copyfile(namesakes[1] / "model.safetensors", encoder / "model.safetensors")
    with pytest.raises(InputError, match="holds a run with other settings"):
        train(run)


def test_a_result_tells_how_its_checkpoint_was_chosen(tiny_encoder: Path, tmp_path: Path) -> None:
    overrides = {**QUICK, "batch_size": 8, "evaluations": 4}
    result = train(quick_run("ynat", tiny_encoder, tmp_path / "a", overrides=overrides))
    scored = [row for row in result.history if "macro_f1" in row]
    losses = [row for row in result.history if "loss" in row]
    assert len(scored) == 4 and losses
    best = max(scored, key=lambda row: (row["macro_f1"], -row["step"]))
    assert result.chosen_step == best["step"]
    assert result.held_out == {"macro_f1": best["macro_f1"]}
    on_dev = train(quick_run("ynat", tiny_encoder, tmp_path / "b", select_on="dev"))
    assert on_dev.held_out == {} and on_dev.history


def test_runs_that_differ_in_a_setting_stay_side_by_side(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    for at, rate in enumerate((1e-3, 1e-2, 1e-3)):
        overrides = {**QUICK, "learning_rate": rate}
        run = quick_run("ynat", tiny_encoder, tmp_path / f"{at}", overrides=overrides)
        train(replace(run, results=tmp_path / "results"))
    rows = result_rows(read_results(tmp_path / "results"))
    assert {row["differs"]["learning_rate"]: row["seeds"] for row in rows} == {
        1e-3: [0],
        1e-2: [0],
    }
    assert all(row["held_out"] is not None for row in rows)


def test_no_premise_is_on_both_sides(tmp_path: Path) -> None:
    rows = load("nli", "train", sample=True, full=True)
    run = quick_run("nli", tmp_path, tmp_path)
    training_part, held_out = divide(rows, BASELINES["nli"], run, rows)
    assert len(training_part) + len(held_out) == len(rows)
    assert len(held_out) >= FEWEST
    assert not set(training_part["premise"]) & set(held_out["premise"])


def test_the_held_out_part_does_not_depend_on_the_seed(tmp_path: Path) -> None:
    rows = load("sts", "train", sample=True, full=True)
    parts = [
        divide(rows, BASELINES["sts"], quick_run("sts", tmp_path, tmp_path, seed=seed), rows)
        for seed in (0, 1)
    ]
    assert parts[0][1]["guid"][:] == parts[1][1]["guid"][:]


def test_selection_on_dev_trains_on_everything(tmp_path: Path) -> None:
    rows = load("sts", "train", sample=True, full=True)
    dev = load("sts", "validation", sample=True, full=True)
    run = quick_run("sts", tmp_path, tmp_path, select_on="dev")
    training_part, held_out = divide(rows, BASELINES["sts"], run, dev)
    assert len(training_part) == len(rows)
    assert held_out is dev


@pytest.mark.parametrize("task", list(BASELINES))
def test_every_recipe_selects_by_a_score_of_its_task(task: str) -> None:
    for width in (768, 1024):
        assert recipe_of(BASELINES[task].recipes, width).select_by in METRICS[task].scores


def test_a_result_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "seed-0.json"
    path.write_text(json.dumps({"task": "ynat"}), encoding="utf-8")
    with pytest.raises(InputError, match="expected a result file"):
        Result.read(path)


def test_each_decoding_is_scored_and_the_best_on_held_out_is_kept(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    result = train(quick_run("dp", tiny_encoder, tmp_path / "own"))
    assert tuple(result.decodings) == tuple(BASELINES["dp"].decodings)
    assert result.scores == result.decodings[result.settings["decoding"]]
    config = json.loads((tmp_path / "own" / "config.json").read_text(encoding="utf-8"))
    assert config["klue_decoding"] == result.settings["decoding"]

    free = train(quick_run("dp", tiny_encoder, tmp_path / "free", constrain=False))
    assert free.settings["decoding"] == "plain"
    assert free.scores == free.decodings["plain"] == result.decodings["plain"]


def test_checkpoints_are_compared_as_they_will_be_decoded(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[float, float, bool]] = []
    evaluate = KlueTrainer.evaluate

    def watch(trainer: KlueTrainer, *given: Any, **named: Any) -> dict[str, float]:
        silent = [
            {"guid": row["guid"], "prediction_text": ""} for row in trainer.questions.examples
        ]
        metrics = evaluate(trainer, *given, **named)
        empty = METRICS["mrc"].score(trainer.gold, silent)["rouge_w"]
        untouched = not hasattr(trainer.model.config, "null_threshold")
        seen.append((metrics["eval_rouge_w"], empty, untouched))
        return metrics

    monkeypatch.setattr(KlueTrainer, "evaluate", watch)
    train(quick_run("mrc", tiny_encoder, tmp_path))
    assert seen
    # With its threshold tuned, no reader is worse than one that never answers.
    assert all(ours >= empty and untouched for ours, empty, untouched in seen)


@pytest.mark.parametrize("task", ["ner", "mrc"])
def test_the_published_head_says_what_it_can_reach(
    task: str, tiny_encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = train(quick_run(task, tiny_encoder, tmp_path, head="original"))
    assert result.settings["head"] == "original"
    assert "the most that this head can reach on validation" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("task", ["ynat", "dp", "wos"])
def test_the_head_learns_at_a_rate_of_its_own(
    task: str, tiny_encoder: Path, tmp_path: Path
) -> None:
    overrides = {**QUICK, "weight_decay": 0.01, "learning_rate": 1e-30, "head_learning_rate": 1e-2}
    run = quick_run(task, tiny_encoder, tmp_path, overrides=overrides)
    set_seed(run.seed)
    before, _, _ = open_encoder(run, BASELINES[task])
    result = train(run)
    after = BASELINES[task].load(str(tmp_path))
    encoder = {f"{before.base_model_prefix}.{name}" for name in before.base_model.state_dict()}
    learned = dict(after.named_parameters())
    moved = {
        name
        for name, start in before.named_parameters()
        if not torch.allclose(start, learned[name], rtol=0, atol=1e-12)
    }
    assert moved and not moved & encoder
    assert result.settings["head_learning_rate"] == 1e-2


def test_a_head_that_the_task_does_not_have(tiny_encoder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"head: found 'large', expected characters or original"):
        train(quick_run("ner", tiny_encoder, tmp_path, head="large"))


def test_a_loss_that_is_no_number_ends_the_run_and_names_the_batch(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    overrides = {**QUICK, "learning_rate": 1e30, "warmup": 0.0, "batch_size": 4}
    with pytest.raises(RunError, match=r"loss of (nan|inf) at step \d+.*batch: ynat-v1_train"):
        train(quick_run("ynat", tiny_encoder, tmp_path, overrides=overrides))
    assert not (tmp_path / "result.json").exists()


class LoseCheckpoints(TrainerCallback):
    """Somebody who clears a folder that is in use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        shutil.rmtree(self.folder / "checkpoints")


def test_a_lost_best_checkpoint_is_not_replaced_by_the_last_model(
    tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "TrainingProgress", lambda label: LoseCheckpoints(tmp_path))
    with pytest.raises(RunError, match=r"expected the best checkpoint \(eval_macro_f1"):
        train(quick_run("ynat", tiny_encoder, tmp_path))
    assert not (tmp_path / "result.json").exists()


def test_other_labels_than_the_tasks_are_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    train(quick_run("nli", tiny_encoder, tmp_path))
    path = tmp_path / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["id2label"]["0"] = "follows"
    path.write_text(json.dumps(config), encoding="utf-8")
    rows = load("nli", "validation", sample=True, full=True)
    with pytest.raises(InputError, match=r"config.json: found a label set that is not nli's"):
        predict("nli", open_fine_tuned("nli", str(tmp_path)), rows, batch_size=8)


class GradientNorm(TrainerCallback):
    """The norm of the first step's gradient; nothing is learned after it."""

    last = 0.0

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        weights = [weight for weight in kwargs["model"].parameters() if weight.grad is not None]
        GradientNorm.last = float(torch.cat([weight.grad.flatten() for weight in weights]).norm())
        raise KeyboardInterrupt


@pytest.mark.parametrize("task", ["ynat", "sts", "ner"])
def test_several_batches_a_step_are_learned_from_like_one(
    task: str, tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same examples as one batch, in passes of a row or two, and as four batches a step.

    From some classifiers of transformers the Trainer takes the sum of the batches' losses.
    """
    steady = shutil.copytree(tiny_encoder, tmp_path / "steady")
    config = json.loads((steady / "config.json").read_text(encoding="utf-8"))
    config |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    (steady / "config.json").write_text(json.dumps(config), encoding="utf-8")
    monkeypatch.setattr(run_module, "TrainingProgress", lambda label: GradientNorm())
    ways = {"batch": (16, 1, 1 << 20), "passes": (16, 1, 64), "batches": (4, 4, 1 << 20)}
    norms = {}
    for way, (size, accumulation, most) in ways.items():
        monkeypatch.setattr(
            "klue_baselines.training.trainer.tokens_a_pass", lambda _, most=most: most
        )
        overrides = {**QUICK, "batch_size": size, "accumulation": accumulation}
        run = quick_run(task, steady, tmp_path / way, overrides={**overrides, "max_grad_norm": 1e9})
        with pytest.raises(KeyboardInterrupt):
            train(replace(run, max_train_examples=16))
        norms[way] = GradientNorm.last
    assert norms == pytest.approx(dict.fromkeys(ways, norms["batch"]), rel=1e-3)
