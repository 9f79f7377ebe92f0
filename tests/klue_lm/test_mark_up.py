"""Entities in KLUE's mark-up, written and read back through whatever a model does to it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_lm.mark_up import EntitySpan, grammar, marked, on_sentence, spans_of, tags_of, unmarked
from klue_lm.task import Question
from klue_lm.tasks import LMS

READ = LMS["ner"].read
SENTENCE = "이순신은 서울에서 3월에 태어났다."
MARKED = "<이순신:PS>은 <서울:LC>에서 <3월:DT>에 태어났다."
TAGS = tags_of([EntitySpan(0, 3, "PS"), EntitySpan(5, 7, "LC"), EntitySpan(10, 12, "DT")], 19)


def read(reply: str, sentence: str = SENTENCE) -> list[str]:
    tags: list[str] = READ(Question("a", "", 99, sentence), reply).fields["tags"]
    return tags


@given(st.text(alphabet="가나다<\\: >PSLC1", min_size=1, max_size=30), st.data())
def test_what_is_written_is_read_back(sentence: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(sentence)), max_size=6, unique=True))
    cuts.sort()
    spans = [
        EntitySpan(start, end, "PS") for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    text, found = unmarked(marked(sentence, spans))
    inside = [sentence[start:end] for start, end, _ in spans]
    # An entity that itself looks like an entity's end cannot be told from one.
    if not any(":" in part or "\\" in part for part in inside) and "\\" not in sentence:
        assert (text, found) == (sentence, spans)


@pytest.mark.parametrize(
    "reply",
    [
        MARKED,
        f" {MARKED}\n",
        unicodedata.normalize("NFD", MARKED),
        f"답: {MARKED}",
        MARKED.replace("태어났다", "테어났다"),  # a changed character
        MARKED.replace("에서 ", "에서  "),
        MARKED.replace(".", ""),
        MARKED.replace(":PS>", ": person>"),
        f"{MARKED}\n{MARKED}",  # a repeat
        MARKED.replace("<서울:LC>", "<<서울:LC>:LC>"),  # a tag in a tag
        MARKED.replace("은 ", " "),  # a lost particle
    ],
)
def test_a_slip_costs_only_itself(reply: str) -> None:
    assert read(reply) == TAGS


def test_a_wrong_entity_costs_only_itself() -> None:
    found = read(MARKED.replace("<서울:LC>에서", "<서울에서:LC>"))
    assert found[:5] == TAGS[:5] and found[10:] == TAGS[10:]
    assert found[5:9] == ["B-LC", "I-LC", "I-LC", "I-LC"]


def test_an_invented_type_stays_to_be_counted() -> None:
    reading = READ(Question("a", "", 99, "서울은"), "<서울:XX>은")
    assert (reading.fields["tags"], reading.kind) == (["B-XX", "I-XX", "O"], "outside")


def test_another_sentence_is_no_answer() -> None:
    reading = READ(Question("a", "", 99, SENTENCE), "전혀 다른 문장 <하나:QT>를 썼습니다")
    assert reading.kind == "unreadable" and reading.fields == {"tags": None}


def test_decomposed_text_keeps_its_characters() -> None:
    sentence = unicodedata.normalize("NFD", "서울은")
    tags = read("<서울:LC>은", sentence)
    assert tags == ["B-LC", "I-LC", "I-LC", "I-LC", "I-LC", "O", "O", "O"][: len(sentence)]


def test_a_literal_bracket() -> None:
    assert marked("a<b", []) == "a\\<b"
    assert read("a\\<b", "a<b") == ["O", "O", "O"]
    assert read("a<b", "a<b") == ["O", "O", "O"]


def test_overlaps_and_places() -> None:
    assert tags_of([EntitySpan(0, 2, "PS"), EntitySpan(1, 3, "LC")], 3) == ["B-PS", "I-PS", "O"]
    assert list(spans_of(["I-PS", "B-PS", "B-PS"])) == [
        EntitySpan(1, 2, "PS"), EntitySpan(2, 3, "PS"),
    ]  # fmt: skip
    assert on_sentence("abc", [EntitySpan(0, 3, "PS")], "xyz") is None


def test_the_grammar_has_a_rule_for_each_place() -> None:
    rules = grammar("a<").splitlines()
    assert rules[0] == 'root ::= " "? o0'
    assert 'o1 ::= "\\\\<" o2 | "<" "\\\\<" i2' in rules
    assert {line.partition(" ")[0] for line in rules} >= {"o0", "o1", "o2", "i1", "i2", "type"}
