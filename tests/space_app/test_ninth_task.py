"""A ninth task is one record on the page: tried, scored, browsed, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio_client import Client, handle_file

from klue_baselines.encoding.encoder import open_tokenizer
from klue_baselines.pipeline import KluePipeline
from klue_baselines.tasks import BASELINES
from klue_datasets import TASKS
from klue_metrics import METRICS, GoldExample
from space_app.markup import pairs, plain
from space_app.page import build, launch_options
from space_app.probabilities import probability_bars
from space_app.services import Services
from space_app.settings import Settings
from space_app.tabs import data, leaderboard, score, try_it
from space_app.tabs.context import Page, Tab
from space_app.task import Answer, Row, RowView, Shown, TaskDemo, TextsIn, ask, record_text
from space_app.tasks import DEMOS
from space_app.texts import LANGUAGES, Language, Texts
from tests.test_ninth_task import BASELINE, LABELS, SENTENCES, TASK, gold_examples
from tests.test_ninth_task import METRIC as WITHOUT_VIEW

NAME = TASK.name
TEXTS: Texts = {
    "name": ("문장 수용성", "Acceptability"),
    "field.sentence": ("판단할 문장", "Sentence to judge"),
    "acceptable": ("문법에 맞음", "sounds right"),
    "unacceptable": ("문법에 어긋남", "sounds wrong"),
}


def answer(pipeline: KluePipeline, language: Language, sentence: str) -> Answer:
    """Return both labels with their probabilities."""
    [record], answers = ask(pipeline, pipeline.task.row(sentence))
    names = {label: language.say(label) for label in LABELS}
    return Answer(probability_bars(pipeline, answers.given[0], names), record_text(record))


def labels(row: Row) -> list[str]:
    """Return the gold label."""
    return [LABELS[row["label"]]]


def show(row: Row, language: Language) -> Shown:
    """Return the sentence with its gold label."""
    return Shown(pairs({language.say("gold"): plain(language.say(labels(row)[0]))}))


DEMO = TaskDemo(
    name=NAME,
    texts=TEXTS,
    fields=("sentence",),
    examples=((SENTENCES[0][0],),),
    answer=answer,
    rows=RowView(show=show, labels=labels, texts=TextsIn(("sentence",))),
    groupings=("label",),
    style=".klue .acceptable { font-weight: 700; }",
)


def examples(row: Mapping[str, Any]) -> Iterator[GoldExample]:
    """Yield the one example of a row, with the text that an error view shows."""
    for example in gold_examples(row):
        yield replace(example, shown={"sentence": row["sentence"]})


METRIC = replace(WITHOUT_VIEW, examples=examples)


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
    for records, record in ((TASKS, TASK), (METRICS, METRIC), (BASELINES, BASELINE), (DEMOS, DEMO)):
        monkeypatch.setitem(records, NAME, record)  # type: ignore[arg-type]
    for split, file in TASK.files.items():
        path = tmp_path / "data" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [
            {"guid": f"{NAME}_{split}_{at:02}", "sentence": sentence, "label": label}
            for at, (sentence, label) in enumerate(SENTENCES)
        ]
        path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    tokenizer = open_tokenizer(str(tiny_encoder))
    model = BASELINE.build(
        str(tiny_encoder), head=BASELINE.heads[0], labels=BASELINE.labels, tokenizer=tokenizer
    )
    model.config.klue_task = NAME
    model.save_pretrained(tmp_path / "runs" / NAME)
    tokenizer.save_pretrained(tmp_path / "runs" / NAME)
    predictions = tmp_path / "predictions.jsonl"
    predicted = [LABELS[1], *(label for _, label in SENTENCES[1:])]
    records_ = (
        {"guid": f"{NAME}_validation_{at:02}", "label": label} for at, label in enumerate(predicted)
    )
    predictions.write_text("\n".join(map(json.dumps, records_)), encoding="utf-8")
    settings = Settings(
        runs=tmp_path / "runs", data_dir=str(tmp_path / "data"), leaderboard=str(tmp_path / "board")
    )
    return Ninth(settings, predictions)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_it_is_tried_scored_and_browsed(language: Language, ninth: Ninth) -> None:
    column = language.column
    page = ninth.page(language, try_it.TAB)
    html, text = try_it.answer_texts(page, DEMO, (SENTENCES[0][0], ""), None)
    assert all(TEXTS[label][column] in html for label in LABELS)
    assert json.loads(text)["label"] in LABELS

    page = ninth.page(language, score.TAB)
    assert (f"{TEXTS['name'][column]} ({NAME})", NAME) in page.task_choices()
    html, content = score.score_file(page, NAME, str(ninth.predictions), "label", False, None)
    assert content["scores"]["accuracy"] == pytest.approx(100 * 11 / 12)
    assert content["by"]["unacceptable"]["accuracy"] == 100.0
    (error,) = content["errors"]["examples"]
    assert error["sentence"] == SENTENCES[0][0] and SENTENCES[0][0] in html

    page = ninth.page(language, data.TAB)
    html, _ = data.show_examples(page, NAME, "validation", "acceptable", "", "", 0)
    assert html.count("<article>") == 6 and TEXTS["acceptable"][column] in html
    about = (TASK.korean_about, TASK.about)[column]
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
    shown = [part["props"].get("label") for part in client.config["components"]]
    assert all(text in shown for text in (TEXTS["name"][0], TEXTS["field.sentence"][0]))
    assert DEMO.style in launch_options(ninth.settings)["css"]
