"""Masked language modelling: resumed runs, refused folders, a model that loads."""

from __future__ import annotations

import itertools
import json
import math
import multiprocessing
import os
import shutil
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForMaskedLM,
    AutoTokenizer,
    BertForMaskedLM,
    ModernBertForMaskedLM,
    RobertaForMaskedLM,
    TrainerCallback,
)

from klue_baselines.launching.apart import START_METHOD
from klue_baselines.run_folder import alone
from klue_common.errors import InputError
from klue_pretraining import presets, training
from klue_pretraining.masked_models import TRAINED, Padded
from klue_pretraining.presets import PRESETS
from klue_pretraining.tokenizer import bert_tokenizer, learn, save
from klue_pretraining.training import FINISHED, Run, pretrain
from klue_text.morphemes import WholeWords

SMALL = (("steps", 6), ("batch_size", 4), ("layers", 1), ("width", 32), ("heads", 2),
         ("inner", 64), ("dropout", 0.1))  # fmt: skip


@pytest.fixture(scope="module")
def tokenizer(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokenizer") / "wordpiece"
    texts = [json.loads(line)["text"] for line in raw.read_text(encoding="utf-8").splitlines()]
    save(bert_tokenizer(learn(texts, 900, WholeWords())), folder)
    return folder


class Interrupt(TrainerCallback):
    """Ctrl-C after a step, or after the last."""

    def __init__(self, step: float = 4) -> None:
        self.step = step

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step == self.step:
            raise KeyboardInterrupt

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if self.step == math.inf:
            raise KeyboardInterrupt


def test_an_interrupted_run_goes_on_to_the_same_losses(
    raw: Path, tokenizer: Path, tmp_path: Path
) -> None:
    whole = pretrain(Run(raw, tokenizer, tmp_path / "whole", "tiny", SMALL, save_every=3))
    broken = Run(raw, tokenizer, tmp_path / "broken", "tiny", SMALL, save_every=3)
    with pytest.raises(KeyboardInterrupt):
        pretrain(broken, [Interrupt()])
    assert not (broken.output / FINISHED).exists()
    (state,) = (broken.output / "checkpoints").glob("checkpoint-*/trainer_state.json")
    before = json.loads(state.read_text())["stateful_callbacks"]["Stopwatch"]["args"]["before"]
    resumed = pretrain(broken)
    assert resumed["seconds"] > before > 0
    assert list(whole["losses"]) == [1, 2, 3, 4, 5, 6]
    assert resumed["losses"] == whole["losses"]
    assert same_weights(tmp_path / "whole", tmp_path / "broken")


def same_weights(*folders: Path) -> bool:
    models = [AutoModelForMaskedLM.from_pretrained(folder) for folder in folders]
    pairs = zip(*(model.parameters() for model in models), strict=True)
    return all(torch.equal(one, other) for one, other in pairs)


@pytest.mark.slow
def test_a_run_of_several_passes_may_be_interrupted_anywhere(
    raw: Path, tokenizer: Path, tmp_path: Path
) -> None:
    # Losses are logged every other step, and a checkpoint is made at odd ones.
    overrides = (("steps", 200), *SMALL[1:])
    run = Run(raw, tokenizer, tmp_path / "whole", "tiny", overrides, save_every=45)
    whole = pretrain(run)
    assert whole["passes"] > 2
    assert list(whole["losses"])[21:25] == [44, 45, 46, 48]
    broken = replace(run, output=tmp_path / "broken")
    for step in (50, 150, math.inf):
        with pytest.raises(KeyboardInterrupt):
            pretrain(broken, [Interrupt(step)])
    assert pretrain(broken)["losses"] == whole["losses"]
    assert same_weights(run.output, broken.output)


@pytest.mark.parametrize(
    ("preset", "kind"),
    [
        ("tiny", ModernBertForMaskedLM),
        ("bert-base", BertForMaskedLM),
        ("roberta-small", RobertaForMaskedLM),
    ],
)
def test_the_folder_is_a_model(
    preset: str, kind: type, raw: Path, tokenizer: Path, tmp_path: Path
) -> None:
    out = tmp_path / "model"
    pretrain(Run(raw, tokenizer, out, preset, SMALL, licence="cc-by-sa-4.0"))
    model = AutoModelForMaskedLM.from_pretrained(out)
    assert type(model) is kind
    tied = model.get_output_embeddings().weight
    assert tied.data_ptr() == model.get_input_embeddings().weight.data_ptr()
    made = AutoTokenizer.from_pretrained(out)
    assert len(made) == 900
    model(**made(["문장이다."], ["다른 문장이다."], return_tensors="pt"))
    card = (out / "README.md").read_text(encoding="utf-8")
    record = json.loads((out / FINISHED).read_text(encoding="utf-8"))
    assert "license: cc-by-sa-4.0" in card
    assert record["corpus"]["sha256"] in card
    assert not (out / "checkpoints").exists()
    with pytest.raises(InputError, match=r"holds a finished model .* \(seed differ\)"):
        pretrain(Run(raw, tokenizer, out, preset, SMALL, seed=1))


def killed(run: Run, at: int) -> None:
    """Pretrain, and kill this process before the n-th file is moved into the model's folder."""
    numbers, keep, place = itertools.count(), training.keep, str(run.output)

    def watch(event: str, args: tuple[Any, ...]) -> None:
        counted = event in ("os.rename", "shutil.rmtree") and str(args[0]).startswith(place)
        if counted and next(numbers) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def keep_watched(*given: Any) -> None:
        sys.addaudithook(watch)
        keep(*given)

    training.keep = keep_watched
    pretrain(run)


@pytest.mark.slow
def test_killed_at_any_moment_after_training(raw: Path, tokenizer: Path, tmp_path: Path) -> None:
    context: Any = multiprocessing.get_context(START_METHOD)
    if START_METHOD == "forkserver":
        context.set_forkserver_preload(["klue_baselines.training.run"])
    run = Run(raw, tokenizer, tmp_path / "model", "tiny", SMALL, save_every=3)
    with pytest.raises(KeyboardInterrupt):
        pretrain(run, [Interrupt(math.inf)])
    ended = Path(shutil.copytree(run.output, tmp_path / "ended"))
    whole = pretrain(run)
    files = {path.name for path in run.output.iterdir()}
    assert not {"checkpoints", ".lock"} & files
    for at in itertools.count():
        shutil.rmtree(run.output)
        shutil.copytree(ended, run.output)
        process = context.Process(target=killed, args=(run, at))
        process.start()
        process.join()
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
        record = pretrain(run)
        assert record["losses"] == whole["losses"]
        assert {path.name for path in run.output.iterdir()} == files
        assert pretrain(run) == record
    assert {path.name for path in tmp_path.iterdir()} == {"model", "ended"}
    assert at > 5  # weights, configuration, tokenizer, card, record, checkpoints


def test_a_model_is_trained_once_at_a_time(raw: Path, tokenizer: Path, tmp_path: Path) -> None:
    message = f"{tmp_path}: found another run at work there"
    with alone(tmp_path), pytest.raises(InputError, match=message):
        pretrain(Run(raw, tokenizer, tmp_path, "tiny", SMALL))


def test_checkpoints_of_another_configuration_are_refused(
    raw: Path, tokenizer: Path, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        pretrain(Run(raw, tokenizer, tmp_path, "tiny", SMALL, save_every=3), [Interrupt()])
    wider = (*SMALL[:3], ("width", 64), *SMALL[4:])
    with pytest.raises(InputError, match=r"another configuration \(settings differ\)"):
        pretrain(Run(raw, tokenizer, tmp_path, "tiny", wider, save_every=3))


def test_a_corpus_that_was_cut_can_be_mended(raw: Path, tokenizer: Path, tmp_path: Path) -> None:
    corpus, out = tmp_path / "corpus.jsonl", tmp_path / "out"
    whole = raw.read_bytes()
    corpus.write_bytes(whole[:-20])
    run = Run(corpus, tokenizer, out, "tiny", SMALL)
    with pytest.raises(InputError, match=r"corpus\.jsonl, line \d+"):
        pretrain(run)
    assert not [path for path in out.rglob("*") if path.is_file()]
    corpus.write_bytes(whole)
    assert list(pretrain(run)["losses"]) == [1, 2, 3, 4, 5, 6]


def test_rows_that_no_run_has_marked_are_made_again(
    raw: Path, tokenizer: Path, tmp_path: Path
) -> None:
    # A kill between the rows and the marker: nothing says what the rows were made of.
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "rows.arrow").write_bytes(b"rows of another corpus")
    assert pretrain(Run(raw, tokenizer, tmp_path, "tiny", SMALL))["rows"] > 0


def test_an_empty_corpus_is_refused(tokenizer: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    with pytest.raises(InputError, match="empty corpus"):
        pretrain(Run(empty, tokenizer, tmp_path / "out", "tiny", SMALL))


@pytest.mark.parametrize("name", ["tiny", "bert-base", "roberta-small"])
def test_the_loss_of_hidden_tokens_is_that_of_the_library(name: str, tokenizer: Path) -> None:
    tok = AutoTokenizer.from_pretrained(tokenizer)
    preset = replace(PRESETS[name], layers=1, width=32, heads=2, inner=64, dropout=0.0)
    torch.manual_seed(0)
    plain = presets.build(preset, tok).eval()
    ours = TRAINED[preset.kind](plain.config).eval()
    ours.load_state_dict(plain.state_dict())
    rows = [{"input_ids": torch.randint(5, 900, (n,)).numpy()} for n in (12, 7)]
    for row in rows:
        row["labels"] = row["input_ids"].copy()
        row["labels"][::2] = -100
    batch = Padded(tok.pad_token_id)(rows)
    assert torch.allclose(ours(**batch)["loss"], plain(**batch).loss, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "millions"),
    [("bert-base", 111), ("roberta-small", 68), ("roberta-base", 111), ("roberta-large", 337)],
)
def test_presets_have_the_published_sizes(name: str, millions: int) -> None:
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *map(str, range(31_995))]
    with torch.device("meta"):
        model = presets.build(PRESETS[name], bert_tokenizer(vocabulary))
    assert model.num_parameters() / 1e6 == pytest.approx(millions, rel=0.01)
    assert "steps" in PRESETS[name].unverified
