"""Uploaded files to scores."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from klue_common.errors import InputError
from klue_metrics import METRICS
from space_app.scoring import Scorer, private
from space_app.settings import Settings


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
