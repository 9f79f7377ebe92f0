"""A saved tokenizer composes texts as `klue_text.normalise` does, and says where tokens stand."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from klue_baselines.encoding.saved_normaliser import HIDDEN_FROM, normaliser, with_normaliser
from klue_baselines.pipeline import KluePipeline
from klue_baselines.pipelines.saving import lacking
from klue_text.normal_forms import SURROGATE, normalise
from tests.klue_baselines.test_encoders import ARCHITECTURES, make_encoder

MIXED = "가각힣ab é女金Ω ㅋ🙂\u200b\u1100\u1112\u1161\u1175\u11a8\u11c2か"


@given(st.text(MIXED), st.booleans())
def test_texts_become_what_normalise_makes_of_them(text: str, decompose: bool) -> None:
    text = unicodedata.normalize("NFD", text) if decompose else text
    assert normaliser().normalize_str(text) == normalise(text)


@pytest.mark.parametrize("plane", range(17))
def test_so_does_every_character(plane: int) -> None:
    first = 0x10000 * plane
    places = set(range(first, first + 0x10000)) - set(range(HIDDEN_FROM, HIDDEN_FROM + 2_000))
    characters = [char for char in map(chr, sorted(places)) if not SURROGATE.match(char)]
    found = normaliser().normalize_str("\n\n".join(characters))
    assert found.split("\n\n") == normalise("\n\n".join(characters)).split("\n\n")


@pytest.mark.parametrize("name", list(ARCHITECTURES))
def test_every_tokenizer_can_be_saved_with_it(name: str, tmp_path: Path) -> None:
    folder = make_encoder(name, tmp_path / name)
    plain = AutoTokenizer.from_pretrained(folder)
    files = [folder / one for one in ("tokenizer.json", "tokenizer_config.json")]
    rules, settings = (json.loads(file.read_text(encoding="utf-8")) for file in files)
    settings["model_input_names"] = ["input_ids", "attention_mask"]  # as a fine-tuned model's
    changed = with_normaliser(rules, settings)
    assert with_normaliser(*changed) == changed
    for file, content in zip(files, changed, strict=True):
        file.write_text(json.dumps(content), encoding="utf-8")
    saved = AutoTokenizer.from_pretrained(folder)
    for text in ("서울 아파트값 3주째 올라", "女子 \u110f\u110f 각하"):
        given = unicodedata.normalize("NFD", text.replace("女", "")) + "女"
        found = saved(given, return_offsets_mapping=True)
        assert found["input_ids"] == plain(normalise(given))["input_ids"]
        assert max(end for _, end in found["offset_mapping"]) == len(given)


def test_a_folder_that_has_it_lacks_nothing(
    pipelines: dict[str, KluePipeline], tmp_path: Path
) -> None:
    ours = pipelines["ynat"]
    ours.model.save_pretrained(tmp_path)
    ours.encoder.tokenizer.save_pretrained(tmp_path)
    found = lacking(ours.task, tmp_path)
    assert "tokenizer.json" in found
    for name, text in found.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert lacking(ours.task, tmp_path) == {}
