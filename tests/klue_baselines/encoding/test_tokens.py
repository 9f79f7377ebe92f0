from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from datasets import Dataset
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import normalizers
from transformers import AutoTokenizer, BertConfig, BertModel, PreTrainedTokenizerFast

from klue_baselines.encoding.tokens import (
    LOST,
    split_unknown_words,
    tokens_of,
    unknown_share,
    warn_unknown,
    why_lost,
)
from klue_baselines.fine_tuned import open_fine_tuned
from klue_baselines.prediction import encode_rows, predict
from klue_baselines.tasks import BASELINES
from klue_baselines.tiny import sample_texts, wordpiece_tokenizer
from klue_baselines.training.run import Run, open_encoder, train
from klue_common.errors import InputError
from klue_datasets import load
from klue_results.results import Result

TOKENIZER = wordpiece_tokenizer(["동물 모텔 모텔을 이 을 펜"] * 20, 100)


def test_only_the_unknown_character_is_unknown() -> None:
    ids, offsets = tokens_of(["동물 펭모텔을"], TOKENIZER)[0]
    unknown = [span for token, span in zip(ids, offsets, strict=True) if token == 1]
    assert unknown == [(3, 4)]


def test_a_name_has_the_same_tokens_with_a_particle_behind_it() -> None:
    name, sentence = tokens_of(["펭모텔", "동물 펭모텔을"], TOKENIZER)
    assert name.ids == sentence.ids[-4:-1]


def test_known_words_stay_whole() -> None:
    assert split_unknown_words("모텔을 펭이", TOKENIZER) == [(0, "모텔을"), (4, "펭"), (5, "이")]


@given(st.text(alphabet="동물모텔을펭😀 ", max_size=20))
def test_offsets_say_where_tokens_stand(text: str) -> None:
    ids, offsets = tokens_of([text], TOKENIZER)[0]
    for token, (start, end) in zip(ids, offsets, strict=True):
        token = TOKENIZER.convert_ids_to_tokens(token)
        assert token == "[UNK]" or token.removeprefix("##") == text[start:end]
    covered = {place for start, end in offsets for place in range(start, end)}
    assert covered >= {place for place, character in enumerate(text) if character in "동물모텔을"}


def features(texts: list[str], tokenizer: Any) -> Dataset:
    return Dataset.from_dict({"input_ids": tokenizer(texts)["input_ids"] if texts else []})


@given(st.lists(st.text(alphabet="동물모텔을펭😀 ", max_size=8), min_size=1, max_size=4))
def test_the_share_of_unknown_tokens_is_counted_among_those_of_the_texts(texts: list[str]) -> None:
    tokens = [token for text in texts for token in TOKENIZER.tokenize(text)]
    expected = tokens.count("[UNK]") / max(len(tokens), 1)
    assert unknown_share(features(texts, TOKENIZER), TOKENIZER) == pytest.approx(expected)


def test_markers_are_no_tokens_of_the_texts() -> None:
    tokenizer = wordpiece_tokenizer(["동물 모텔 모텔을 이 을 펜"] * 20, 100)
    tokenizer.add_special_tokens({"additional_special_tokens": ["<subj>", "</subj>"]})
    assert unknown_share(features(["<subj>펭</subj> 모텔"], tokenizer), tokenizer) == 0.5


@pytest.mark.parametrize("unknown", [None, "[SEP]"])
def test_what_has_no_token_for_the_unknown_alone_knows_everything(unknown: str | None) -> None:
    backend = wordpiece_tokenizer(["동물"] * 20, 100).backend_tokenizer
    names = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, **names, unk_token=unknown)
    assert unknown_share(features(["동물"], tokenizer), tokenizer) == 0.0


