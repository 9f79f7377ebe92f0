"""Acceptability: both judgements of a sentence with their probabilities."""

from __future__ import annotations

from klue_baselines.pipeline import KluePipeline
from klue_datasets import TASKS

from .markup import pairs, paragraph, plain
from .probabilities import probability_bars
from .task import Answer, Row, RowView, Shown, TaskDemo, TextsIn, record_text
from .texts import Language, Texts

LABELS: list[str] = TASKS["acceptability"].features["label"].names
TEXTS: Texts = {
    "name": ("문장 수용성", "Acceptability"),
    "field.sentence": ("판단할 문장", "Sentence to judge"),
    "acceptable": ("문법에 맞음", "sounds right"),
    "unacceptable": ("문법에 어긋남", "sounds wrong"),
}


def answer(pipeline: KluePipeline, language: Language, sentence: str) -> Answer:
    """Return both judgements with their probabilities."""
    [record], answers = pipeline.answer([pipeline.task.row(sentence)])
    names = {label: language.say(label) for label in LABELS}
    return Answer(probability_bars(pipeline, answers.given[0], names), record_text(record))


def labels(row: Row) -> list[str]:
    """Return the gold judgement."""
    return [LABELS[row["label"]]]


def show(row: Row, language: Language) -> Shown:
    """Return the sentence with its gold judgement."""
    entries = {language.say("gold"): plain(language.say(labels(row)[0]))}
    return Shown(paragraph(row["sentence"]) + pairs(entries))


DEMO = TaskDemo(
    name="acceptability",
    texts=TEXTS,
    fields=("sentence",),
    examples=(("어제 비가 많이 왔다.",),),
    answer=answer,
    rows=RowView(show=show, labels=labels, texts=TextsIn(("sentence",))),
    groupings=("label",),
    style=".klue .acceptable { font-weight: 700; }",
)
