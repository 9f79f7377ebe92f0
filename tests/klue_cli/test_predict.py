"""`klue predict` in CoNLL-U."""

from __future__ import annotations

from pathlib import Path

import pytest

from klue_cli.predict import predict
from klue_common.errors import InputError
from klue_datasets import load
from tests.conllu import sentences_of


def test_a_split_becomes_conllu_with_its_own_tags(parser: Path, tmp_path: Path) -> None:
    output = tmp_path / "sample.conllu"
    predict("dp", model=str(parser), output=output, sample=True, format_="conllu")
    rows = load("dp", "validation", sample=True, full=True)
    found = sentences_of(output.read_text(encoding="utf-8"))
    assert [[word["XPOS"] for word in words] for words in found] == rows["pos"][:]


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ("dp", "format: found 'conll', expected 'conllu' or 'svg' for dp"),
        ("ner", "format: found 'conll', expected none for ner"),
    ],
)
def test_an_unknown_format_is_named(task: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        predict(task, model="none", output=tmp_path / "out", format_="conll")
