"""What decides whether it is a benchmark: the ceiling is 100, and no gold answer is in a prompt."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from klue_datasets import read_rows
from klue_lm.prompts import LANGUAGES, PARAPHRASES, prompts_for
from klue_lm.reading import cleaned
from klue_lm.task import CONSTRAINED, GENERATE, RANK
from klue_lm.tasks import LMS, lm_task
from klue_metrics import METRICS

DIGESTS = Path(__file__).with_name("prompt_digests.json")
# A score with one decimal is not the mean of seven ratings.
WRITTEN_BELOW_100 = {"sts": {"pearsonr": 99.98}}


def rows_of(task: str, data_dir: Any, sample: bool) -> list[dict[str, Any]]:
    return read_rows(task, "validation", data_dir=data_dir, sample=sample, full=True)


def of_task(task: str, sample: bool, request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    data_dir = None if sample else request.getfixturevalue("data_dir")
    return rows_of(task, data_dir, sample)


SIZES = pytest.mark.parametrize(
    "sample", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["sample", "official"]
)


@SIZES
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("task", LMS)
def test_gold_written_and_read_back_scores_100(
    task: str, language: str, sample: bool, request: pytest.FixtureRequest
) -> None:
    lm, metric = LMS[task], METRICS[task]
    rows = of_task(task, sample, request)
    gold = metric.gold(rows)
    questions = [question for row in rows for question in lm.questions(row, language)]
    answers = [answer for row in rows for answer in lm.answers(row, language)]
    assert [question.guid for question in questions] == gold.guids
    readings = [
        lm.read(question, cleaned(lm.lead + answer))
        for question, answer in zip(questions, answers, strict=True)
    ]
    assert {reading.kind for reading in readings} == {"answered"}
    records = [{"guid": q.guid, **r.fields} for q, r in zip(questions, readings, strict=True)]
    scores = metric.score(gold, records)
    for name in metric.scores:
        if name in scores:  # a written label has no probabilities
            least = WRITTEN_BELOW_100.get(task, {}).get(name, 100.0)
            assert scores[name] >= least - 1e-9
    fits = [len(answer) <= q.longest for q, answer in zip(questions, answers, strict=True)]
    assert all(fits)


@SIZES
@pytest.mark.parametrize("task", [task for task, lm in LMS.items() if RANK in lm.modes])
def test_gold_ranked_first_scores_100(
    task: str, sample: bool, request: pytest.FixtureRequest
) -> None:
    lm, metric = LMS[task], METRICS[task]
    assert lm.weigh is not None and lm.wanted is not None
    rows = of_task(task, sample, request)
    records = [{"guid": row["guid"], **lm.weigh(lm.wanted(row))} for row in rows]
    scores = metric.score(metric.gold(rows), records)
    for name in metric.scores:
        if name == "auprc" and sample:
            continue  # a relation without an example counts 0.5
        assert scores[name] == pytest.approx(100.0, abs=1e-9)


def rubbish(value: Any) -> Any:
    """The same shape with other content."""
    if isinstance(value, dict):
        return {name: rubbish(one) for name, one in value.items()}
    if isinstance(value, list):
        return [rubbish(one) for one in value]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"쓰레기{value}" if isinstance(value, str) else "쓰레기"


# What a row gives away: all that is no input of the task.
GIVEN = {
    "ynat": {"guid", "title"},
    "sts": {"guid", "sentence1", "sentence2"},
    "nli": {"guid", "premise", "hypothesis"},
    "ner": {"guid", "tokens"},
    "re": {"guid", "sentence", "subject_entity", "object_entity"},
    "dp": {"guid", "word_form"},
    "mrc": {"guid", "context", "question"},
    "wos": {"guid", "dialogue"},
}


@SIZES
@pytest.mark.parametrize("task", LMS)
def test_no_prompt_depends_on_a_gold_answer(
    task: str, sample: bool, request: pytest.FixtureRequest
) -> None:
    lm = LMS[task]
    prompts = prompts_for(lm, sample=True, shots=2)
    for row in of_task(task, sample, request):
        other = copy.deepcopy(row)
        for name in set(row) - GIVEN[task]:
            other[name] = rubbish(row[name])
        for turn in other.get("dialogue", ()):
            turn["state"] = rubbish(turn["state"])
        for one, two in zip(lm.questions(row, "ko"), lm.questions(other, "ko"), strict=True):
            assert prompts.prompt(one) == prompts.prompt(two)
            assert one == two
            if lm.form is not None:
                wording = lm.wordings["ko"]
                assert lm.form(one, wording) == lm.form(two, wording)


def test_an_edited_prompt_is_a_new_version() -> None:
    """Whoever changes what a model reads raises the task's version, and writes the new digests."""
    found = {
        task: {
            "version": lm.version,
            **{
                f"{language} {number}": prompts_for(
                    lm, language=language, paraphrase=number, sample=True
                ).digest
                for language in LANGUAGES
                for number in range(PARAPHRASES)
            },
        }
        for task, lm in LMS.items()
    }
    assert found == json.loads(DIGESTS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("task", LMS)
def test_the_record_is_complete(task: str) -> None:
    lm = LMS[task]
    assert lm.name == task and set(lm.wordings) == set(LANGUAGES)
    assert set(lm.modes) <= {RANK, GENERATE, CONSTRAINED}
    assert (lm.form is None) == (CONSTRAINED not in lm.modes)
    assert (lm.weigh is None) == (RANK not in lm.modes)
    for wording in lm.wordings.values():
        assert len(set(wording.instructions)) == PARAPHRASES
    fields = {field.name for field in METRICS[task].fields if field.required}
    assert set(lm.nothing) == fields


@pytest.mark.parametrize("task", LMS)
def test_a_reply_without_an_answer_is_wrong_and_no_error(task: str) -> None:
    lm, metric = LMS[task], METRICS[task]
    rows = read_rows(task, "validation", sample=True, full=True)
    gold = metric.gold(rows)
    questions = [question for row in rows for question in lm.questions(row, "ko")]
    for reply in ("", "죄송하지만 답할 수 없습니다. " * 30, "\x00\ud800", "{" * 5000):
        for question in questions[:3]:
            reading = lm.read(question, cleaned(reply))
            assert set(lm.nothing) <= set(reading.fields)
    nothing = [{"guid": question.guid, **lm.nothing} for question in questions]
    from klue_lm.results import scored

    scores = scored(metric, gold, nothing)
    fields = [one for row in rows for one in lm.trivial(lm.given(row))]
    trivial = [{"guid": g, **f} for g, f in zip(gold.guids, fields, strict=True)]
    best = scored(metric, gold, trivial)
    # No answer is not better than one that was made up without a model.
    assert scores[metric.main_score] <= max(best[metric.main_score], 0.0) + 1e-9


def test_known_baselines(data_dir: list[Path]) -> None:
    """What answers without a model score on dev, as published beside the first tries."""
    from klue_lm.results import scored

    expected = {"ynat": ("macro_f1", 8.26), "dp": ("uas_micro_f1", 66.58)}
    for task, (name, value) in expected.items():
        lm, metric = LMS[task], METRICS[task]
        rows = rows_of(task, data_dir, False)
        gold = metric.gold(rows)
        fields = [one for row in rows for one in lm.trivial(lm.given(row))]
        records = [{"guid": g, **f} for g, f in zip(gold.guids, fields, strict=True)]
        assert scored(metric, gold, records)[name] == pytest.approx(value, abs=0.005)


def test_the_expectation_of_grades() -> None:
    weigh = lm_task("sts").weigh
    assert weigh is not None
    assert weigh(np.array([0.5, 0, 0, 0, 0, 0.5])) == {"score": 2.5}
