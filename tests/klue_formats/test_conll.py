"""A word a line: columns, sentences, comments."""

from __future__ import annotations

from pathlib import Path

import pytest

from klue_common.errors import InputError
from klue_metrics import MetricError
from tests.klue_formats.made_up import gold_of, read, written

TREES = [dict(one) for one in gold_of("dp").references]
WORDS = [list(zip(one["head"], one["deprel"], strict=True)) for one in TREES]
BLOCKS = ["".join(f"{head} {deprel}\n" for head, deprel in words) for words in WORDS]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(BLOCKS),
        "".join(BLOCKS),
        "".join(f"## guid\tsentence\n{block}\n\n" for block in BLOCKS),
        "".join(f"# text = 가\n{block}\n" for block in BLOCKS),
        "\n".join(BLOCKS).replace(" ", "\t"),
    ],
    ids=["sentences", "words-alone", "klue-headers", "comments", "tabs"],
)
def test_words_become_trees(text: str, tmp_path: Path) -> None:
    found = read(written(tmp_path / "theirs.txt", text), "dp", "conll").records
    assert [{"head": one["head"], "deprel": one["deprel"]} for one in found] == TREES


def test_columns_are_named_by_their_numbers(tmp_path: Path) -> None:
    text = "".join(f"말 {deprel} {head} 0\n" for words in WORDS for head, deprel in words)
    path = written(tmp_path / "theirs.txt", text)
    found = read(path, "dp", "conll", columns=("3", "2")).records
    assert found[0]["head"] == TREES[0]["head"]
    with pytest.raises(InputError, match=":1: found 4 columns, expected head and deprel alone: --"):
        read(path, "dp", "conll")
    with pytest.raises(InputError, match=":1: found 4 columns, expected 9"):
        read(path, "dp", "conll", columns=("3", "9"))
    with pytest.raises(InputError, match="--column: found head, 2, expected numbers from 1 on"):
        read(path, "dp", "conll", columns=("head", "2"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("".join(BLOCKS) + "0 VP\n", r"found \d+ words, expected \d+: those of KLUE's sentences"),
        ("\n".join(BLOCKS[:3]), "found 3 sentences, expected 4: KLUE's, in order"),
        ("\n".join([BLOCKS[0] + "0 VP\n", *BLOCKS[1:]]), ":1: found a sentence of .* as klue-dp"),
        ("\n".join(["x" + BLOCKS[0], *BLOCKS[1:]]), ":1: found .*, expected a word or character"),
        ("\n".join([*BLOCKS[:3], BLOCKS[3].replace("VP", "XX")]), "found 'XX', expected one of NP"),
    ],
)
def test_words_that_are_wrong(text: str, message: str, tmp_path: Path) -> None:
    path = written(tmp_path / "theirs.txt", text)
    with pytest.raises((InputError, MetricError), match=message) as error:
        read(path, "dp", "conll")
    assert str(error.value).startswith(str(path))


def test_characters_may_be_blanks(tmp_path: Path) -> None:
    """In KLUE's own files a blank is a character with a tag, and a number sign is another."""
    gold = gold_of("ner")
    lines = ["".join(f" \t{tag}\n" for tag in tags) for tags in gold.references]
    path = written(tmp_path / "theirs.txt", "\n".join(lines))
    found = read(path, "ner", "conll", columns=("2",)).records
    assert [one["tags"] for one in found] == gold.references
