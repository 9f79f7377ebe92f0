"""Raw text for pretraining, vocabularies and tokenizers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from datatrove.data import Document
from hypothesis import given
from hypothesis import strategies as st

from klue_pretraining.cleaning import Pseudonyms, Sentences
from klue_pretraining.readers import Reading, documents
from klue_pretraining.tokenizer import open_tokenizer, open_vocabulary
from tests.fuzz.damage import json_files, json_line_files, odd_texts, text_files
from tests.fuzz.harness import ask, often

ROWS = [{"text": "세종대왕은 한글을 만들었다. 좋다!"}, {"text": "연락처는 010-1234-5678입니다."}]
VOCABULARY = "\n".join(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "가", "##나"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files lie."""
    return tmp_path_factory.mktemp("pretraining")


@often(20, 2000)
@given(
    content=json_line_files(ROWS), suffix=st.sampled_from((".jsonl", ".json", ".txt", ".parquet"))
)
def test_corpora(folder: Path, content: bytes, suffix: str) -> None:
    path = folder / f"corpus{suffix}"
    path.write_bytes(content)
    for skip_bad in (False, True):
        found = ask(
            "corpus", lambda bad=skip_bad: list(documents(str(path), Reading(skip_bad=bad)))
        )
        "".join(found or ()).encode("utf-8", "surrogatepass")


@often(20, 1500)
@given(text=odd_texts)
def test_cleaning(folder: Path, text: str) -> None:
    steps = Sentences(str(folder / "examples"), shortest=1), Pseudonyms()
    raw = [Document(text, "0"), Document(ROWS[0]["text"], "1")]
    ask("cleaning", lambda: list(steps[1].run(steps[0].run(iter(raw)))))


@often(10, 300)
@given(content=text_files([VOCABULARY]))
def test_vocabularies(folder: Path, content: bytes) -> None:
    path = folder / "vocab.txt"
    path.write_bytes(content)
    ask("vocabulary", lambda: open_vocabulary(path)("가나 다"))


@often(6, 150)
@given(data=st.data())
def test_tokenizers(folder: Path, tiny_encoder: Path, data: st.DataObject) -> None:
    content = json.loads((tiny_encoder / "tokenizer.json").read_text(encoding="utf-8"))
    content["model"]["vocab"] = dict(list(content["model"]["vocab"].items())[:60])
    (folder / "tokenizer.json").write_bytes(data.draw(json_files([content])))
    ask("tokenizer", lambda: open_tokenizer(folder))
