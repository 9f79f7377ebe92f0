"""Encoders that can not be used say why; those that can are fitted to their limits."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from transformers import (
    AutoModel,
    BertConfig,
    BertModel,
    ByT5Tokenizer,
    ModernBertConfig,
    PretrainedConfig,
    RobertaConfig,
    RobertaModel,
    T5Config,
)

from klue_baselines.encoder import attention_dropout, open_tokenizer, positions, text_encoder
from klue_baselines.errors import InputError
from klue_baselines.registry import BASELINES
from klue_baselines.training import Run, open_encoder


def test_a_tokenizer_without_offsets_is_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    shutil.copy(tiny_encoder / "config.json", tmp_path)
    ByT5Tokenizer().save_pretrained(tmp_path)
    with pytest.raises(InputError, match=r"found ByT5Tokenizer, a slow tokenizer without offsets"):
        open_tokenizer(str(tmp_path))


def test_more_pieces_than_rows_of_the_embedding(tiny_encoder: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_encoder, tmp_path, dirs_exist_ok=True)
    config = BertConfig(**json.loads((tmp_path / "config.json").read_text(encoding="utf-8")))
    config.vocab_size = 100
    BertModel(config).save_pretrained(tmp_path)
    model = AutoModel.from_pretrained(tmp_path)
    with pytest.raises(
        InputError, match=r"a vocabulary of \d+ pieces and an embedding of 100 rows"
    ):
        text_encoder(model, open_tokenizer(str(tmp_path)), 128)


def test_a_folder_without_a_tokenizer(tiny_encoder: Path, tmp_path: Path) -> None:
    shutil.copy(tiny_encoder / "config.json", tmp_path)
    with pytest.raises(InputError, match="found a tokenizer without a vocabulary"):
        open_tokenizer(str(tmp_path))


def test_positions_begin_behind_the_padding_of_roberta() -> None:
    sizes = {
        "vocab_size": 9,
        "hidden_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 8,
    }
    roberta = RobertaModel(RobertaConfig(max_position_embeddings=20, pad_token_id=1, **sizes))
    bert = BertModel(BertConfig(max_position_embeddings=20, **sizes))
    assert (positions(roberta), positions(bert)) == (18, 20)


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (BertConfig(), "attention_probs_dropout_prob"),
        (RobertaConfig(), "attention_probs_dropout_prob"),
        (ModernBertConfig(), "attention_dropout"),
    ],
    ids=["bert", "roberta", "modernbert"],
)
def test_dropout_of_the_attention_by_each_name(
    config: PretrainedConfig, name: str, tmp_path: Path
) -> None:
    config.save_pretrained(tmp_path)
    assert attention_dropout(str(tmp_path), None) == {}
    assert attention_dropout(str(tmp_path), 0.25) == {name: 0.25}


def test_dropout_of_an_attention_that_has_none(tmp_path: Path) -> None:
    T5Config().save_pretrained(tmp_path)
    with pytest.raises(InputError, match="no setting of the attention's dropout"):
        attention_dropout(str(tmp_path), 0.0)


def test_dropout_reaches_the_encoder_of_every_head(tiny_encoder: Path) -> None:
    for name, task in BASELINES.items():
        overrides = {"attention_dropout": 0.25}
        run = Run(name, str(tiny_encoder), Path("unused"), sample=True, overrides=overrides)
        model, _, settings = open_encoder(run, task)
        config = getattr(model.config, "encoder", model.config)
        assert settings.attention_dropout == config.attention_probs_dropout_prob == 0.25
        shares = {module.p for module in model.modules() if isinstance(module, torch.nn.Dropout)}
        assert 0.25 in shares, name
