"""A ninth task is a record in each room: the acceptability of Korean sentences, made up here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from datasets import load_dataset
from typer.testing import CliRunner

from klue_baselines.heads import sequence_classification as head
from klue_baselines.pipeline import KluePipeline
from klue_baselines.recipe import RECIPES, Recipe
from klue_baselines.task import BaselineTask
from klue_baselines.tasks import BASELINES
from klue_cli.app import app
from klue_datasets import TASKS
from klue_datasets.notes import Notes
from klue_datasets.raw.columns import Rows
from klue_datasets.raw.json_rows import read_objects
from klue_datasets.schema import ClassLabel, Schema, Value
from klue_datasets.task import DatasetTask, nothing_further, split_files, table_of, text_columns
from klue_metrics import METRICS
from klue_metrics.gold import GoldExample, row_guid
from klue_metrics.labels import LabelSet
from klue_metrics.prediction_files import label_field
from klue_metrics.resampling import Statistics
from klue_metrics.task import TaskMetric
from model_cards.heads import HEADS, Head

SENTENCES = [
    ("철수가 밥을 먹었다.", "acceptable"),
    ("철수를 밥이 먹었다를.", "unacceptable"),
    ("어제 비가 많이 왔다.", "acceptable"),
    ("내일 비가 왔었다.", "unacceptable"),
    ("영희는 학교에 갔다.", "acceptable"),
    ("영희는 학교를에 갔다.", "unacceptable"),
    ("그 책은 아주 재미있다.", "acceptable"),
    ("책은 그 재미있다 아주.", "unacceptable"),
    ("할머니께서 주무신다.", "acceptable"),
    ("할머니께서 잔다요.", "unacceptable"),
    ("나는 커피를 마시고 싶다.", "acceptable"),
    ("나는 커피를 마시다 싶고.", "unacceptable"),
]
LABELS = ["acceptable", "unacceptable"]
SCHEMA = Schema(
    {"guid": Value("string"), "sentence": Value("string"), "label": ClassLabel(names=LABELS)}
)


def read(path: Path, *, full: bool, notes: Notes) -> Iterator[pa.Table]:
    for batch in read_objects(path):
        rows = Rows(path, batch, notes).labelled("label")
        columns = {
            "guid": rows.texts("guid"),
            "sentence": rows.texts("sentence"),
            "label": rows.labels("label", LABELS),
        }
        notes.rows += len(rows)
        yield table_of(columns, SCHEMA)


TASK = DatasetTask(
    name="acceptability",
    title="Acceptability",
    korean_title="문장 수용성",
    schema=SCHEMA,
    full_schema=SCHEMA,
    files=split_files("acceptability", "json"),
    read=read,
    num_examples={"train": len(SENTENCES), "validation": len(SENTENCES)},
    about="Tell acceptable sentences from others.",
    korean_about="문법에 맞는 문장을 가려냅니다.",
    sources=("made up",),
    unit="sentence",
    korean_unit="문장",
    category="text-classification",
    label_column=("label",),
    texts=text_columns("sentence"),
    find=nothing_further,
)

JUDGEMENTS = LabelSet(tuple(LABELS))


def statistics(
    predictions: Sequence[Any], references: Sequence[Any], unknown_label: str = "error"
) -> Statistics:
    gold = JUDGEMENTS.encode(references, "references")
    predicted = JUDGEMENTS.encode(predictions, "predictions", unknown_label)
    return Statistics(np.stack([predicted == gold, np.ones(len(gold))], axis=1))


def gold_examples(row: Mapping[str, Any]) -> Iterator[GoldExample]:
    guid = row_guid(row)
    label = JUDGEMENTS.name(row["label"], guid)
    yield GoldExample(guid, label, guid, groups={"label": label}, shown=row["sentence"])


METRIC = TaskMetric(
    name="acceptability",
    title="Acceptability",
    headings={"accuracy": "Accuracy"},
    main_score="accuracy",
    columns={"predictions": "label", "references": "label"},
    statistics=statistics,
    from_sums=lambda sums: {"accuracy": 100 * sums[..., 0] / sums[..., 1]},
    examples=gold_examples,
    fields=(label_field(JUDGEMENTS),),
    from_records=lambda records: {"predictions": [record["label"] for record in records]},
    labels=JUDGEMENTS,
)


def encode(batch: Any, encoder: Any, config: Any, labels: bool) -> dict[str, list[Any]]:
    columns = encoder.sentences(batch["sentence"])
    return {**columns, "labels": batch["label"]} if labels else columns


BASELINE = BaselineTask(
    name="acceptability",
    labels=tuple(LABELS),
    build=head.build_classifier,
    load=head.load,
    encode=encode,
    predict=head.probabilities,
    decode=head.best_labels,
    perfect=head.certain,
    row=lambda sentence: {"guid": "", "sentence": sentence},
    padding={"labels": -100},
)
RECIPE = Recipe("accuracy", learning_rate=1e-3, epochs=8, batch_size=4, evaluations=1)


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The task's records in each room, and its files in a folder."""
    name = TASK.name
    monkeypatch.setitem(TASKS, name, TASK)
    monkeypatch.setitem(METRICS, name, METRIC)
    monkeypatch.setitem(BASELINES, name, BASELINE)
    monkeypatch.setitem(RECIPES, name, {"base": RECIPE, "large": RECIPE})
    auto_class = "AutoModelForSequenceClassification"
    monkeypatch.setitem(HEADS, name, Head(auto_class, '"비가 온다."', "text-classification"))
    for split, file in TASK.files.items():
        path = tmp_path / "data" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [
            {"guid": f"acceptability_{split}_{at:02}", "sentence": sentence, "label": label}
            for at, (sentence, label) in enumerate(SENTENCES)
        ]
        path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return tmp_path / "data"


def klue(*arguments: str) -> Any:
    """Run a command in this process, which knows the ninth task."""
    answer = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer


@pytest.mark.slow
def test_it_builds_trains_predicts_and_scores(
    records: Path, tiny_encoder: Path, tmp_path: Path
) -> None:
    name, data = TASK.name, ["--data-dir", str(records)]
    built = tmp_path / "klue"
    klue("data", "build", "--out", str(built), "--task", name, *data)
    rows = load_dataset(str(built), name, split="validation")
    assert rows["sentence"][0] == SENTENCES[0][0]
    klue("data", "check", "--task", name, *data)

    folder, predictions = tmp_path / "model", tmp_path / "predictions.jsonl"
    trained = klue(
        "train", name, "--model", str(tiny_encoder), "--output", str(folder), "--json",
        "--results", str(tmp_path / "results"), *data,
    )  # fmt: skip
    klue("predict", name, "--model", str(folder), "--output", str(predictions), *data)
    scored = klue("score", name, str(predictions), "--json", *data)
    scores = json.loads(trained.stdout)["scores"]
    assert json.loads(scored.stdout)["scores"]["accuracy"] == scores["accuracy"]
    table = klue("report", str(tmp_path / "results"))
    assert "acceptability" in table.stdout
    assert KluePipeline.from_pretrained(name, str(folder))(SENTENCES[0][0])["label"] in LABELS
