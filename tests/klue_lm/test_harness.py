"""What all harnesses share: options by name, scores by name, some of the questions."""

from __future__ import annotations

import logging

import pytest

from klue_common.errors import InputError
from klue_lm.harness import gold_answers, official, planned, score_names, scores_of, task_of


def test_a_foreign_name_is_refused() -> None:
    with pytest.raises(InputError, match="found 'klue_tc', expected one of klue_ynat"):
        task_of("klue_tc")
    with pytest.raises(InputError, match="found 'ynat'"):
        task_of("ynat")


def test_an_unknown_option_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="found 'shot', expected some of split, mode"):
        planned("ynat", {"sample": True, "shot": 3})


def test_a_grammar_is_not_promised() -> None:
    with pytest.raises(InputError, match="dp: mode: found 'constrained', expected 'rank' or"):
        planned("dp", {"sample": True, "mode": "constrained"})


def test_written_relations_have_no_score_of_probabilities() -> None:
    assert "auprc" in official(planned("re", {"sample": True}))
    assert official(planned("re", {"sample": True, "mode": "generate"})) == ["micro_f1"]


def test_some_of_the_questions_are_scored_in_any_order() -> None:
    asked = planned("wos", {"sample": True})
    answers = zip(asked.questions, gold_answers(asked), strict=True)
    replies = [{"guid": question.guid, "text": answer} for question, answer in answers]
    found = scores_of(asked, replies[30:10:-1])
    assert found.keys() == set(score_names(asked))
    assert found["joint_goal_accuracy"] == found["answered"] == 100
    half = [*replies[:10], *({**reply, "text": "?"} for reply in replies[10:20])]
    assert scores_of(asked, half)["joint_goal_accuracy"] == 50
    assert scores_of(asked, half)["answered"] == 50


def test_an_undefined_score_is_left_out_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    asked = planned("sts", {"sample": True, "mode": "generate"})
    assert scores_of(asked, []) == {"answered": 0}
    reply = {"guid": asked.questions[0].guid, "text": "3.0"}
    with caplog.at_level(logging.WARNING):
        assert scores_of(asked, [reply]) == {"answered": 100}
    assert "found 1 pair, expected at least 2" in caplog.text
