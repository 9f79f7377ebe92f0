"""Which parts of speech a parser reads."""

from __future__ import annotations

import pytest

from klue_baselines.encoding import parts_of_speech
from klue_baselines.encoding.parts_of_speech import FOUND, MISSING, say_once, tags_of

SENTENCES = [["그는", "갔다."], ["비가", "온다."]]
KNOWN = ["NNG", "JX"]


@pytest.fixture(autouse=True)
def nothing_said() -> None:
    say_once.cache_clear()


def test_given_tags_stay(capsys: pytest.CaptureFixture[str]) -> None:
    given = [["NNP", ""], ["", ""]]
    assert tags_of(given, SENTENCES, KNOWN) == given
    assert capsys.readouterr().err == ""


def test_the_analyser_fills_in_what_nobody_gave(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("kiwipiepy", reason="kiwipiepy is not installed")
    for _ in range(2):
        tags = tags_of([["NNP", ""], None], SENTENCES, KNOWN)
        assert tags == [["NNP", ""], ["NNG+JKS", "VV+EF+SF"]]
    assert capsys.readouterr().err == f"{FOUND}\n"


def test_a_parser_of_words_alone_needs_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert tags_of([None, None], SENTENCES, []) == [["", ""], ["", ""]]
    assert capsys.readouterr().err == ""


def test_without_an_analyser_that_is_said_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts_of_speech, "analyser_installed", lambda: False)
    for _ in range(2):
        assert tags_of([None, None], SENTENCES, KNOWN) == [["", ""], ["", ""]]
    assert capsys.readouterr().err == f"{MISSING}\n"
