"""A checker of CoNLL-U, by the rules of the UD validator's level 1."""

from __future__ import annotations

import re

COLUMNS = ("ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC")


def sentences_of(content: str) -> list[list[dict[str, str]]]:
    """The words of each sentence, where a file keeps the rules of level 1."""
    assert "\r" not in content
    assert "\n\n\n" not in content and not content.startswith("\n")
    assert content.endswith("\n\n")  # an empty line ends each sentence, the last one too
    return [words_of(block.split("\n")) for block in content.removesuffix("\n\n").split("\n\n")]


def words_of(lines: list[str]) -> list[dict[str, str]]:
    comments = [line for line in lines if line.startswith("#")]
    # Comments stand before the words: a word's line begins with its number.
    assert lines[: len(comments)] == comments and len(lines) > len(comments)
    assert sum(bool(re.match(r"# sent_id = \S+$", line)) for line in comments) == 1
    [text] = [line.removeprefix("# text = ") for line in comments if line.startswith("# text = ")]
    words = []
    for line in lines[len(comments) :]:
        cells = line.split("\t")
        assert len(cells) == len(COLUMNS), line
        assert all(cell and cell == cell.strip() for cell in cells), line
        words.append(dict(zip(COLUMNS, cells, strict=True)))
    assert [word["ID"] for word in words] == [str(at) for at in range(1, len(words) + 1)]
    for word in words:
        spaced = [name for name, cell in word.items() if len(cell.split()) != 1]
        assert not spaced
        assert re.fullmatch(r"0|[1-9]\d*", word["HEAD"])
        assert 0 <= int(word["HEAD"]) <= len(words)
        assert word["HEAD"] != word["ID"]
    assert text == " ".join(word["FORM"] for word in words)
    return words
