"""Tokens that do not cross morphemes, and what a vocabulary is measured by."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_common.errors import InputError
from klue_pretraining.packing import Encoder, pack
from klue_pretraining.tokenizer import (
    SPECIAL,
    bert_tokenizer,
    coverage,
    cut,
    learn,
    moved,
    open_vocabulary,
    save,
    token,
)
from klue_text.morphemes import Morphemes, WholeWords
from tests.forms import nfd

TEXTS = ["학교에서 공부했다", "학교에서는 놀았다", "집에서 공부했다", "학교에서도"] * 5

needs_analyser = pytest.mark.skipif(
    importlib.util.find_spec("kiwipiepy") is None, reason="kiwipiepy is not installed"
)


@given(st.text(st.characters(max_codepoint=0x1FFFF, exclude_categories=["Cs"]), min_size=1))
def test_moving_loses_nothing(text: str) -> None:
    assert token(moved(text)) == f"##{text}"
    assert token(text[0] + moved(text[1:])) == text
    assert cut(text, (0,)) == text[0] + moved(text[1:])


class Particles(WholeWords):
    """Boundaries that a reader sees: no analyser needed."""

    def __getitem__(self, word: str) -> tuple[int, ...]:
        return {"학교에서": (0, 2), "학교에서는": (0, 2, 4), "학교에서도": (0, 2, 4),
                "집에서": (0, 1)}.get(word, (0,))  # fmt: skip


def test_no_token_crosses_a_morpheme() -> None:
    apart, together = learn(TEXTS, 21, Particles()), learn(TEXTS, 21, WholeWords())
    assert "##에서" in apart
    assert not any(p.startswith("학교에") for p in apart)
    assert any(p.startswith("학교에") for p in together)
    assert len(apart) == len(set(apart)) == 21


@needs_analyser
def test_the_analyser_s_boundaries_are_kept() -> None:
    vocabulary = learn(TEXTS, 21, Morphemes())
    assert "##에서" in vocabulary
    assert not any(p.startswith("학교에") for p in vocabulary)


def test_a_vocabulary_larger_than_the_corpus_supports_is_refused() -> None:
    with pytest.raises(InputError, match=r"--size: found 5000, expected at most \d+"):
        learn(TEXTS, 5000, WholeWords())
    with pytest.raises(InputError, match="--size: found 3"):
        learn(TEXTS, 3, WholeWords())


def test_a_saved_vocabulary_reads_back(tmp_path: Path) -> None:
    save(bert_tokenizer(learn(TEXTS, 21, Particles())), tmp_path / "tok")
    tokenizer = open_vocabulary(tmp_path / "tok")
    assert tokenizer.tokenize("학교에서는") == ["학교", "##에서", "##는"]
    with pytest.raises(InputError, match="expected a BERT vocabulary"):
        (tmp_path / "vocab.txt").write_text("가\n나\n")
        open_vocabulary(tmp_path)


def test_coverage() -> None:
    tokenizer = bert_tokenizer([*SPECIAL, "가", "##나"])
    found = coverage(tokenizer, ["가나 가나 다가", "가"])
    assert found.unknown == pytest.approx(25)
    assert found.characters == pytest.approx(100 * 5 / 7)
    assert found.pieces_per_word == pytest.approx(6 / 4)


def test_a_corpus_in_any_form_is_one_corpus() -> None:
    texts = [*TEXTS, "재밌다\u110f\u110f"] * 2
    vocabulary = learn(texts, 30, WholeWords())
    assert learn([nfd(text) for text in texts], 30, WholeWords()) == vocabulary
    assert not any("\u1100" <= character <= "\u11ff" for p in vocabulary for character in p)
    tokenizer = bert_tokenizer(vocabulary)
    rows, same = (
        list(pack(corpus, Encoder(tokenizer, WholeWords()), tokenizer, 12))
        for corpus in (texts, [nfd(text) for text in texts])
    )
    assert rows == same
    assert coverage(tokenizer, map(nfd, texts)) == coverage(tokenizer, texts)


def test_rows_hold_full_sentences_and_whole_words() -> None:
    tokenizer = bert_tokenizer([*SPECIAL, "학교", "##에서", "##는", "집"])
    documents = ["학교에서는 집에서\n집", "집 집", "집 " * 20]
    encode = Encoder(tokenizer, Particles())
    rows = list(pack(documents, encode, tokenizer, 10))
    assert max(len(ids) for ids, _ in rows) <= 10
    texts = [" ".join(tokenizer.convert_ids_to_tokens(ids)) for ids, _ in rows]
    assert texts[0] == "[CLS] 학교 ##에서 ##는 집 ##에서 집 [SEP]"
    assert rows[0][1] == [True, True, True, True, True, True, True, True]
    assert texts[1] == "[CLS] 집 집 [SEP]"
    assert sum(text.count("집") for text in texts) == 24
    whole = Encoder(tokenizer, WholeWords())
    assert next(whole(["학교에서는 집에서"]))[1] == [True, False, False, True, False]
