"""klue-tiny's making, small: every part runs, and what ships is complete and within its limit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoTokenizer

from klue_baselines.pretraining import presets
from klue_baselines.pretraining.klue_tiny import LARGEST, PIECES, make
from klue_baselines.pretraining.tokenizer import SPECIAL, bert_tokenizer

pytest.importorskip("kiwipiepy")


@pytest.mark.slow
def test_it_is_made_from_the_sample(tmp_path: Path) -> None:
    record = make(tmp_path / "klue_tiny", tmp_path / "work", steps=2, sample=True)
    out = tmp_path / "klue_tiny"
    assert {t.dtype for t in load_file(out / "model.safetensors").values()} == {torch.float16}
    assert AutoModel.from_pretrained(out).config.hidden_size == record["settings"]["width"]
    assert "##" in " ".join(AutoTokenizer.from_pretrained(out).tokenize("한국어를 읽는다"))
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "license: cc-by-sa-4.0" in card
    assert json.loads((out / "pretraining.json").read_text())["corpus"]["sha256"] in card
    # What is done is not made again.
    assert make(tmp_path / "again", tmp_path / "work", steps=2, sample=True) == record


def test_the_real_one_is_within_its_limit() -> None:
    tokenizer = bert_tokenizer([*SPECIAL, *(f"##{n}" for n in range(PIECES - len(SPECIAL)))])
    model = presets.build(presets.PRESETS["tiny"], tokenizer)
    assert 2 * model.num_parameters() + 500_000 < LARGEST
