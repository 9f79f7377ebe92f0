"""Scoring in a process of its own: what it costs there is not the page's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from klue_common.errors import InputError
from space_app import workers as module
from space_app.board.entries import LANGUAGE_MODEL
from space_app.scoring import Scorer
from space_app.settings import Limits, Settings
from space_app.workers import Worker, Workers


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers(Settings(sample=True))
    yield made
    made.close()


def test_it_finds_what_is_found_here(workers: Workers, predictions: dict[str, Path]) -> None:
    here = Scorer(Settings(sample=True))
    report = workers.report("nli", predictions["nli"], False, "length")
    assert report.to_json() == here.score("nli", predictions["nli"], by="length").to_json()
    assert report.records == []
    kept = workers.submission("nli", predictions["nli"])
    assert kept.records == here.read("nli", predictions["nli"])
    asked = workers.submission("nli", predictions["nli"], LANGUAGE_MODEL)
    assert asked.trivial == here.trivial("nli") and asked.scores == kept.scores
    found = workers.difference("nli", kept.records, kept.records)
    assert found["accuracy"]["difference"] == 0


def test_a_refusal_comes_back_as_one(workers: Workers, tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text('{"guid": "x", "label": "neutral"}')
    with pytest.raises(InputError, match=r"^p\.jsonl:1: field 'guid': found 'x'"):
        workers.report("nli", path, False, None)
    with pytest.raises(InputError, match="task: found 'no'"):
        workers.report("no", path, False, None)


def test_what_costs_too_much_is_refused_and_the_next_one_served(
    predictions: dict[str, Path],
) -> None:
    limits = Limits(score_seconds=0.0, score_places=1)
    workers = Workers(Settings(sample=True, limits=limits))
    try:
        with pytest.raises(InputError, match="found a file that takes more than"):
            workers.report("mrc", predictions["mrc"], False, None)
        workers.workers[0].settings = Settings(sample=True)
        assert workers.report("mrc", predictions["mrc"], False, None).scores
    finally:
        workers.close()


def test_a_worker_that_was_killed_or_grew_large_gives_way(
    predictions: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker(Settings(sample=True))
    job = ("report", "nli", (predictions["nli"], False, None))
    try:
        assert worker.work(job).scores
        first = worker.process
        first.kill()
        first.join()
        assert worker.work(job).scores
        monkeypatch.setattr(module, "KEPT", 0)
        assert worker.work(job).scores and worker.process is None
    finally:
        worker.stop()


def test_a_submission_has_a_size(predictions: dict[str, Path]) -> None:
    scorer = Scorer(replace(Settings(sample=True), limits=Limits(kept_bytes=10)))
    with pytest.raises(InputError, match="MB of predictions, expected at most"):
        scorer.submission("nli", predictions["nli"])
