"""A ninth task is one record on the page: tried, scored, browsed, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio_client import Client, handle_file

from klue_baselines.encoding.encoder import open_tokenizer
from klue_baselines.tasks import BASELINES
from klue_datasets import TASKS
from klue_metrics import METRICS
from space_app.callers import Caller
from space_app.page import build, launch_options
from space_app.scoring import Scorer
from space_app.services import Services
from space_app.settings import Settings
from space_app.tabs import data, leaderboard, score, try_it
from space_app.tabs.context import Page, Tab
from space_app.tasks import DEMOS
from space_app.texts import LANGUAGES, Language
from space_app.workers import Job, Workers
from tests.ninth import NAME, SENTENCES, record, write_data


@dataclass(frozen=True)
class Ninth:
    """A page that knows the task, and a file of predictions with one error."""

    settings: Settings
    predictions: Path

    def page(self, language: Language, tab: Tab) -> Page:
        return Page(Services.of(self.settings), language, gr.Blocks()).for_tab(tab)


@pytest.fixture
def ninth(monkeypatch: pytest.MonkeyPatch, tiny_encoder: Path, tmp_path: Path) -> Ninth:
    """The task's records in each room, its data and an untrained model of it."""
    tables = {
        "klue_datasets": TASKS, "klue_metrics": METRICS, "klue_baselines": BASELINES,
        "space_app": DEMOS,
    }  # fmt: skip
    for room, table in tables.items():
        monkeypatch.setitem(table, NAME, record(room))  # type: ignore[arg-type]
    write_data(tmp_path / "data")
    baseline = BASELINES[NAME]
    tokenizer = open_tokenizer(str(tiny_encoder))
    model = baseline.build(
        str(tiny_encoder), head=baseline.heads[0], labels=baseline.labels, tokenizer=tokenizer
    )
    model.config.klue_task = NAME
    model.save_pretrained(tmp_path / "runs" / NAME)
    tokenizer.save_pretrained(tmp_path / "runs" / NAME)
    predictions = tmp_path / "predictions.jsonl"
    predicted = [baseline.labels[1], *(label for _, label in SENTENCES[1:])]
    records_ = (
        {"guid": f"{NAME}_dev_{at:02}", "label": label} for at, label in enumerate(predicted)
    )
    predictions.write_text("\n".join(map(json.dumps, records_)), encoding="utf-8")
    settings = Settings(
        runs=tmp_path / "runs", data_dir=str(tmp_path / "data"), leaderboard=str(tmp_path / "board")
    )
    scorer = Scorer(settings)

    def work(_: Workers, job: Job) -> Any:
        """Score here: a process of its own does not know a task that was put in by hand."""
        method, task, arguments = job
        return getattr(scorer, method)(task, *arguments)

    monkeypatch.setattr(Workers, "work", work)
    return Ninth(settings, predictions)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_it_is_tried_scored_and_browsed(language: Language, ninth: Ninth) -> None:
    column, demo = language.column, DEMOS[NAME]
    labels, texts = BASELINES[NAME].labels, demo.texts
    page = ninth.page(language, try_it.TAB)
    html, text = try_it.answer_texts(page, demo, (SENTENCES[0][0], ""), Caller(None))
    assert all(texts[label][column] in html for label in labels)
    assert json.loads(text)["label"] in labels

    page = ninth.page(language, score.TAB)
    assert (f"{texts['name'][column]} ({NAME})", NAME) in page.task_choices()
    html, content = score.score_file(
        page, NAME, str(ninth.predictions), "label", False, Caller(None)
    )
    assert content["scores"]["accuracy"] == pytest.approx(100 * 11 / 12)
    assert content["by"]["unacceptable"]["accuracy"] == 100.0
    (error,) = content["errors"]["examples"]
    assert error["sentence"] == SENTENCES[0][0] and SENTENCES[0][0] in html

    page = ninth.page(language, data.TAB)
    html, _ = data.show_examples(page, NAME, "validation", "acceptable", "", "", 0)
    assert html.count("<article>") == 6 and texts["acceptable"][column] in html
    about = (TASKS[NAME].korean_about, TASKS[NAME].about)[column]
    assert about in data.distribution(page, NAME, "train")

    page = ninth.page(language, leaderboard.TAB)
    assert leaderboard.board_rows(page, NAME)["rows"] == []


@pytest.fixture
def client(ninth: Ninth) -> Iterator[Client]:
    blocks = build(ninth.settings)
    options = {"server_name": "127.0.0.1", "quiet": True, "prevent_thread_lock": True}
    _, address, _ = blocks.launch(**options, **launch_options(ninth.settings))
    yield Client(address, verbose=False)
    blocks.close()


def test_it_is_on_the_page_that_is_served(client: Client, ninth: Ninth) -> None:
    html, text = client.predict(text=SENTENCES[0][0], model="", api_name=f"/try_{NAME}")
    assert 'class="klue answer"' in html and text
    given = (NAME, handle_file(ninth.predictions), "label", False)
    _, content = client.predict(*given, api_name="/score")
    assert content["by"]
    about = ("a model", "", "", "train", "held-out")
    said = client.predict(NAME, handle_file(ninth.predictions), *about, api_name="/submit")
    assert "Submitted" in said
    (row,) = client.predict(NAME, api_name="/leaderboard")["rows"]
    assert row[2] == 91.67
    texts = DEMOS[NAME].texts
    shown = [part["props"].get("label") for part in client.config["components"]]
    assert all(text in shown for text in (texts["name"][0], texts["field.sentence"][0]))
    assert DEMOS[NAME].style in launch_options(ninth.settings)["css"]
