"""Any encoder that transformers loads learns every task and answers it.

The encoders are random ones of every architecture that a Korean encoder has today, with its kind of
tokenizer over the vocabulary of the bundled sample; each as small as its architecture allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tokenizers.trainers import BpeTrainer, UnigramTrainer
from transformers import (
    AutoModel,
    BertConfig,
    BertTokenizer,
    DebertaV2Config,
    ElectraConfig,
    ModernBertConfig,
    PretrainedConfig,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
    RobertaConfig,
    XLMRobertaConfig,
)

from klue_baselines.encoding.encoder import open_tokenizer
from klue_baselines.fine_tuned import open_fine_tuned
from klue_baselines.prediction import predict
from klue_baselines.tasks import BASELINES
from klue_baselines.tiny import sample_texts, wordpiece_tokenizer
from klue_baselines.training.run import Run, train
from klue_datasets import load
from klue_metrics import METRICS

SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 48,
}
BERT = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
ROBERTA = ("<pad>", "<unk>", "<s>", "</s>", "<mask>")
VOCABULARY = 1500


@dataclass(frozen=True)
class Architecture:
    """A configuration's class and options, and its tokenizer."""

    config: Callable[..., PretrainedConfig]
    options: dict[str, object]
    tokenizer: Callable[[Iterable[str]], PreTrainedTokenizerBase]


def wrap(tokenizer: Tokenizer, special: tuple[str, ...], double: bool) -> PreTrainedTokenizerFast:
    """A tokenizer with its special tokens; RoBERTa puts two separators between the texts."""
    pad, unknown, first, last, mask = special
    ids = [(name, tokenizer.token_to_id(name)) for name in (first, last)]
    between = f"{last} {last}" if double else last
    second = "0" if double else "1"
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}",
        pair=f"{first} $A {between} $B:{second} {last}:{second}",
        special_tokens=ids,
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=pad,
        unk_token=unknown,
        cls_token=first,
        sep_token=last,
        mask_token=mask,
        model_max_length=512,
    )


