"""A page with tiny models behind it, on the bundled sample."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from klue_baselines.encoding.encoder import open_tokenizer
from klue_baselines.tasks import BASELINES
from klue_datasets import load_ontology
from space_app.settings import Limits, Settings

HOSTILE = "<script>alert(1)</script> ${x} {{y}} 漢字 עברית שלום ᄏᄏᄏ 각 👩‍👩‍👧 뷁"
# All visitors of the tests come from one address; a machine that tests run on may be a busy one.
BUSY = Limits(
    calls=dict.fromkeys(("try", "score", "submit"), (100000, 1.0)),
    visits=(100000, 1.0),
    uploads=(100000, 1.0),
    streams=(1000, 1000),
    score_seconds=120.0,
    waiting=(1000, 1000),
    waiting_seconds=300.0,
)


@pytest.fixture(scope="session")
def tiny_runs(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like runs/ after `make demo`, of models that have learned nothing."""
    runs = tmp_path_factory.mktemp("runs")
    for name, task in BASELINES.items():
        tokenizer = open_tokenizer(str(tiny_encoder))
        model = task.build(
            str(tiny_encoder),
            head=task.heads[0],
            labels=task.labels,
            tokenizer=tokenizer,
            ontology=load_ontology(sample=True),
        )
        model.config.klue_task = name
        model.config.klue_max_length = 128
        model.save_pretrained(runs / name)
        tokenizer.save_pretrained(runs / name)
        result = {"model": "tiny", "scores": {}, "sample": True}
        (runs / name / "result.json").write_text(json.dumps(result), encoding="utf-8")
    return runs


@pytest.fixture
def settings(tiny_runs: Path, tmp_path: Path) -> Settings:
    """Settings of a page of its own."""
    return Settings(runs=tiny_runs, sample=True, leaderboard=str(tmp_path / "board"))


@dataclass(frozen=True)
class Served:
    """A page that answers."""

    address: str
    settings: Settings


@pytest.fixture(scope="session")
def served(tiny_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A page for all tests of a session, without a limit of requests."""
    from space_app.page import build, launch_options

    settings = Settings(
        runs=tiny_runs,
        sample=True,
        leaderboard=str(tmp_path_factory.mktemp("board")),
        limits=BUSY,
    )
    page = build(settings)
    options = {"server_name": "127.0.0.1", "quiet": True, "prevent_thread_lock": True}
    _, address, _ = page.launch(**options, **launch_options(settings))
    yield Served(address, settings)
    page.close()


@pytest.fixture(scope="session")
def predictions(tiny_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """For each task the tiny model's predictions on the sample."""
    from klue_baselines.fine_tuned import open_fine_tuned
    from klue_baselines.prediction import predict
    from klue_datasets import load
    from klue_metrics import METRICS

    folder = tmp_path_factory.mktemp("predictions")
    files = {task: folder / f"{task}.jsonl" for task in METRICS}
    for task, path in files.items():
        rows = load(task, "validation", sample=True, full=True)
        records = predict(task, open_fine_tuned(task, str(tiny_runs / task)), rows, 64)
        METRICS[task].write_predictions(path, records)
    return files
