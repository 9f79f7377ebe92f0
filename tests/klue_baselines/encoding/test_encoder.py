"""Encoders that can not be used say why; those that can are fitted to their limits."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers.processors import TemplateProcessing
from transformers import (
    AutoModel,
    AutoTokenizer,
    BertConfig,
    BertModel,
    ByT5Tokenizer,
    ModernBertConfig,
    PretrainedConfig,
    RobertaConfig,
    RobertaModel,
    T5Config,
    XLNetConfig,
    XLNetModel,
)

from klue_baselines.encoding.encoder import attention_dropout, open_tokenizer, text_encoder
from klue_baselines.encoding.layout import input_names, positions
from klue_baselines.tasks import BASELINES
from klue_baselines.training.run import Run, open_encoder, train
from klue_common.errors import InputError


def test_a_tokenizer_without_offsets_is_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    shutil.copy(tiny_encoder / "config.json", tmp_path)
    ByT5Tokenizer().save_pretrained(tmp_path)
    with pytest.raises(InputError, match=r"found ByT5Tokenizer, a slow tokenizer without offsets"):
        open_tokenizer(str(tmp_path))


def test_more_tokens_than_rows_of_the_embedding(tiny_encoder: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_encoder, tmp_path, dirs_exist_ok=True)
    config = BertConfig(**json.loads((tmp_path / "config.json").read_text(encoding="utf-8")))
    config.vocab_size = 100
    BertModel(config).save_pretrained(tmp_path)
    model = AutoModel.from_pretrained(tmp_path)
    with pytest.raises(
        InputError, match=r"a vocabulary of \d+ tokens and an embedding of 100 rows"
    ):
        text_encoder(model, open_tokenizer(str(tmp_path)), 128)
    for task in BASELINES.values():  # re adds rows, but for its markers alone
        with pytest.raises(InputError, match=r"an embedding of 100 rows"):
            open_encoder(Run(task.name, str(tmp_path), Path("unused"), sample=True), task)


def test_a_folder_without_a_tokenizer(tiny_encoder: Path, tmp_path: Path) -> None:
    shutil.copy(tiny_encoder / "config.json", tmp_path)
    with pytest.raises(InputError, match="found a tokenizer without a vocabulary"):
        open_tokenizer(str(tmp_path))


@pytest.mark.parametrize("longest", ["%s", True, 0, -1, [512]])
def test_a_tokenizer_whose_length_is_none(tiny_encoder: Path, tmp_path: Path, longest: Any) -> None:
    folder = shutil.copytree(tiny_encoder, tmp_path / "model")
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    text = json.dumps({**settings, "model_max_length": longest})
    (folder / "tokenizer_config.json").write_text(text)
    with pytest.raises(InputError, match=r"model_max_length: found .*, expected a number of token"):
        open_tokenizer(str(folder))


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


SPECIAL = [("[CLS]", 2), ("[SEP]", 3)]  # their ids in the tiny encoder's vocabulary
DOCUMENTED = Path(__file__).parents[3] / "docs" / "baselines.md"


def laid_out(encoder: Path, folder: Path, single: str, pair: str, **options: Any) -> Path:
    """A copy of an encoder whose tokenizer puts the special tokens elsewhere."""
    shutil.copytree(encoder, folder)
    tokenizer = AutoTokenizer.from_pretrained(encoder, **options)
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single=single, pair=pair, special_tokens=SPECIAL
    )
    tokenizer.save_pretrained(folder)
    return folder


def kobert(encoder: Path, folder: Path) -> Path:
    """KoBERT's layout: [CLS] behind the texts, and a token type of its own for it."""
    return laid_out(encoder, folder, "$A [SEP] [CLS]:2", "$A [SEP] $B:1 [SEP]:1 [CLS]:2")


@pytest.mark.parametrize("task", list(BASELINES))
def test_a_text_that_ends_in_its_summary_is_refused(
    task: str, tiny_encoder: Path, tmp_path: Path
) -> None:
    model = kobert(tiny_encoder, tmp_path / "kobert")
    run = Run(task, str(model), tmp_path / "out", sample=True, results=None)
    with pytest.raises(InputError) as caught:
        train(run)
    assert str(caught.value) == (
        f"{model}: found a tokenizer of the layout 'A [SEP] B [SEP] [CLS]', expected "
        "'[CLS] A [SEP] B [SEP]': the heads read the first token"
    )
    assert not run.output.exists()


