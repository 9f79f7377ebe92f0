"""klue-tiny's making, small: every part runs, and what ships is complete and within its limit."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoModelForMaskedLM, AutoTokenizer

from klue_baselines.tiny import KLUE_TINY
from klue_common.errors import InputError
from klue_pretraining import presets
from klue_pretraining.klue_tiny import LARGEST, VOCABULARY, add_gains, card_of, make
from klue_pretraining.tokenizer import SPECIAL, bert_tokenizer

COMPARISON: dict[str, Any] = {
    "models": ["klue_tiny", "klue_tiny-random"],
    "seeds": [1, 2],
    "settings": {"learning_rate": 5e-4, "epochs": 3.0, "max_train_examples": 4000},
    "sample": False,
    "confidence": 0.95,
    "tasks": {
        "dp": {
            "score": "las_macro_f1",
            "scored_on": "validation[80%:]",
            "means": [40.0, 30.0],
            "gain": 10.0,
            "interval": [7.5, 12.5],
        }
    },
}


def test_what_ships_is_whole() -> None:
    assert sum(path.stat().st_size for path in KLUE_TINY.iterdir()) <= LARGEST
    record = json.loads((KLUE_TINY / "pretraining.json").read_text(encoding="utf-8"))
    assert record["settings"] == asdict(presets.PRESETS["tiny"]) | {"unverified": []}
    assert (KLUE_TINY / "README.md").read_text(encoding="utf-8") == str(card_of(KLUE_TINY))
    weights = load_file(KLUE_TINY / "model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.float16}


def test_what_ships_knows_some_korean() -> None:
    tokenizer = AutoTokenizer.from_pretrained(KLUE_TINY)
    model = AutoModelForMaskedLM.from_pretrained(KLUE_TINY, dtype="float32").eval()
    text = "대한민국의 수도는 서울이다. 정부는 내년 예산을 늘리기로 했다고 밝혔다."
    inputs = tokenizer(text, return_tensors="pt")
    ids = inputs["input_ids"][0]
    assert tokenizer.unk_token_id not in ids
    places = torch.arange(1, len(ids) - 1)
    hidden = ids.repeat(len(places), 1)
    hidden[torch.arange(len(places)), places] = tokenizer.mask_token_id
    with torch.inference_mode():
        logits = model(input_ids=hidden).logits[torch.arange(len(places)), places]
    loss = torch.nn.functional.cross_entropy(logits, ids[places])
    assert loss < math.log(len(tokenizer)) / 2  # a model that knows nothing has the logarithm


def test_gains_stand_on_the_card(tmp_path: Path) -> None:
    shipped = shutil.copytree(KLUE_TINY, tmp_path / "klue_tiny")
    path = tmp_path / "comparison.json"
    path.write_text(json.dumps(COMPARISON), encoding="utf-8")
    add_gains(shipped, [path])
    card = (shipped / "README.md").read_text(encoding="utf-8")
    assert "seeds 1, 2. The interval" in card
    assert (
        "| dp | las_macro_f1 | 40.00 | 30.00 | +10.00 | [7.50, 12.50] | validation[80%:] |" in card
    )
    assert card == str(card_of(shipped))


def test_another_encoder_stands_beside(tmp_path: Path) -> None:
    shipped = shutil.copytree(KLUE_TINY, tmp_path / "klue_tiny")
    row = COMPARISON["tasks"]["dp"]
    tasks = {"dp": {**row, "beside": [60.0, 61.0]}, "ynat": {**row, "beside": []}}
    content = {**COMPARISON, "beside": "larger", "tasks": tasks}
    path = tmp_path / "comparison.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    add_gains(shipped, [path])
    card = (shipped / "README.md").read_text(encoding="utf-8")
    assert "larger, for orientation, was trained with settings of its own" in card
    assert "| gain | interval | larger | scored on |" in card
    assert "+10.00 | [7.50, 12.50] | 60.50 | validation[80%:] |" in card
    assert "+10.00 | [7.50, 12.50] | – | validation[80%:] |" in card


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "No such file"),
        ("{", "expected a comparison.json"),
        (json.dumps({**COMPARISON, "sample": True}), "found no comparison on real data"),
    ],
)
def test_gains_that_are_none(text: str | None, message: str, tmp_path: Path) -> None:
    shipped = shutil.copytree(KLUE_TINY, tmp_path / "klue_tiny")
    before = (shipped / "README.md").read_bytes()
    path = tmp_path / "comparison.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        add_gains(shipped, [path])
    assert (shipped / "README.md").read_bytes() == before


@pytest.mark.slow
def test_it_is_made_from_the_sample(tmp_path: Path) -> None:
    pytest.importorskip("kiwipiepy")
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
    tokenizer = bert_tokenizer([*SPECIAL, *(f"##{n}" for n in range(VOCABULARY - len(SPECIAL)))])
    model = presets.build(presets.PRESETS["tiny"], tokenizer)
    assert 2 * model.num_parameters() + 500_000 < LARGEST
