"""Uploaded files to scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from klue_common.errors import InputError
from klue_datasets import read_rows
from klue_lm.reading import cleaned
from klue_lm.results import scored, without_a_model
from klue_lm.tasks import LMS
from klue_metrics import METRICS
from space_app.board.entries import LANGUAGE_MODEL
from space_app.board.leaderboard import record_lines, records_of
from space_app.scoring import Scorer
from space_app.settings import Settings
from space_app.uploads import private


@pytest.mark.parametrize("task", METRICS)
def test_scores_are_those_of_the_command(
    task: str, settings: Settings, predictions: dict[str, Path]
) -> None:
    scorer = Scorer(settings)
    report = scorer.score(task, predictions[task])
    gold, _ = scorer.gold(task)
    records = METRICS[task].read_predictions(predictions[task], gold)
    expected = METRICS[task].score(gold, records, confidence=0.95)
    content = report.to_json()
    assert content["scores"] == {
        name: value for name, value in expected.items() if name in content["scores"]
    }
    assert set(report.scores) == set(METRICS[task].scores)
    assert content["sample"] is True
    json.dumps(content, allow_nan=False)


def test_another_tasks_file_is_refused(settings: Settings, predictions: dict[str, Path]) -> None:
    with pytest.raises(InputError, match=r"^ynat\.jsonl:1: field 'guid': found 'ynat-v1_dev"):
        Scorer(settings).score("nli", predictions["ynat"])


def test_the_first_wrong_line_is_named_without_the_servers_path(
    settings: Settings, predictions: dict[str, Path], tmp_path: Path
) -> None:
    lines = predictions["nli"].read_text(encoding="utf-8").splitlines()
    wrong = tmp_path / "mine.jsonl"
    record = {**json.loads(lines[2]), "label": "maybe"}
    wrong.write_text("\n".join([*lines[:2], json.dumps(record), *lines[3:]]), encoding="utf-8")
    with pytest.raises(InputError, match=r"^mine\.jsonl:3: field 'label' of .*: found 'maybe'"):
        Scorer(settings).score("nli", wrong)
    assert Scorer(settings).score("nli", wrong, unknown_as_wrong=True).scores["accuracy"] >= 0


def test_what_was_counted_as_wrong_is_in_the_report(
    settings: Settings, predictions: dict[str, Path], tmp_path: Path
) -> None:
    lines = predictions["nli"].read_text(encoding="utf-8").splitlines()
    path = tmp_path / "mine.jsonl"
    record = {**json.loads(lines[1]), "label": None}
    path.write_text("\n".join([json.dumps(record), *lines[2:]]), encoding="utf-8")
    with pytest.raises(InputError, match=r"^mine\.jsonl:1: field 'label' of .*: found None"):
        Scorer(settings).score("nli", path)
    report = Scorer(settings).score("nli", path, unknown_as_wrong=True)
    assert report.to_json()["unknown_labels"] == {"invented": 0, "empty": 2, "missing": 1}
    assert "unknown_labels" not in Scorer(settings).score("nli", predictions["nli"]).to_json()


def test_only_the_formats_fields_are_kept(
    settings: Settings, predictions: dict[str, Path], tmp_path: Path
) -> None:
    lines = map(json.loads, predictions["nli"].read_text(encoding="utf-8").splitlines())
    path = tmp_path / "p.jsonl"
    path.write_text("\n".join(json.dumps({**line, "secret": 1}) for line in lines), "utf-8")
    assert all(set(r) == {"guid", "label"} for r in Scorer(settings).score("nli", path).records)


def test_breakdowns(settings: Settings, predictions: dict[str, Path]) -> None:
    scorer = Scorer(settings)
    assert "source" in scorer.groupings("nli")
    report = scorer.score("nli", predictions["nli"], by="source")
    assert sum(part["examples"] for part in report.groups.values()) == report.examples
    with pytest.raises(InputError, match="by: found 'question_type'"):
        scorer.score("nli", predictions["nli"], by="question_type")


def test_no_data_is_said_in_a_line(settings: Settings, tmp_path: Path) -> None:
    from dataclasses import replace

    empty = Scorer(replace(settings, sample=False, data_dir=str(tmp_path)))
    with pytest.raises(InputError, match=r"^nli: no data here") as caught:
        empty.gold("nli")
    assert str(tmp_path) not in str(caught.value)


def test_paths_are_cut_out_of_messages() -> None:
    assert private("/a/b: no such file, expected c/d.json") == "b: no such file, expected c/d.json"


ODD = ("", "관련 없음", "1: 0 NP", "<a:XX>b", '{"식당-없는 것": "값", "관광-이름": 3}')


def replies(task: str) -> list[dict[str, Any]]:
    """The records of a language model that knows some answers, and goes wrong at the others."""
    lm = LMS[task]
    rows = read_rows(task, "validation", sample=True, full=True)
    questions = [question for row in rows for question in lm.questions(row, "ko")]
    answers = [answer for row in rows for answer in lm.answers(row, "ko")]
    records = []
    for at, (question, answer) in enumerate(zip(questions, answers, strict=True)):
        reply = answer if at % 3 else ODD[at // 3 % len(ODD)]
        fields = lm.read(question, cleaned(lm.lead + reply)).fields
        records.append({"guid": question.guid, **(lm.nothing if at == 4 else fields)})
    return records


@pytest.mark.parametrize("task", LMS)
def test_a_language_models_file_scores_as_klue_lm_scores_it(
    task: str, settings: Settings, tmp_path: Path
) -> None:
    """On the page, on the board, and again in a comparison of what the board has kept."""
    metric, path, records = METRICS[task], tmp_path / "p.jsonl", replies(task)
    metric.write_predictions(path, records)
    assert "null" in path.read_text(encoding="utf-8")
    rows = read_rows(task, "validation", sample=True, full=True)
    gold = metric.gold(rows)
    expected = scored(metric, gold, records, 0.95)

    scorer = Scorer(settings)
    report = scorer.submission(task, path, LANGUAGE_MODEL)
    assert report.scores == {name: expected[name] for name in metric.scores if name in expected}
    assert report.intervals == {name: expected[f"{name}_ci"] for name in report.scores}
    assert report.unknown_labels == expected["unknown_labels"]
    assert report.unknown_labels["empty"] > 0 and report.unknown_labels["missing"] == 0
    assert report.trivial == without_a_model(LMS[task], rows, gold)

    kept = records_of(b"".join(record_lines(report.records)))
    other = scorer.submission(task, path, LANGUAGE_MODEL).records
    for name, part in scorer.difference(task, kept, other).items():
        assert part["a"] == pytest.approx(report.scores[name], abs=1e-9)
        assert part["difference"] == 0.0


def test_an_encoders_submission_is_as_strict_as_ever(settings: Settings, tmp_path: Path) -> None:
    for task in LMS:
        METRICS[task].write_predictions(tmp_path / f"{task}.jsonl", replies(task))
        with pytest.raises(InputError, match=rf"^{task}\.jsonl:\d+: field "):
            Scorer(settings).submission(task, tmp_path / f"{task}.jsonl")


@pytest.mark.parametrize("task", LMS)
def test_a_part_of_the_split_does_not_enter_as_the_whole(
    task: str, settings: Settings, tmp_path: Path
) -> None:
    records = replies(task)
    path = tmp_path / "p.jsonl"
    METRICS[task].write_predictions(path, [*records[:2], *records[3:]])
    n, first = len(records), records[2]["guid"]
    expected = rf"^p\.jsonl: found {n - 1} of {n} guids, expected all; .* missing is {first}$"
    with pytest.raises(InputError, match=expected):
        Scorer(settings).submission(task, path, LANGUAGE_MODEL)


def test_the_answer_without_a_model_is_scored_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    scorer = Scorer(settings)
    first = scorer.trivial("dp")
    assert first.keys() == set(METRICS["dp"].scores)
    monkeypatch.setattr(scorer, "rows", None)
    assert scorer.trivial("dp") is first
    monkeypatch.delitem(LMS, "nli")
    assert Scorer(settings).trivial("nli") == {}, "of a task that no language model is asked"