def wordpiece(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """Tokens with ##."""
    return wordpiece_tokenizer(texts, VOCABULARY)


def bert_tokens(texts: Iterable[str]) -> BertTokenizer:
    """The same by BERT's own class, which gives token types."""
    return BertTokenizer(vocab=wordpiece(texts).get_vocab(), do_lower_case=False)


def sentencepiece(special: tuple[str, ...], double: bool) -> Callable[..., PreTrainedTokenizerFast]:
    """Tokens with ▁, from a unigram model."""

    def make(texts: Iterable[str]) -> PreTrainedTokenizerFast:
        tokenizer = Tokenizer(models.Unigram())
        tokenizer.normalizer = normalizers.NFKC()
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        tokenizer.decoder = decoders.Metaspace()
        trainer = UnigramTrainer(
            vocab_size=VOCABULARY,
            special_tokens=list(special),
            unk_token=special[1],
            show_progress=False,
        )
        tokenizer.train_from_iterator(texts, trainer)
        return wrap(tokenizer, special, double)

    return make


def byte_level(special: tuple[str, ...], double: bool) -> Callable[..., PreTrainedTokenizerFast]:
    """Tokens of bytes, of which a Hangul syllable has three."""

    def make(texts: Iterable[str]) -> PreTrainedTokenizerFast:
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        trainer = BpeTrainer(
            vocab_size=VOCABULARY,
            special_tokens=list(special),
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        tokenizer.train_from_iterator(texts, trainer)
        return wrap(tokenizer, special, double)

    return make


ARCHITECTURES: dict[str, Architecture] = {
    "bert": Architecture(BertConfig, {"max_position_embeddings": 512}, wordpiece),
    "electra": Architecture(
        ElectraConfig, {"max_position_embeddings": 512, "embedding_size": 16}, wordpiece
    ),
    "klue-roberta": Architecture(
        RobertaConfig, {"max_position_embeddings": 512, "type_vocab_size": 1}, bert_tokens
    ),
    "roberta": Architecture(
        RobertaConfig,
        {"max_position_embeddings": 514, "type_vocab_size": 1},
        byte_level(ROBERTA, double=True),
    ),
    "xlm-roberta": Architecture(
        XLMRobertaConfig,
        {"max_position_embeddings": 514, "type_vocab_size": 1},
        sentencepiece(ROBERTA, double=True),
    ),
    "deberta-v2": Architecture(
        DebertaV2Config,
        {
            "max_position_embeddings": 512,
            "type_vocab_size": 0,
            "relative_attention": True,
            "pos_att_type": ["p2c", "c2p"],
            "position_biased_input": False,
        },
        sentencepiece(BERT, double=False),
    ),
    "modernbert": Architecture(
        ModernBertConfig,
        {"max_position_embeddings": 512, "local_attention": 32},
        byte_level(BERT, double=False),
    ),
}


def make_encoder(name: str, folder: Path) -> Path:
    """Write a random encoder of an architecture with its tokenizer to a folder."""
    architecture = ARCHITECTURES[name]
    torch.manual_seed(0)
    tokenizer = architecture.tokenizer(list(sample_texts()))
    ids = {
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.cls_token_id,
        "cls_token_id": tokenizer.cls_token_id,
        "eos_token_id": tokenizer.sep_token_id,
        "sep_token_id": tokenizer.sep_token_id,
    }
    config = architecture.config(vocab_size=len(tokenizer), **SIZES, **architecture.options, **ids)
    tokenizer.save_pretrained(folder)
    AutoModel.from_config(config).save_pretrained(folder)
    return folder


ONE_STEP = {"epochs": 1, "batch_size": 8, "evaluations": 1, "learning_rate": 1e-3}


@pytest.fixture(scope="module", params=list(ARCHITECTURES))
def encoder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random encoder of each architecture."""
    return make_encoder(request.param, tmp_path_factory.mktemp(request.param))


@pytest.mark.slow
@pytest.mark.parametrize("task", list(BASELINES))
def test_an_encoder_learns_and_answers(encoder: Path, task: str, tmp_path: Path) -> None:
    run = Run(
        task,
        str(encoder),
        tmp_path,
        overrides=ONE_STEP,
        sample=True,
        max_train_examples=8,
        results=None,
    )
    result = train(run)
    assert set(result.scores) == set(METRICS[task].scores)
    rows = load(task, "validation", sample=True, full=True).select(range(6))
    gold = METRICS[task].gold(rows)
    records = predict(task, open_fine_tuned(task, str(tmp_path)), rows, batch_size=4)
    assert [record["guid"] for record in records] == gold.guids


@pytest.mark.slow
@pytest.mark.parametrize("task", ["ner", "mrc"])
def test_texts_longer_than_the_encoder_are_windowed(
    encoder: Path, task: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overrides = {**ONE_STEP, "max_length": 16 if task == "ner" else 96}
    run = Run(
        task, str(encoder), tmp_path, overrides=overrides, sample=True, max_train_examples=8,
        results=None,
    )  # fmt: skip
    train(run)
    assert "was cut" not in capsys.readouterr().err


@pytest.mark.slow
def test_texts_longer_than_the_encoder_are_cut_with_a_count(
    encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overrides = {**ONE_STEP, "max_length": 8}
    run = Run(
        "ynat", str(encoder), tmp_path, overrides=overrides, sample=True, max_train_examples=8,
        results=None,
    )  # fmt: skip
    train(run)
    assert "of 8 texts fill all 8 tokens; what is longer was cut" in capsys.readouterr().err


def test_no_tokenizer_loses_korean(encoder: Path) -> None:
    tokenizer = open_tokenizer(str(encoder))
    tokens = tokenizer("서울에 있는 호텔", add_special_tokens=False)["input_ids"]
    assert tokenizer.decode(tokens).replace(" ", "") == "서울에있는호텔"
