"""From replies as models write them to answers."""

from __future__ import annotations

import unicodedata

import pytest

from klue_lm.reading import cleaned, first_line, label_of
from klue_lm.task import Question
from klue_lm.tasks import LMS

NLI = LMS["nli"]


@pytest.mark.parametrize(
    ("reply", "clean"),
    [
        ("정치", "정치"),
        ("<think>경제일까?</think>\n정치", "정치"),
        ("경제일까?</think>정치", "정치"),  # the template had opened it
        ("<think>경제일까? 정치일까?", ""),  # cut off while it reasons
        ("<THINK>a</THINK><think>b</think>정치", "정치"),
        ("```\n정치\n```", "정치"),
        ('답:\n```json\n{"a": 1}\n```\n끝', '{"a": 1}'),
        ("```json\n{}", "{}"),  # a fence that was cut off
        ("<|channel|>analysis<|message|>음<|end|><|channel|>final<|message|>정치", "정치"),
        ("a < b", "a < b"),
    ],
)
def test_reasoning_and_fences_are_taken_off(reply: str, clean: str) -> None:
    assert cleaned(reply) == clean


@pytest.mark.parametrize(
    ("reply", "label", "kind"),
    [
        ("함의", "entailment", "answered"),
        (" 함의\n", "entailment", "answered"),
        ("정답: **함의**", "entailment", "answered"),
        ("'중립'입니다.", "neutral", "answered"),
        ("관계는 모순이다", "contradiction", "answered"),
        ("Contradiction", "contradiction", "answered"),  # the language of the labels is free
        ("ENTAILMENT.", "entailment", "answered"),
        (unicodedata.normalize("NFD", "함의"), "entailment", "answered"),
        ("함의\n\n전제: 다음 문제", "entailment", "answered"),
        ("모순이 아니라 중립", "contradiction", "answered"),  # it begins with what it says
        ("함의와 모순 사이", "entailment", "answered"),
        ("둘은 함의도 모순도 아니다", None, "unreadable"),
        ("관련 없음", "관련 없음", "outside"),
        ("", None, "unreadable"),
        ("잘 모르겠습니다. " * 20, None, "unreadable"),
    ],
)
def test_a_label_in_a_reply(reply: str, label: str | None, kind: str) -> None:
    reading = NLI.read(Question("a", "", 9), cleaned(reply))
    assert (reading.fields["label"], reading.kind) == (label, kind)


def test_relations_that_hold_one_another() -> None:
    read = LMS["re"].read
    question = Question("a", "", 9)
    for name in ("org:members", "org:member_of", "org:founded", "org:founded_by", "per:product"):
        assert read(question, name).fields == {"label": name}
    assert read(question, "정답은 org:founded_by 입니다").fields == {"label": "org:founded_by"}
    assert read(question, "org:political").kind == "outside"
    assert read(question, "org:top_members/employees").kind == "answered"
    assert (
        read(question, "Org:Top_Members/Employees").fields["label"] == "org:top_members/employees"
    )


@pytest.mark.parametrize(
    ("reply", "score", "kind"),
    [
        ("4", 4.0, "answered"),
        ("3.7점", 3.7, "answered"),
        ("점수: 2,5", 2.5, "answered"),
        ("4.0/5", 4.0, "answered"),
        ("5점 만점에 3.5점", 5.0, "answered"),
        ("-1", None, "outside"),
        ("87", None, "outside"),
        ("비슷합니다", None, "unreadable"),
    ],
)
def test_a_score_in_a_reply(reply: str, score: float | None, kind: str) -> None:
    reading = LMS["sts"].read(Question("a", "", 3), reply)
    assert (reading.fields["score"], reading.kind) == (score, kind)


@pytest.mark.parametrize(
    ("reply", "text", "kind"),
    [
        ("페이스북", "페이스북", "answered"),
        ("답: '페이스북'", "페이스북", "answered"),
        ("답 없음", "", "answered"),
        ("답없음.", "", "answered"),
        ("No answer", "", "answered"),
        ("페이스북\n질문: 다음", "페이스북", "answered"),
        ("답안지", "답안지", "answered"),
        ("", None, "unreadable"),
    ],
)
def test_an_answer_in_a_reply(reply: str, text: str | None, kind: str) -> None:
    reading = LMS["mrc"].read(Question("a", "", 20), reply)
    assert (reading.fields["prediction_text"], reading.kind) == (text, kind)


@pytest.mark.parametrize(
    ("reply", "heads", "deprels", "kind"),
    [
        ("1: 2 NP_SBJ\n2: 0 VP", [2, 0], ["NP_SBJ", "VP"], "answered"),
        ("1. 나는 → 2 np_sbj\n2. 간다 → 0 vp", [2, 0], ["NP_SBJ", "VP"], "answered"),
        ("| 1 | 나는 | 2 | NP_SBJ |\n| 2 | 간다 | 0 | VP |", [2, 0], ["NP_SBJ", "VP"], "answered"),
        ("2: 0 VP", [None, 0], [None, "VP"], "answered"),
        ("1: 2 NP_SBJ\n1: 0 VP\n7: 1 NP", [2, None], ["NP_SBJ", None], "answered"),
        ("1: 2 nsubj\n2: 0 root", [2, 0], ["NSUBJ", "ROOT"], "outside"),
        ("1: 9 NP\n2: 0 VP", [None, 0], ["NP", "VP"], "outside"),
        ("나는 간다를 꾸민다", [None, None], [None, None], "unreadable"),
    ],
)
def test_a_tree_in_a_reply(
    reply: str, heads: list[int | None], deprels: list[str | None], kind: str
) -> None:
    reading = LMS["dp"].read(Question("a", "", 30, 2), reply)
    assert (reading.fields["head"], reading.fields["deprel"], reading.kind) == (
        heads,
        deprels,
        kind,
    )


@pytest.mark.parametrize(
    ("reply", "state", "kind"),
    [
        ('{"식당-종류": "한식당"}', ["식당-종류-한식당"], "answered"),
        ('상태: {"식당": {"종류": "한식당"}} 입니다', ["식당-종류-한식당"], "answered"),
        ('{"식당-주차 가능": true}', ["식당-주차 가능-yes"], "answered"),
        ('{"식당-예약 명수": 2}', ["식당-예약 명수-2"], "answered"),
        ('{"식당-종류": null, "식당-지역": "none", "식당-이름": ""}', [], "answered"),
        ("{}", [], "answered"),
        ('{"식당-맛": "좋음"}', ["식당-맛-좋음"], "outside"),
        ('{"식당-종류": ["한식당", "주점"]}', ["식당-종류-한식당", "식당-종류-주점"], "answered"),
        ('{"식당-종류": "한식', None, "unreadable"),
        ("[]", None, "unreadable"),
        ("", None, "unreadable"),
    ],
)
def test_a_state_in_a_reply(reply: str, state: list[str] | None, kind: str) -> None:
    reading = LMS["wos"].read(Question("a", "", 99), reply)
    assert (reading.fields["state"], reading.kind) == (state, kind)


def test_a_first_line_and_what_is_around_it() -> None:
    assert first_line("\n\n  정답:  '정치'. \n이유") == "정치"
    assert first_line(" \n") == ""


def test_names_that_may_be_written_are_all_found() -> None:
    names = {"IT과학": "IT과학", "IT/science": "IT과학"}
    for text in ("IT 과학", "it과학", "IT/Science", "주제는 IT과학입니다"):
        assert label_of(text, names).fields == {"label": "IT과학"}
