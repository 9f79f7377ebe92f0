"""`klue predict` on a person's own sentences, in CoNLL-U."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from klue_baselines.encoding.encoder import open_tokenizer
from klue_baselines.tasks import BASELINES
from klue_cli.predict import predict
from klue_common.errors import InputError
from klue_datasets import load
from tests.conllu import sentences_of

SENTENCES = ["세종대왕은 1397년에 태어났다.", "", "😀 비가  온다"]


@pytest.fixture(scope="module", params=["original", "untagged"])
def parser(
    request: pytest.FixtureRequest, tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A parser that has learned nothing, in a folder as `klue train dp` leaves it."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp(request.param)
    task = BASELINES["dp"]
    model = task.build(str(tiny_encoder), labels=task.labels, head=request.param)
    model.config.update({"klue_task": "dp", "klue_max_length": 128, "klue_decoding": "tree"})
    model.save_pretrained(folder)
    open_tokenizer(str(tiny_encoder)).save_pretrained(folder)
    return folder


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "own.txt"
    path.write_text("\n".join(SENTENCES), encoding="utf-8")
    return path


def test_own_sentences_become_conllu(parser: Path, text: Path, tmp_path: Path) -> None:
    pytest.importorskip("kiwipiepy", reason="kiwipiepy is not installed")
    output = tmp_path / "own.conllu"
    predict("dp", model=str(parser), output=output, text=text, format_="conllu")
    content = output.read_text(encoding="utf-8")
    found = sentences_of(content)
    assert [[word["FORM"] for word in words] for words in found] == [
        sentence.split() for sentence in SENTENCES if sentence
    ]
    assert "# sent_id = 1\n" in content and "# sent_id = 3\n" in content
    tags = [word["XPOS"] for word in found[0]]
    untagged = parser.name.startswith("untagged")
    assert tags == (["_"] * 3 if untagged else ["NNP+NNG+JX", "SN+NNB+JKB", "VV+EP+EF+SF"])
    assert all([word["HEAD"] for word in words].count("0") == 1 for words in found)


def test_own_sentences_become_a_prediction_file(parser: Path, text: Path, tmp_path: Path) -> None:
    output = tmp_path / "own.jsonl"
    predict("dp", model=str(parser), output=output, text=text)
    records = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert [record["guid"] for record in records] == ["1", "3"]
    assert [len(record["head"]) for record in records] == [3, 3]


@pytest.mark.parametrize(
    "beside", [{"sample": True}, {"split": "train"}, {"data_dir": "a"}], ids=str
)
def test_a_text_beside_a_split(text: Path, tmp_path: Path, beside: dict[str, Any]) -> None:
    output = tmp_path / "own.jsonl"
    with pytest.raises(InputError, match=r"--text: found .*own.txt beside --split, --sample or"):
        predict("dp", model="none", output=output, text=text, **beside)
    assert not output.exists()


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