@pytest.mark.parametrize(
    ("single", "pair", "message"),
    [
        ("$A", "$A $B", "found a tokenizer of the layout 'A B', expected"),
        ("[CLS] $A", "[CLS] $A $B", r"the layout '\[CLS\] A B', expected"),
        ("$A [SEP]", "[CLS] $A [SEP] $B [SEP]", "the heads read the first token"),
        (
            "[CLS]:2 $A [SEP]",
            "[CLS]:2 $A [SEP] $B:1 [SEP]:1",
            "token types up to 2 and an embedding of 2 rows, expected at least as many rows",
        ),
    ],
)
def test_layouts_that_the_heads_can_not_read(
    single: str, pair: str, message: str, tiny_encoder: Path, tmp_path: Path
) -> None:
    model = laid_out(tiny_encoder, tmp_path / "odd", single, pair)
    with pytest.raises(InputError, match=message):
        text_encoder(AutoModel.from_pretrained(model), open_tokenizer(str(model)), 128)


def test_a_tokenizer_without_padding(tiny_encoder: Path) -> None:
    tokenizer = open_tokenizer(str(tiny_encoder))
    tokenizer.pad_token = None
    with pytest.raises(InputError, match=r"found no token to fill up with \(pad_token\)"):
        text_encoder(AutoModel.from_pretrained(tiny_encoder), tokenizer, 128)


def test_an_encoder_whose_head_reads_the_last_token(tiny_encoder: Path) -> None:
    tokenizer = open_tokenizer(str(tiny_encoder))
    config = XLNetConfig(vocab_size=len(tokenizer), d_model=8, n_layer=1, n_head=2, d_inner=8)
    with pytest.raises(InputError, match=r"summary_type 'last' in config.json"):
        text_encoder(XLNetModel(config), tokenizer, 128)


@pytest.mark.slow
def test_kobert_is_mended_as_documented(tiny_encoder: Path, tmp_path: Path) -> None:
    (code,) = [
        block
        for block in re.findall(r"```python\n(.*?)```", DOCUMENTED.read_text("utf-8"), re.DOTALL)
        if "kobert" in block
    ]
    model = kobert(tiny_encoder, tmp_path / "found")
    mended = tmp_path / "mended"
    exec(code.replace("skt/kobert-base-v1", str(model)).replace('"kobert"', f'"{mended}"'))
    quick = {"epochs": 1, "evaluations": 1}
    run = Run(
        "nli", str(mended), tmp_path / "out", overrides=quick, sample=True, max_train_examples=8,
        results=None,
    )  # fmt: skip
    assert train(run).scores.keys() == {"accuracy"}


@pytest.mark.parametrize(
    ("config", "types"),
    [
        (BertConfig(), True),
        (RobertaConfig(type_vocab_size=1), False),
        (ModernBertConfig(), False),
        (BertConfig(type_vocab_size=0), False),
    ],
    ids=["bert", "roberta", "modernbert", "none"],
)
def test_a_tokenizer_names_the_inputs_of_its_encoder(config: PretrainedConfig, types: bool) -> None:
    assert ("token_type_ids" in input_names(config)) == types


def test_a_saved_tokenizer_says_what_the_encoder_takes(tiny_encoder: Path, tmp_path: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(
        tiny_encoder,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        padding_side="left",
    )
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = RobertaConfig(
        vocab_size=len(tokenizer), max_position_embeddings=40, pad_token_id=0, type_vocab_size=1,
        intermediate_size=8, **sizes,
    )  # fmt: skip
    model = RobertaModel(config).eval()
    assert "token_type_ids" in tokenizer("하나", "둘")
    text_encoder(model, tokenizer, 128)
    tokenizer.save_pretrained(tmp_path)
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    assert (loaded.model_input_names, loaded.model_max_length, loaded.padding_side) == (
        ["input_ids", "attention_mask"],
        39,
        "right",
    )
    pairs = [("하나", "둘"), ("셋 넷 다섯 " * 30, "여섯")]
    batch = loaded(*zip(*pairs, strict=True), padding=True, truncation=True, return_tensors="pt")
    assert model(**batch).last_hidden_state.shape == (2, 39, 8)


def test_a_tokenizer_of_one_text_tells_an_encoder_of_two_apart(
    tiny_encoder: Path, tmp_path: Path
) -> None:
    tokenizer = open_tokenizer(str(tiny_encoder))
    assert "token_type_ids" not in tokenizer("하나", "둘")  # as its folder says
    encoder = text_encoder(AutoModel.from_pretrained(tiny_encoder), tokenizer, 128)
    tokenizer.save_pretrained(tmp_path)
    stock = AutoTokenizer.from_pretrained(tmp_path)("하나", "둘")
    ours = encoder.sentences(["하나"], ["둘"])
    assert [stock[name] for name in ("input_ids", "token_type_ids")] == [
        ours[name][0] for name in ("input_ids", "token_type_ids")
    ]