def test_a_share_is_said_from_two_per_cent_on(capsys: pytest.CaptureFixture[str]) -> None:
    warn_unknown("ynat", features(["동물 " * 49 + "펭"], TOKENIZER), TOKENIZER)
    assert capsys.readouterr().err == ""
    warn_unknown("ynat", features(["동물 " * 39 + "펭"], TOKENIZER), TOKENIZER)
    assert capsys.readouterr().err == "ynat: 2.5 % unknown tokens ([UNK]) in the texts\n"
    half = features(["동물 펭"], TOKENIZER)
    warn_unknown("ynat", half, TOKENIZER, most=LOST)
    more = features(["동물 펭 펭"], TOKENIZER)
    warn_unknown("ynat", more, TOKENIZER)
    with pytest.raises(InputError, match=r"66.7 % unknown .* of ynat, expected at most 50 %"):
        warn_unknown("ynat", more, TOKENIZER, most=LOST)


def test_the_likely_reason() -> None:
    assert why_lost(TOKENIZER) == "most likely the vocabulary has no Korean"
    tokenizer = wordpiece_tokenizer(["동물"] * 20, 100)
    tokenizer.backend_tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    assert '"do_lower_case": false is missing' in why_lost(tokenizer)


@pytest.fixture(scope="module")
def lost(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder whose folder has lost its tokenizer's settings: vocab.txt is left."""
    folder = tmp_path_factory.mktemp("lost") / "encoder"
    shutil.copytree(tiny_encoder, folder)
    ids = AutoTokenizer.from_pretrained(folder).get_vocab()
    for path in folder.glob("tokenizer*"):
        path.unlink()
    (folder / "vocab.txt").write_text("\n".join(sorted(ids, key=ids.__getitem__)), "utf-8")
    return folder


@pytest.mark.parametrize("task", list(BASELINES))
def test_a_tokenizer_that_has_lost_korean_is_refused(task: str, lost: Path, tmp_path: Path) -> None:
    run = Run(task, str(lost), tmp_path / "out", sample=True, results=None)
    with pytest.raises(InputError) as caught:
        train(run)
    message = str(caught.value)
    assert message.startswith(f"{lost}: found ")
    assert f" % unknown tokens ([UNK]) in the texts of {task}, expected at most 50 %" in message
    assert message.endswith('where tokenizer_config.json with "do_lower_case": false is missing')
    assert not list(run.output.glob("checkpoints"))


def test_a_result_holds_the_share_and_prediction_says_it(
    tiny_encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(tiny_encoder, model := tmp_path / "encoder")
    wordpiece_tokenizer(list(sample_texts())[::20], 2000).save_pretrained(model)
    run = Run(
        "ynat", str(model), tmp_path / "out", overrides={"epochs": 1, "evaluations": 1},
        sample=True, max_train_examples=8, results=None,
    )  # fmt: skip
    result = train(run)
    share = result.data["unknown_tokens"]
    assert 0.02 < share < LOST
    assert f"ynat: {100 * share:.1f} % unknown tokens ([UNK]) in the texts" in (
        capsys.readouterr().err
    )
    assert Result.read(run.output / "result.json").data["unknown_tokens"] == share
    predict(
        "ynat",
        open_fine_tuned("ynat", str(run.output)),
        load("ynat", "validation", sample=True, full=True),
        8,
    )
    assert "unknown tokens ([UNK]) in the texts" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("vocabulary", ["klue-bert-base", "klue-roberta-base"])
@pytest.mark.parametrize("task", ["ynat", "nli", "ner", "re"])
def test_klue_vocabularies_know_klue_with_their_settings(
    task: str, vocabulary: str, shared: Path, data_dir: list[Path], tmp_path: Path
) -> None:
    shutil.copy(shared / "klue_vocab" / vocabulary / "vocab.txt", tmp_path)
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    config = BertConfig(vocab_size=32_000, intermediate_size=8, **sizes)
    BertModel(config).save_pretrained(tmp_path)
    rows = load(task, "validation", data_dir=data_dir, full=True).select(range(1000))
    for settings, low, high in ("", 0.75, 1.0), ('{"do_lower_case": false}', 0.0, 0.005):
        (tmp_path / "tokenizer_config.json").write_text(settings or "{}", encoding="utf-8")
        model, encoder, _ = open_encoder(Run(task, str(tmp_path), tmp_path), BASELINES[task])
        encoded = encode_rows(BASELINES[task], rows, encoder, model.config, labels=False)
        assert low <= unknown_share(encoded, encoder.tokenizer) <= high
