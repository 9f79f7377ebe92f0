"""Texts that are the same but for their Unicode form."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_metrics import METRICS
from klue_metrics.unicode_forms import in_form_only


def nfd(text: str) -> str:
    return normalize("NFD", text)


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1))
def test_hangul_in_its_two_forms(text: str) -> None:
    assert in_form_only(nfd(text), [text]) and in_form_only(text, [nfd(text)])
    assert not in_form_only(text, [text])
    assert not in_form_only(f"{text}.", [text])


@pytest.mark.parametrize("value", [None, 3, float("nan"), ""])
def test_what_is_no_text(value: Any) -> None:
    assert not in_form_only(value, ["사회"])


HEADLINE = {"guid": "a", "title": "국회 소식", "label": "정치"}
QUESTION = {
    "guid": "a",
    "context": "한국은행 총재",
    "question": "누구?",
    "answers": {"text": ["한국은행 총재", "총재"], "answer_start": [0, 5]},
}
STATE = ["식당-종류-한식당", "식당-지역-서울 중앙"]
TURN = {"role": "user", "text": "안녕", "state": STATE}
DIALOGUE = {"guid": "a", "domains": ["식당"], "dialogue": [TURN]}
RELATION = {
    "guid": "a",
    "sentence": "가",
    "subject_entity": {"word": "가"},
    "object_entity": {"word": "가"},
    "label": "no_relation",
}


@pytest.mark.parametrize(
    ("task", "row", "record", "count"),
    [
        ("ynat", HEADLINE, {"label": "정치"}, 0),
        ("ynat", HEADLINE, {"label": nfd("정치")}, 1),
        ("ynat", HEADLINE, {"label": nfd("사회")}, 0),
        ("ynat", HEADLINE, {"label": None}, 0),
        ("mrc", QUESTION, {"prediction_text": nfd("《총재》.")}, 0),
        ("mrc", QUESTION, {"prediction_text": nfd("총재.")}, 1),
        ("mrc", QUESTION, {"prediction_text": None}, 0),
        ("wos", DIALOGUE, {"state": [*STATE[:1], nfd(STATE[1])]}, 1),
        ("wos", DIALOGUE, {"state": [f"식당-종류-{nfd('한식당')}", "", nfd(STATE[1])]}, 2),
        ("re", RELATION, {"label": "no_relation"}, 0),
    ],
)
def test_texts_that_differ_in_form_only_are_counted(
    task: str, row: dict[str, Any], record: dict[str, Any], count: int
) -> None:
    gold = METRICS[task].gold([row])
    assert METRICS[task].in_form_only(gold, [{"guid": gold.guids[0], **record}]) == count
